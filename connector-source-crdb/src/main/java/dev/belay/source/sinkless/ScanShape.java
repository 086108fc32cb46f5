package dev.belay.source.sinkless;

import dev.belay.source.feed.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What must be known of a table to read its rows by pages.
 *
 * @param columns that a changefeed sends
 * @param keys the primary key's columns in order
 * @param keyTypes their types in SQL
 */
record ScanShape(List<String> columns, List<String> keys, List<String> keyTypes) {
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
                key.stream().map(Column::type).toList()))
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

  /** Numbers of the key's columns. */
  private static List<Integer> key(Connection session, TableName table) throws SQLException {
    List<Integer> numbers = new ArrayList<>();
    try (PreparedStatement statement = session.prepareStatement(KEY)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          for (String number : row.getString(1).replaceAll("[{}]", "").split(",")) {
            numbers.add(Integer.valueOf(number.strip()));
          }
        }
      }
    }
    return numbers;
  }
}
