package dev.belay.source.sinkless;

import dev.belay.source.feed.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What must be known of a table to read its rows by pages.
 *
 * @param columns that a changefeed sends
 * @param keys the primary key's columns in order
 * @param keyTypes their types in SQL
 * @param descending those of the key's columns that the table is ordered by the other way round;
 *     none if all are
 */
record ScanShape(
    List<String> columns, List<String> keys, List<String> keyTypes, Set<String> descending) {
  /** Types whose text is exact and is read back as the same value. */
  private static final Set<String> EXACT =
      Set.of(
          "int2",
          "int4",
          "int8",
          "text",
          "varchar",
          "uuid",
          "date",
          "timestamp",
          "timestamptz",
          "numeric",
          "bool",
          "bytea");

  private static final String COLUMNS =
      "SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), t.typname, a.attgenerated"
          + " FROM pg_catalog.pg_attribute a"
          + " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
          + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
          + " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
          + " WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped"
          + " ORDER BY a.attnum";
  private static final String KEY =
      "SELECT k.conkey FROM pg_catalog.pg_constraint k"
          + " JOIN pg_catalog.pg_class c ON c.oid = k.conrelid"
          + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE n.nspname = ? AND c.relname = ? AND k.contype = 'p'";

  /** Bit 1 is DESC, as in PostgreSQL. */
  private static final String DIRECTIONS =
      "SELECT i.indkey, i.indoption FROM pg_catalog.pg_index i"
          + " JOIN pg_catalog.pg_class c ON c.oid = i.indrelid"
          + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE n.nspname = ? AND c.relname = ? AND i.indisprimary";

  private record Column(String name, String type, String typeName, boolean virtual) {
    /** A column that CockroachDB puts before a key by itself; the catalog leaves it out there. */
    boolean isImplicitKey() {
      return name.startsWith("crdb_internal_") && name.contains("_shard_")
          || typeName.equals("crdb_internal_region");
    }

    boolean isOfTheSystem() {
      return name.equals("tableoid")
          || name.equals("crdb_internal_mvcc_timestamp")
          || name.startsWith("crdb_internal_origin_");
    }
  }

  /**
   * Looks a table up.
   *
   * @return empty if its key cannot be paged through exactly
   */
  static Optional<ScanShape> of(Connection session, TableName table) throws SQLException {
    Map<Integer, Column> columns = columns(session, table);
    List<Column> key = new ArrayList<>();
    for (int number : key(session, table)) {
      if (!columns.containsKey(number)) {
        return Optional.empty();
      }
      key.add(columns.get(number));
    }
    boolean exact =
        !key.isEmpty()
            && key.stream().allMatch(column -> EXACT.contains(column.typeName()))
            && columns.values().stream().noneMatch(Column::isImplicitKey);
    return exact
        ? Optional.of(
            new ScanShape(
                columns.values().stream()
                    .filter(column -> !column.virtual() && !column.isOfTheSystem())
                    .map(Column::name)
                    .toList(),
                key.stream().map(Column::name).toList(),
                key.stream().map(Column::type).toList(),
                descending(session, table, columns)))
        : Optional.empty();
  }

  private static Map<Integer, Column> columns(Connection session, TableName table)
      throws SQLException {
    Map<Integer, Column> columns = new LinkedHashMap<>();
    try (PreparedStatement statement = session.prepareStatement(COLUMNS)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          columns.put(
              row.getInt(1),
              new Column(
                  row.getString(2),
                  row.getString(3),
                  row.getString(4),
                  "v".equals(row.getString(5))));
        }
      }
    }
    return columns;
  }

  /**
   * The key's place of each value, as an offset has it. Pages in one order do not go on where those
   * in another had come to, so a column that goes the other way round has another name.
   */
  List<String> places() {
    return keys.stream().map(key -> descending.contains(key) ? key + " DESC" : key).toList();
  }

  /** A key whose columns all go one way is read as well from its other end. */
  private static Set<String> descending(
      Connection session, TableName table, Map<Integer, Column> columns) throws SQLException {
    Set<String> names = new TreeSet<>();
    try (PreparedStatement statement = session.prepareStatement(DIRECTIONS)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          List<Integer> numbers = numbers(row.getString(1));
          List<Integer> options = numbers(row.getString(2));
          for (int i = 0; i < options.size(); i++) {
            if ((options.get(i) & 1) == 1 && columns.containsKey(numbers.get(i))) {
              names.add(columns.get(numbers.get(i)).name());
            }
          }
          return names.size() == options.size() ? Set.of() : names;
        }
      }
    }
    return names;
  }

  /** Of an array, or of a vector, which has blanks between. */
  private static List<Integer> numbers(String text) {
    return Arrays.stream(text.replaceAll("[{}]", "").split("[ ,]+")).map(Integer::valueOf).toList();
  }

  /** Numbers of the key's columns. */
  private static List<Integer> key(Connection session, TableName table) throws SQLException {
    List<Integer> numbers = new ArrayList<>();
    try (PreparedStatement statement = session.prepareStatement(KEY)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          numbers.addAll(numbers(row.getString(1)));
        }
      }
    }
    return numbers;
  }
}
