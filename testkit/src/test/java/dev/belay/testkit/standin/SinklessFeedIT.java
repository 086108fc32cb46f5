package dev.belay.testkit.standin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.standin.row.Hlc;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changefeeds whose rows go to the client that asked for them, through pgjdbc. */
class SinklessFeedIT {

  private static StandIn standIn;

  /** A row of the feed. */
  private record Line(Optional<String> table, Optional<String> key, Optional<String> value) {
    static Line of(ResultSet row) throws SQLException {
      return new Line(
          Optional.ofNullable(row.getString("table")), text(row, "key"), text(row, "value"));
    }

    private static Optional<String> text(ResultSet row, String column) throws SQLException {
      return Optional.ofNullable(row.getBytes(column)).map(bytes -> new String(bytes, UTF_8));
    }

    boolean isResolved() {
      return table.isEmpty();
    }

    Hlc resolved() {
      String value = this.value.orElseThrow();
      return Hlc.parse(value.substring(13, value.length() - 2)).orElseThrow();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    standIn = StandIn.start();
  }

  @AfterAll
  static void stop() {
    standIn.close();
  }

  private static void table(String name, String... rows) throws SQLException {
    standIn.execute("CREATE TABLE " + name + " (id INT PRIMARY KEY, v STRING)");
    for (String row : rows) {
      standIn.execute("INSERT INTO " + name + " VALUES " + row);
    }
  }

  /** As a reader must connect that does not want all rows of the result at once. */
  private static Connection connect(String parameters) throws SQLException {
    Connection connection =
        DriverManager.getConnection(standIn.url() + "?" + parameters, StandIn.USER, "");
    connection.setAutoCommit(false);
    return connection;
  }

  private static List<Line> untilResolved(ResultSet rows, Hlc time) throws SQLException {
    List<Line> lines = new ArrayList<>();
    while (rows.next()) {
      Line line = Line.of(rows);
      lines.add(line);
      if (line.isResolved() && !time.isAfter(line.resolved())) {
        return lines;
      }
    }
    throw new IllegalStateException("the feed ended after " + lines);
  }

  private static List<Line> rows(List<Line> lines) {
    return lines.stream().filter(line -> !line.isResolved()).toList();
  }

  @ParameterizedTest
  @CsvSource({"extended, 1", "extended, 2", "extended, 7", "extendedCacheEverything, 3"})
  void rowsComeInPiecesOfTheFetchSize(String mode, int fetchSize) throws Exception {
    String table = "pieces_" + mode.length() + "_" + fetchSize;
    table(table, "(1, 'a')", "(2, 'b')", "(3, 'c')");
    try (Connection connection = connect("preferQueryMode=" + mode);
        Statement statement = connection.createStatement()) {
      statement.setFetchSize(fetchSize);
      try (ResultSet rows =
          statement.executeQuery("CREATE CHANGEFEED FOR " + table + " WITH resolved = '20ms'")) {
        ResultSetMetaData columns = rows.getMetaData();
        assertThat(columns.getColumnCount()).isEqualTo(3);
        assertThat(columns.getColumnLabel(1)).isEqualTo("table");
        assertThat(columns.getColumnTypeName(1)).isEqualTo("text");
        assertThat(columns.getColumnLabel(2)).isEqualTo("key");
        assertThat(columns.getColumnTypeName(3)).isEqualTo("bytea");
        standIn.execute("UPDATE " + table + " SET v = 'd' WHERE id = 2");
        standIn.execute("DELETE FROM " + table + " WHERE id = 1");
        assertThat(rows(untilResolved(rows, standIn.now())))
            .containsExactly(
                line(table, "[1]", "{\"after\": {\"id\": 1, \"v\": \"a\"}}"),
                line(table, "[2]", "{\"after\": {\"id\": 2, \"v\": \"b\"}}"),
                line(table, "[3]", "{\"after\": {\"id\": 3, \"v\": \"c\"}}"),
                line(table, "[2]", "{\"after\": {\"id\": 2, \"v\": \"d\"}}"),
                line(table, "[1]", "{\"after\": null}"));
      }
      // The portal is closed: the session does something else.
      try (ResultSet one = statement.executeQuery("SELECT 1")) {
        assertThat(one.next()).isTrue();
      }
      connection.commit();
    }
  }

  private static Line line(String table, String key, String value) {
    return new Line(Optional.of(table), Optional.of(key), Optional.of(value));
  }

  @Test
  void finishedScanEndsTheResultAndNoJobIsListed() throws Exception {
    table("scanned", "(1, 'a')", "(2, 'b')");
    for (String mode : List.of("simple", "extended")) {
      try (Connection connection =
              DriverManager.getConnection(
                  standIn.url() + "?preferQueryMode=" + mode, StandIn.USER, "");
          Statement statement = connection.createStatement()) {
        ResultSet rows =
            statement.executeQuery(
                "EXPERIMENTAL CHANGEFEED FOR scanned WITH initial_scan = 'only'");
        List<String> keys = new ArrayList<>();
        while (rows.next()) {
          keys.add(Line.of(rows).key().orElseThrow());
        }
        assertThat(keys).containsExactly("[1]", "[2]");
        ResultSet jobs = statement.executeQuery("SHOW CHANGEFEED JOBS");
        assertThat(jobs.next()).isFalse();
      }
    }
  }
}
