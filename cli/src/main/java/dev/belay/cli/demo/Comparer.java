package dev.belay.cli.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Compares a table in two databases row by row and column by column. Both sides are read in the
 * order of the key and merged, so that a table of any size fits. Values are compared as the text
 * that the database itself makes of them: 1.10 is not 1.1, where both databases can tell them
 * apart.
 */
final class Comparer {

  private static final int EXAMPLES = 5;
  private static final int FETCH = 2_000;

  private final Side source;
  private final Side target;

  /** A session of a database of that kind. */
  private record Side(Connection connection, OldDatabase kind) {}

  /**
   * Both sessions are used for reading only, in one snapshot for all tables.
   *
   * @param kind of the target; the new database speaks as PostgreSQL
   */
  Comparer(Connection source, Connection target, OldDatabase kind) throws SQLException {
    this.source = new Side(source, OldDatabase.POSTGRESQL);
    this.target = new Side(target, kind);
    for (Side side : List.of(this.source, this.target)) {
      side.connection().setAutoCommit(false); // else all rows come at once
      side.connection().setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      try (PreparedStatement utc = side.connection().prepareStatement(side.kind().utc())) {
        utc.execute();
      }
    }
  }

  /**
   * @param key the table's key column; all columns of either side are compared
   */
  TableComparison compare(String table, String key) throws SQLException {
    Map<String, String> types = columns(source, table);
    List<String> columns = List.copyOf(types.keySet());
    List<String> ofTarget = List.copyOf(columns(target, table).keySet());
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
    boolean alike = target.kind().writesTextsAlike();
    try (Rows left = new Rows(source, table, key, types, alike);
        Rows right = new Rows(target, table, key, types, alike)) {
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

  /** Names to types, in the order of the names. */
  private static Map<String, String> columns(Side side, String table) throws SQLException {
    Map<String, String> columns = new TreeMap<>();
    boolean isCatalog = side.kind() != OldDatabase.POSTGRESQL;
    String schema = side.kind().schemaOf(side.connection());
    try (ResultSet found =
        side.connection()
            .getMetaData()
            .getColumns(isCatalog ? schema : null, isCatalog ? null : schema, table, "%")) {
      while (found.next()) {
        columns.put(found.getString("COLUMN_NAME"), found.getString("TYPE_NAME"));
      }
    }
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
    private final List<String> types;
    private final boolean alike;

    /**
     * @param types of the columns in the new database
     * @param alike whether both databases write a value as one text
     */
    private Rows(Side side, String table, String key, Map<String, String> types, boolean alike)
        throws SQLException {
      this.key = key;
      this.types = List.copyOf(types.values());
      this.alike = alike;
      OldDatabase kind = side.kind();
      String texts =
          types.entrySet().stream()
              .map(column -> kind.text(column.getKey(), column.getValue()))
              .collect(Collectors.joining(", "));
      // By the key in hexadecimal digits: servers disagree about the order of other text.
      query =
          side.connection()
              .prepareStatement(
                  "SELECT "
                      + kind.sortKey(key)
                      + " AS sort_key, "
                      + kind.text(key, types.get(key))
                      + ", "
                      + texts
                      + " FROM "
                      + kind.quoted(table)
                      + " ORDER BY 1");
      query.setFetchSize(FETCH);
      result = query.executeQuery();
    }

    private Optional<Row> next() throws SQLException {
      if (!result.next()) {
        return Optional.empty();
      }
      List<String> values = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        String text = result.getString(3 + i);
        values.add(alike ? text : SameText.of(types.get(i), text));
      }
      return Optional.of(new Row(result.getString(1), key + " " + result.getString(2), values));
    }

    @Override
    public void close() throws SQLException {
      result.close();
      query.close();
    }
  }
}
