package dev.belay.bench;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/** The fastest ways of pgjdbc. */
abstract class PostgresWriters implements PlainWriter {

  private static final List<String> TYPES =
      List.of(
          "int8",
          "int8",
          "text",
          "numeric",
          "timestamptz",
          "bool",
          "uuid",
          "float8",
          "jsonb",
          "date",
          "text");

  private static final List<Function<Row, Object>> VALUES =
      List.of(
          Row::id,
          Row::qty,
          Row::name,
          Row::priceText,
          Row::atText,
          Row::active,
          row -> row.ref().toString(),
          Row::score,
          Row::doc,
          Row::dayText,
          PostgresWriters::note);

  private static final String ON_CONFLICT =
      " ON CONFLICT (id) DO UPDATE SET "
          + assignments(
              "qty", "name", "price", "at", "active", "ref", "score", "doc", "day", "note");

  private static String assignments(String... columns) {
    return List.of(columns).stream()
        .map(column -> column + " = excluded." + column)
        .collect(Collectors.joining(", "));
  }

  private static String note(Row row) {
    return row.note().isEmpty() ? null : row.note();
  }

  @Override
  public void delete(Connection connection, String table, List<Long> ids) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM " + table + " WHERE id = ANY (?)")) {
      statement.setArray(1, connection.createArrayOf("int8", ids.toArray()));
      statement.executeUpdate();
    }
  }

  /** One array a column, joined by {@code unnest}. */
  static final class Unnest extends PostgresWriters {
    @Override
    public void prepare(Connection connection, String table) {}

    @Override
    public void upsert(Connection connection, String table, List<Row> rows) throws SQLException {
      String arrays = String.join(", ", Collections.nCopies(TYPES.size(), "?"));
      String sql = "INSERT INTO " + table + " SELECT * FROM unnest(" + arrays + ")" + ON_CONFLICT;
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        // Each as an array of its column's type: numbers go out in binary, the others as a text
        // that
        // the server reads once. A text[] with a cast would be read twice.
        for (int column = 0; column < TYPES.size(); column++) {
          Object[] values = rows.stream().map(VALUES.get(column)).toArray();
          statement.setArray(column + 1, connection.createArrayOf(TYPES.get(column), values));
        }
        statement.executeUpdate();
      }
    }
  }

  /** COPY into a temporary table, then one {@code INSERT ... SELECT} from there. */
  static final class Copy extends PostgresWriters {
    @Override
    public void prepare(Connection connection, String table) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "CREATE TEMP TABLE IF NOT EXISTS batch_"
                + table
                + " (LIKE "
                + table
                + ") ON COMMIT DELETE ROWS");
      }
    }

    @Override
    public void upsert(Connection connection, String table, List<Row> rows)
        throws SQLException, IOException {
      String text = Tsv.of(rows, Row::atText, row -> Boolean.toString(row.active()));
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("COPY batch_" + table + " FROM STDIN", new StringReader(text), 1 << 16);
      try (PreparedStatement statement =
          connection.prepareStatement(
              "INSERT INTO " + table + " SELECT * FROM batch_" + table + ON_CONFLICT)) {
        statement.executeUpdate();
      }
    }
  }
}
