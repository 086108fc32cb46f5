package dev.belay.bench;

import com.mysql.cj.jdbc.JdbcStatement;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** The fastest ways of Connector/J. */
abstract class MySqlWriters implements PlainWriter {

  private static final List<String> COLUMNS =
      List.of("id", "qty", "name", "price", "at", "active", "ref", "score", "doc", "day", "note");

  private static final String ON_DUPLICATE =
      " ON DUPLICATE KEY UPDATE "
          + COLUMNS.stream()
              .skip(1)
              .map(column -> column + " = fresh." + column)
              .collect(Collectors.joining(", "));

  private static String at(Row row) {
    String iso = row.atText();
    return iso.substring(0, iso.length() - 1).replace('T', ' ');
  }

  @Override
  public void delete(Connection connection, String table, List<Long> ids) throws SQLException {
    String marks = String.join(",", Collections.nCopies(ids.size(), "?"));
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM " + table + " WHERE id IN (" + marks + ")")) {
      for (int i = 0; i < ids.size(); i++) {
        statement.setLong(i + 1, ids.get(i));
      }
      statement.executeUpdate();
    }
  }

  /** One statement for all rows, its values put in by the driver. */
  static final class MultiRow extends MySqlWriters {
    private static final String ROW =
        "(" + String.join(",", Collections.nCopies(COLUMNS.size(), "?")) + ")";

    @Override
    public void prepare(Connection connection, String table) {}

    @Override
    public void upsert(Connection connection, String table, List<Row> rows) throws SQLException {
      String sql =
          "INSERT INTO "
              + table
              + " VALUES "
              + String.join(",", Collections.nCopies(rows.size(), ROW))
              + " AS fresh"
              + ON_DUPLICATE;
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        int at = 0;
        for (Row row : rows) {
          statement.setLong(++at, row.id());
          statement.setLong(++at, row.qty());
          statement.setString(++at, row.name());
          statement.setString(++at, row.priceText());
          statement.setString(++at, at(row));
          statement.setBoolean(++at, row.active());
          statement.setString(++at, row.ref().toString());
          statement.setDouble(++at, row.score());
          statement.setString(++at, row.doc());
          statement.setString(++at, row.dayText());
          statement.setString(++at, row.note().isEmpty() ? null : row.note());
        }
        statement.executeUpdate();
      }
    }
  }

  /** LOAD DATA into a temporary table, then one {@code INSERT ... SELECT} from there. */
  static final class LoadData extends MySqlWriters {
    @Override
    public void prepare(Connection connection, String table) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute("CREATE TEMPORARY TABLE batch_" + table + " LIKE " + table);
      }
    }

    @Override
    public void upsert(Connection connection, String table, List<Row> rows) throws SQLException {
      String text = Tsv.of(rows, MySqlWriters::at, row -> row.active() ? "1" : "0");
      try (Statement statement = connection.createStatement()) {
        statement.execute("DELETE FROM batch_" + table);
        statement
            .unwrap(JdbcStatement.class)
            .setLocalInfileInputStream(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        statement.execute(
            "LOAD DATA LOCAL INFILE 'batch' INTO TABLE batch_" + table + " CHARACTER SET utf8mb4");
        statement.executeUpdate(
            "INSERT INTO "
                + table
                + " SELECT * FROM (SELECT * FROM batch_"
                + table
                + ") AS fresh"
                + ON_DUPLICATE);
      }
    }
  }
}
