package dev.belay.cli.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Compares a table in two databases row by row and column by column. Both sides are read in the
 * order of the key and merged, so that a table of any size fits. Values are compared as the text
 * that the database itself makes of them: 1.10 is not 1.1.
 */
final class Comparer {

  private static final int EXAMPLES = 5;
  private static final int FETCH = 2_000;

  private final Connection source;
  private final Connection target;

  /** Both sessions are used for reading only, in one snapshot for all tables. */
  Comparer(Connection source, Connection target) throws SQLException {
    this.source = source;
    this.target = target;
    for (Connection side : List.of(source, target)) {
      side.setAutoCommit(false); // else all rows come at once
      side.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      try (PreparedStatement utc = side.prepareStatement("SET TIME ZONE 'UTC'")) {
        utc.execute();
      }
    }
  }

  /**
   * @param key the table's key column; all columns of either side are compared
   */
  TableComparison compare(String table, String key) throws SQLException {
    List<String> columns = columns(source, table);
    List<String> ofTarget = columns(target, table);
    if (!columns.equals(ofTarget)) {
      throw new DemoFailure(
          "Table "
              + table
              + " has the columns "
              + columns
              + " on one side and "
              + ofTarget
              + " on the other");
    }
    try (Rows left = new Rows(source, table, key, columns);
        Rows right = new Rows(target, table, key, columns)) {
      return merge(table, columns, left, right);
    }
  }

  private static TableComparison merge(String table, List<String> columns, Rows left, Rows right)
      throws SQLException {
    long sourceRows = 0;
    long targetRows = 0;
    long differences = 0;
    List<String> examples = new ArrayList<>();
    Optional<Row> a = left.next();
    Optional<Row> b = right.next();
    while (a.isPresent() || b.isPresent()) {
      int order = a.isEmpty() ? 1 : b.isEmpty() ? -1 : a.get().sortKey.compareTo(b.get().sortKey);
      Optional<String> difference = Optional.empty();
      if (order < 0) {
        difference = Optional.of(a.get().label + " is missing in the target");
      } else if (order > 0) {
        difference = Optional.of(b.get().label + " is in the target only");
      } else {
        difference = difference(columns, a.get(), b.get());
      }
      if (difference.isPresent()) {
        differences++;
        if (examples.size() < EXAMPLES) {
          examples.add(table + " " + difference.get());
        }
      }
      if (order <= 0) {
        sourceRows++;
        a = left.next();
      }
      if (order >= 0) {
        targetRows++;
        b = right.next();
      }
    }
    return new TableComparison(table, sourceRows, targetRows, differences, examples);
  }

  private static Optional<String> difference(List<String> columns, Row a, Row b) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (!Objects.equals(a.values.get(i), b.values.get(i))) {
        found.add(columns.get(i) + " " + a.values.get(i) + " became " + b.values.get(i));
      }
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(a.label + ": " + found);
  }

  private static List<String> columns(Connection side, String table) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (ResultSet found = side.getMetaData().getColumns(null, "public", table, "%")) {
      while (found.next()) {
        columns.add(found.getString("COLUMN_NAME"));
      }
    }
    columns.sort(null);
    return columns;
  }

  /**
   * @param sortKey orders rows as the query does
   */
  private record Row(String sortKey, String label, List<String> values) {}

  /** The rows of one side. */
  private static final class Rows implements AutoCloseable {

    private final PreparedStatement query;
    private final ResultSet result;
    private final String key;
    private final int columns;

    private Rows(Connection side, String table, String key, List<String> columns)
        throws SQLException {
      this.key = key;
      this.columns = columns.size();
      String texts =
          columns.stream()
              .map(column -> quoted(column) + "::text")
              .collect(Collectors.joining(", "));
      // By the key in hexadecimal digits: servers disagree about the order of other text.
      String sortKey = "encode(convert_to(" + quoted(key) + "::text, 'UTF8'), 'hex')";
      query =
          side.prepareStatement(
              "SELECT "
                  + sortKey
                  + " AS sort_key, "
                  + quoted(key)
                  + "::text, "
                  + texts
                  + " FROM "
                  + quoted(table)
                  + " ORDER BY 1");
      query.setFetchSize(FETCH);
      result = query.executeQuery();
    }

    private Optional<Row> next() throws SQLException {
      if (!result.next()) {
        return Optional.empty();
      }
      List<String> values = new ArrayList<>();
      for (int i = 0; i < columns; i++) {
        values.add(result.getString(3 + i));
      }
      return Optional.of(new Row(result.getString(1), key + " " + result.getString(2), values));
    }

    private static String quoted(String name) {
      return '"' + name.replace("\"", "\"\"") + '"';
    }

    @Override
    public void close() throws SQLException {
      result.close();
      query.close();
    }
  }
}
