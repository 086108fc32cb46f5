package dev.belay.source.sinkless;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Pages of a table as of one time, in the order of its key. CockroachDB makes JSON of values in one
 * place, for its JSON functions and for changefeeds, so keys and values are a changefeed's to the
 * byte.
 *
 * @param before whether messages have the row as it was before, which a scanned row was not
 */
record ScanStatement(TableName table, ScanShape shape, HlcTimestamp at, boolean before, int rows) {

  /**
   * The page after a key. Its columns: the message's key, its value, and the key's columns.
   *
   * @param key texts of the last page's last key; empty for the first page
   */
  String after(List<String> key) {
    List<String> keys = shape.keys().stream().map(TableName::quoted).toList();
    String value =
        shape.columns().stream()
            .map(column -> literal(column) + ", " + TableName.quoted(column))
            .collect(Collectors.joining(", "));
    String list = String.join(", ", keys);
    return "SELECT json_build_array("
        + list
        + ")::STRING, json_build_object('after', json_build_object("
        + value
        + (before ? "), 'before', NULL" : ")")
        + ", 'updated', "
        + literal(at.toString())
        + ")::STRING, "
        + list
        + " FROM "
        + table.sql()
        + " AS OF SYSTEM TIME "
        + literal(at.toString())
        + (key.isEmpty() ? "" : " WHERE " + beyond(keys, literals(key), list))
        + " ORDER BY "
        + order()
        + " LIMIT "
        + rows;
  }

  /** As the table is ordered: in any other way each page would sort all that is left. */
  private String order() {
    return shape.keys().stream()
        .map(key -> TableName.quoted(key) + (shape.descending().contains(key) ? " DESC" : ""))
        .collect(Collectors.joining(", "));
  }

  /** A comparison of rows knows one direction only. */
  private String beyond(List<String> keys, List<String> values, String list) {
    if (shape.descending().isEmpty()) {
      return "(" + list + ") > (" + String.join(", ", values) + ")";
    }
    List<String> cases = new ArrayList<>();
    StringBuilder same = new StringBuilder();
    for (int i = 0; i < keys.size(); i++) {
      String sign = shape.descending().contains(shape.keys().get(i)) ? " < " : " > ";
      cases.add("(" + same + keys.get(i) + sign + values.get(i) + ")");
      same.append(keys.get(i)).append(" = ").append(values.get(i)).append(" AND ");
    }
    return String.join(" OR ", cases);
  }

  private List<String> literals(List<String> key) {
    List<String> literals = new ArrayList<>();
    for (int i = 0; i < key.size(); i++) {
      literals.add(literal(key.get(i)) + "::" + shape.keyTypes().get(i));
    }
    return literals;
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
