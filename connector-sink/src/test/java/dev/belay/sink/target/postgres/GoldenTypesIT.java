package dev.belay.sink.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.target.pgwire.Identifiers;
import dev.belay.sink.target.wire.WireJsonValue;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Every golden sample of a type, into the column that MOLT's users migrated it from. */
@ParameterizedClass
@EnumSource(Version.class)
class GoldenTypesIT {
  /** {@code CREATE TABLE t (id INT8 PRIMARY KEY, v TYPE)}. */
  private static final Pattern TYPE =
      Pattern.compile("CREATE TABLE t \\(id INT8 PRIMARY KEY, v (.+)\\)$");

  /** The raw value, which a JSON library would not leave as it is. */
  private static final Pattern VALUE =
      Pattern.compile("^\\{\"after\": \\{\"id\": \\d+, \"v\": (.*)\\}\\}$", Pattern.DOTALL);

  /** Where PostgreSQL has no type of that name, or not in the test servers. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "STRING", "text",
          "STRING[]", "text[]",
          "STRING COLLATE fr", "text",
          "BYTES", "bytea",
          "BYTES[]", "bytea[]",
          "CITEXT", "text",
          "GEOMETRY", "jsonb",
          "GEOGRAPHY", "jsonb",
          "BOX2D", "text",
          "VECTOR(3)", "text");

  @Parameter Version version;
  private TargetDatabase database;

  @BeforeEach
  void open() throws Exception {
    database = TargetDatabase.on(version);
    database.owner(
        "CREATE TYPE app.mood AS ENUM ('hello', 'howdy', 'hi')",
        "CREATE TYPE app.addr AS (street text, zip int)");
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void everySampleIsStoredAsTheValueThatItStandsFor() throws Exception {
    SoftAssertions softly = new SoftAssertions();
    int compared = 0;
    int number = 0;
    for (String line : lines()) {
      JsonNode sample = new ObjectMapper().readTree(line);
      Matcher type = TYPE.matcher(sample.path("create_table").asText());
      Matcher value = VALUE.matcher(sample.path("value").asText());
      if (!type.find() || !value.find() || value.group(1).equals("null")) {
        continue;
      }
      String column = ELSEWHERE.getOrDefault(type.group(1), type.group(1));
      String name = "t" + ++number;
      database.owner("CREATE TABLE " + name + " (id int PRIMARY KEY, v " + column + ")");
      String text = sample.path("expect").path("text").path("v").asText("");
      boolean comparable = sample.path("expect").path("text").has("v");
      softly
          .assertThat(stored(database.table(name), column, value.group(1), comparable, text))
          .as("%s: %s into %s", sample.path("id").asText(), value.group(1), column)
          .isEqualTo(expected(column, value.group(1)));
      compared++;
    }
    softly.assertAll();
    assertThat(compared).isGreaterThan(120);
  }

  private String expected(String column, String wire) {
    if (column.equals("addr")) {
      return "refused";
    }
    return column.equals("DECIMAL") && wire.equals("\"Infinity\"") && database.major() < 14
        ? "refused"
        : "t";
  }

  private String stored(
      TableShape table, String column, String wire, boolean comparable, String text)
      throws SQLException {
    Datum datum = WireJsonValue.parse(wire);
    try {
      database.write(
          TargetDatabase.upsert(table, List.of("id", "v"), TargetDatabase.row(1, datum)));
    } catch (UnfitValueException refused) {
      return "refused";
    } catch (SQLException e) {
      database.apply().rollback();
      return e.getMessage();
    }
    database.apply().commit();
    database.owner("SET search_path = app");
    // the sample's own text of the value, or the wire's for documents and arrays of JSON
    String is =
        comparable
            ? "v::text = ($x$%s$x$::%s)::text".formatted(text, column)
            : column.endsWith("[]")
                ? "to_jsonb(v) IS NOT NULL"
                : "v::text = ($x$%s$x$::%s)::text".formatted(wire, column);
    String answer;
    try (var statement = database.owner().createStatement();
        var row =
            statement.executeQuery("SELECT " + is + " FROM " + Identifiers.quote(table.name()))) {
      row.next();
      answer = row.getString(1);
    }
    return answer;
  }

  private static List<String> lines() throws Exception {
    try (InputStream samples =
        GoldenTypesIT.class.getResourceAsStream("/golden/types_json.jsonl")) {
      return new String(samples.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
