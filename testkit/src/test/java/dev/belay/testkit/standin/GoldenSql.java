package dev.belay.testkit.standin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/** The SQL that leads to a golden sample: what it says, or what its row tells. */
record GoldenSql(GoldenSample sample) {

  /** Before the changefeed: the table, and rows that the statement changes. */
  List<String> before() {
    List<String> all = new ArrayList<>(sample.phase("first").orElse(List.of()));
    all.add(
        sample
            .createTable()
            .orElse("CREATE TABLE " + quote(sample.table()) + " (id INT PRIMARY KEY)"));
    all.addAll(sample.phase("before").orElseGet(this::rowBefore));
    return all;
  }

  private List<String> rowBefore() {
    JsonNode expect = sample.expect();
    if (expect.path("before").isObject()) {
      return List.of(insert(expect.get("before")));
    } else if (expect.path("kind").asText().equals("delete")) {
      return List.of(insert(expect.get("pk")));
    }
    return List.of();
  }

  /** The statement whose message the sample is. */
  List<String> change() {
    if (sample.isResolved()) {
      return List.of();
    }
    return sample
        .phase("sql")
        .or(() -> sample.text("sql").filter(sql -> !sql.contains("e'...'")).map(List::of))
        .orElseGet(this::derived);
  }

  private List<String> derived() {
    JsonNode expect = sample.expect();
    return List.of(
        expect.path("kind").asText().equals("delete")
            ? "DELETE FROM " + quote(sample.table()) + where(expect.get("pk"))
            : insert(expect.get("columns")));
  }

  private String insert(JsonNode row) {
    StringJoiner names = new StringJoiner(", ");
    StringJoiner values = new StringJoiner(", ");
    for (Map.Entry<String, JsonNode> column : row.properties()) {
      // The samples name columns as the messages do; the table may have them folded.
      names.add(quote(column.getKey()));
      values.add(literal(column.getKey(), column.getValue()));
    }
    return "INSERT INTO " + quote(sample.table()) + " (" + names + ") VALUES (" + values + ")";
  }

  private String where(JsonNode key) {
    StringJoiner conditions = new StringJoiner(" AND ", " WHERE ", "");
    for (Map.Entry<String, JsonNode> column : key.properties()) {
      conditions.add(quote(column.getKey()) + " = " + literal(column.getKey(), column.getValue()));
    }
    return conditions.toString();
  }

  private String literal(String name, JsonNode value) {
    Optional<JsonNode> text =
        Optional.ofNullable(sample.expect().path("text").get(name)).filter(t -> !t.isNull());
    if (value.isNull()) {
      return "NULL";
    } else if (value.isNumber()) {
      return value.asText();
    }
    String plain = value.isContainerNode() ? value.toString() : value.asText();
    return "'" + text.map(JsonNode::asText).orElse(plain).replace("'", "''") + "'";
  }

  private static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
