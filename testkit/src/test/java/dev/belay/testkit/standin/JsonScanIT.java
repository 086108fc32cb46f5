package dev.belay.testkit.standin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A table read by CockroachDB's JSON functions gives, byte for byte, a feed's initial scan. */
class JsonScanIT {

  private static final String DATABASE = "d";
  private static StandIn standIn;

  private record Message(String key, String value) {}

  @BeforeAll
  static void start() throws Exception {
    standIn = StandIn.start();
    standIn.createDatabase(DATABASE);
  }

  @AfterAll
  static void stop() {
    standIn.close();
  }

  private static Connection fresh() throws SQLException {
    Connection connection = standIn.connect(DATABASE);
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
      statement.execute("SET TIME ZONE 'UTC'");
    }
    return connection;
  }

  private static List<Message> feed(Statement statement, String table) throws SQLException {
    List<Message> messages = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery("CREATE CHANGEFEED FOR " + table + " WITH initial_scan = 'only'")) {
      while (rows.next()) {
        messages.add(
            new Message(
                new String(rows.getBytes("key"), UTF_8),
                new String(rows.getBytes("value"), UTF_8)));
      }
    }
    return messages;
  }

  private static List<String> names(Statement statement, String query, String table)
      throws SQLException {
    List<String> names = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(query.formatted(table.replace("'", "''")))) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  private static List<Message> scan(Statement statement, String table) throws SQLException {
    List<String> columns =
        names(
            statement,
            "SELECT attname FROM pg_attribute WHERE attrelid = '%s'::regclass AND attnum > 0"
                + " AND NOT attisdropped ORDER BY attnum",
            table);
    List<String> keys =
        names(
            statement,
            "SELECT a.attname FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k(n, at),"
                + " pg_attribute a WHERE i.indrelid = '%s'::regclass AND i.indisprimary"
                + " AND a.attrelid = i.indrelid AND a.attnum = k.n ORDER BY k.at",
            table);
    StringJoiner row = new StringJoiner(", ");
    for (String column : columns) {
      row.add("'" + column.replace("'", "''") + "', " + quote(column));
    }
    String key = String.join(", ", keys.stream().map(JsonScanIT::quote).toList());
    List<Message> messages = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT json_build_array("
                + key
                + ")::STRING, json_build_object('after', json_build_object("
                + row
                + "))::STRING, "
                + quote(keys.get(0))
                + "::STRING FROM "
                + table
                + " ORDER BY "
                + key)) {
      while (rows.next()) {
        messages.add(new Message(rows.getString(1), rows.getString(2)));
      }
    }
    return messages;
  }

  private static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Test
  void scanWritesEachTypeAsTheFeedDoes() throws Exception {
    Map<String, Object> different = new TreeMap<>();
    int compared = 0;
    for (GoldenSample sample : GoldenSample.all()) {
      if (sample.file().equals("types_json") && !sample.how().has("encoder")) {
        GoldenSql sql = new GoldenSql(sample);
        try (Connection connection = fresh();
            Statement statement = connection.createStatement()) {
          for (String each : sql.before()) {
            statement.execute(each);
          }
          for (String each : sql.change()) {
            statement.execute(each);
          }
          List<Message> wanted = feed(statement, quote(sample.table()));
          List<Message> read = scan(statement, quote(sample.table()));
          if (!read.equals(wanted)) {
            different.put(sample.id(), wanted + " but read " + read);
          }
          compared += wanted.size();
        } catch (SQLException e) {
          // What PostgreSQL cannot hold is listed in not-produced.properties.
          if (!e.getMessage().contains("does not exist") && !e.getMessage().contains("invalid")) {
            different.put(sample.id(), e.getMessage());
          }
        }
      }
    }
    assertThat(different).isEmpty();
    assertThat(compared).isGreaterThan(100);
  }

  @Test
  void scanWritesEdgesNullsAndOddNamesAsTheFeedDoes() throws Exception {
    try (Connection connection = fresh();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TYPE mood AS ENUM ('so so', '\"quoted\"')");
      statement.execute("CREATE TYPE inner_row AS (\"Z\" FLOAT8, a DECIMAL[])");
      statement.execute("CREATE TYPE outer_row AS (z inner_row, \"b c\" TIMESTAMPTZ)");
      statement.execute("CREATE DOMAIN small AS INT2");
      statement.execute(
          "CREATE TABLE odd (\"k'1\" INT PRIMARY KEY, \"Ünï\" TEXT, \"\"\"q\" TEXT, \"Z\" FLOAT8,"
              + " _ FLOAT4, \"a b\" DECIMAL, j JSONB, j2 JSON, t TIMESTAMP, tz TIMESTAMPTZ, b BYTES,"
              + " i INTERVAL, bits VARBIT, c CHAR(5), e mood, es mood[], o outer_row, os inner_row[],"
              + " ts TIMESTAMPTZ[], js JSONB[], d small, ch \"char\", n NAME, ip INET, bo BOOL[])");
      statement.execute("INSERT INTO odd VALUES (0)");
      statement.execute(
          "INSERT INTO odd VALUES (1, E'\\b\\f\\n\\r\\t\\x01\\x1f\\x7f\\\\b \"/<\\u2028 😀', '',"
              + " 1e15, 1e-7, 0.00000012300,"
              + " '{\"bb\": [1e3, -0, 1.10, 1e-9, {\"z\": {}, \"aa\": [], \"Z\": null}], \"a\":"
              + " \"\\\\u0008x\", \"é\": true}',"
              + " '{\"x\": 1e3, \"x\": 12E-9, \"a\": 0e5}', '0044-03-15 01:02:03.5 BC',"
              + " '2024-02-29 23:59:59.123456+05:30', '\\x00ff5c', '1 year -3 days 00:00:00.006',"
              + " '0101', 'x ', '\"quoted\"', ARRAY['so so', NULL]::mood[],"
              + " ROW(ROW('-0', '{1.50,NULL,NaN}'), '0001-01-01 00:00:00 BC')::outer_row,"
              + " ARRAY[ROW(120, NULL)::inner_row, NULL], ARRAY['infinity', '-infinity',"
              + " '1970-01-01 00:00:00Z']::TIMESTAMPTZ[], ARRAY['1', 'null', NULL]::JSONB[], -5, 'x',"
              + " 'a name', '::ffff:1.2.3.4/120', ARRAY[true, NULL, false])");
      for (String number :
          List.of(
              "0",
              "100",
              "123456789012345680000",
              "0.1",
              "1e-5",
              "1e-6",
              "1e-7",
              "-2.5e-300",
              "1.7976931348623157e308",
              "NaN",
              "-Infinity",
              "1200",
              "10.5",
              "-0")) {
        String single =
            number.contains("e30") || number.contains("e-30") ? "NULL" : "'" + number + "'";
        statement.execute(
            "INSERT INTO odd (\"k'1\", \"Z\", _, \"a b\") SELECT count(*), '%s'::FLOAT8, %s::FLOAT4, '%s'::DECIMAL FROM odd"
                .formatted(number, single, number));
      }
      for (String number : List.of("0.000", "1.10", "0.0000010", "0.0000001", "1e40", "-0.00")) {
        statement.execute(
            "INSERT INTO odd (\"k'1\", \"a b\") SELECT count(*), '" + number + "' FROM odd");
      }
      assertThat(scan(statement, "odd")).isEqualTo(feed(statement, "odd"));
    }
  }

  @Test
  void moreColumnsThanAFunctionTakesArgumentsAreNoMatter() throws Exception {
    try (Connection connection = fresh();
        Statement statement = connection.createStatement()) {
      StringJoiner columns = new StringJoiner(", ");
      for (int i = 0; i < 400; i++) {
        columns.add("c" + i + " INT8 DEFAULT " + i);
      }
      statement.execute("CREATE TABLE wide (id INT PRIMARY KEY, " + columns + ")");
      statement.execute("INSERT INTO wide VALUES (1), (2)");
      assertThat(scan(statement, "wide")).isEqualTo(feed(statement, "wide")).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "json_build_object('b', 1, 'a', 1.50) | {\"a\": 1.50, \"b\": 1}",
        "json_build_object('a', 1, 'a', 2)::STRING | {\"a\": 2}",
        "json_build_object(concat('x', 1), 1, 5, 2) | {\"5\": 2, \"x1\": 1}",
        "json_build_object() | {}",
        "json_build_array()::TEXT | []",
        "jsonb_build_array(1, 'a', NULL, 10.0::FLOAT8, true)::STRING | [1, \"a\", null, 1E+1, true]",
        "json_build_array(json_build_array((1 + 2) * 3), ARRAY[1, 2]) | [[9], [1, 2]]",
        "to_jsonb(ARRAY['x, y'])::STRING | [\"x, y\"]",
        "to_json('2020-01-02'::DATE) | \"2020-01-02\"",
        "json_build_object('a', json_build_object('b', 1)) -> 'a' ->> 'b' | 1",
        "(SELECT json_build_array(count(*)) FROM pg_class WHERE false) | [0]"
      })
  void functionsGiveCockroachDbsText(String expression, String text) throws Exception {
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT " + expression)) {
      row.next();
      assertThat(row.getString(1)).isEqualTo(text);
    }
  }

  @Test
  void timesWithZoneFollowTheSessionAsCockroachDbsDo() throws Exception {
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      String query = "SELECT json_build_array('2024-07-01 12:00:00.50Z'::TIMESTAMPTZ)::STRING";
      for (Map.Entry<String, String> zone :
          Map.of("UTC", "12:00:00.5Z", "Europe/Berlin", "14:00:00.5+02:00").entrySet()) {
        statement.execute("SET TIME ZONE '" + zone.getKey() + "'");
        try (ResultSet row = statement.executeQuery(query)) {
          row.next();
          assertThat(row.getString(1)).isEqualTo("[\"2024-07-01T" + zone.getValue() + "\"]");
        }
      }
    }
  }

  @Test
  void keysThatAreNullOrMissingAreRefused() throws Exception {
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("SELECT json_build_object('a')"))
          .hasMessageContaining("argument list must have even number of elements");
      assertThatThrownBy(() -> statement.execute("SELECT json_build_object('a', 1, NULL, 2)"))
          .hasMessageContaining("argument 3 cannot be null");
    }
  }
}
