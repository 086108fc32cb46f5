package dev.belay.bench;

import dev.belay.bench.BatchFile.Batch;
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

/** A way to write a batch with nothing but pgjdbc, in the caller's transaction. */
enum PlainWay {

  /** One array a column, joined by {@code unnest}: one statement for upserts, one for deletes. */
  UNNEST {
    @Override
    void prepare(Connection connection, String table) {}

    @Override
    void upsert(Connection connection, String table, List<Row> rows) throws SQLException {
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
  },

  /** COPY into a temporary table, then one {@code INSERT ... SELECT} from there. */
  COPY {
    @Override
    void prepare(Connection connection, String table) throws SQLException {
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
    void upsert(Connection connection, String table, List<Row> rows)
        throws SQLException, IOException {
      StringBuilder text = new StringBuilder(rows.size() * 256);
      for (Row row : rows) {
        text.append(row.id()).append('\t').append(row.qty()).append('\t');
        text.append(row.name()).append('\t').append(row.priceText()).append('\t');
        text.append(row.atText()).append('\t').append(row.active()).append('\t');
        text.append(row.ref()).append('\t').append(row.score()).append('\t');
        text.append(row.doc()).append('\t').append(row.dayText()).append('\t');
        text.append(row.note().isEmpty() ? "\\N" : row.note()).append('\n');
      }
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(
              "COPY batch_" + table + " FROM STDIN", new StringReader(text.toString()), 1 << 16);
      try (PreparedStatement statement =
          connection.prepareStatement(
              "INSERT INTO " + table + " SELECT * FROM batch_" + table + ON_CONFLICT)) {
        statement.executeUpdate();
      }
    }
  };

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
          PlainWay::note);

  private static final String ON_CONFLICT =
      " ON CONFLICT (id) DO UPDATE SET "
          + assignments(
              "qty", "name", "price", "at", "active", "ref", "score", "doc", "day", "note");

  private static String assignments(String... columns) {
    return List.of(columns).stream()
        .map(column -> column + " = excluded." + column)
        .collect(Collectors.joining(", "));
  }

  /** Once for a connection, outside of any batch. */
  abstract void prepare(Connection connection, String table) throws SQLException;

  abstract void upsert(Connection connection, String table, List<Row> rows)
      throws SQLException, IOException;

  /** Writes the batch and commits. */
  void write(Connection connection, String table, Batch batch) throws SQLException, IOException {
    if (!batch.upserts().isEmpty()) {
      upsert(connection, table, batch.upserts());
    }
    if (!batch.deletes().isEmpty()) {
      try (PreparedStatement statement =
          connection.prepareStatement("DELETE FROM " + table + " WHERE id = ANY (?)")) {
        statement.setArray(1, connection.createArrayOf("int8", batch.deletes().toArray()));
        statement.executeUpdate();
      }
    }
    connection.commit();
  }

  private static String note(Row row) {
    return row.note().isEmpty() ? null : row.note();
  }
}
