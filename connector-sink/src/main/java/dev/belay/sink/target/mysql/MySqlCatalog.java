package dev.belay.sink.target.mysql;

import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.ForeignKeyShape.OnDelete;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.shape.UniqueShape.Match;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads shapes of tables: a handful of queries, however many tables there are. */
final class MySqlCatalog {
  private static final String PRIMARY = "PRIMARY";

  private final Connection connection;
  private final ServerFacts facts;

  MySqlCatalog(Connection connection, ServerFacts facts) {
    this.connection = connection;
    this.facts = facts;
  }

  Map<TableName, TableShape> describe(Collection<TableName> asked) throws SQLException {
    Map<TableName, TableName> meant = NameLookup.read(connection, asked).tables(asked);
    List<TableName> tables = List.copyOf(new HashSet<>(meant.values()));
    if (tables.isEmpty()) {
      return Map.of();
    }
    Map<TableName, List<ColumnShape>> columns = columns(tables);
    Map<TableName, Map<String, Index>> indexes = indexes(tables);
    Map<TableName, List<ForeignKeyShape>> foreignKeys = foreignKeys(tables);
    Map<TableName, TableShape> shapes = new HashMap<>();
    for (TableName table : tables) {
      if (columns.containsKey(table)) {
        shapes.put(
            table,
            shape(
                table,
                columns.get(table),
                indexes.getOrDefault(table, Map.of()),
                foreignKeys.getOrDefault(table, List.of())));
      }
    }
    Map<TableName, TableShape> found = new HashMap<>();
    meant.forEach(
        (name, table) -> {
          if (shapes.containsKey(table)) {
            found.put(name, shapes.get(table));
          }
        });
    return found;
  }

  private static TableShape shape(
      TableName table,
      List<ColumnShape> columns,
      Map<String, Index> indexes,
      List<ForeignKeyShape> foreignKeys) {
    List<UniqueShape> uniques = new ArrayList<>();
    List<String> key = List.of();
    for (Map.Entry<String, Index> index : indexes.entrySet()) {
      if (index.getKey().equals(PRIMARY)) {
        key = index.getValue().columns;
      } else {
        uniques.add(
            new UniqueShape(
                index.getKey(),
                index.getValue().columns,
                false,
                false,
                index.getValue().plain ? Match.EQUAL : Match.OTHER));
      }
    }
    return new TableShape(table, columns, key, false, uniques, foreignKeys);
  }

  private Map<TableName, List<ColumnShape>> columns(List<TableName> tables) throws SQLException {
    MySqlTypes types = new MySqlTypes(facts.mariaDb());
    Map<TableName, Set<String>> json = jsonColumns(tables);
    Map<TableName, Set<String>> referenced = referenced(tables);
    Map<TableName, List<ColumnShape>> columns = new HashMap<>();
    read(
        CatalogSql.columns(facts, tables.size()),
        tables,
        row -> {
          TableName table = table(row);
          String name = row.getString("c");
          String extra = text(row, "extra").toLowerCase(Locale.ROOT);
          String data = row.getString("data").toLowerCase(Locale.ROOT);
          String type = row.getString("type");
          boolean nullable = row.getBoolean("nullable");
          String preset = text(row, "preset");
          boolean hasDefault = !preset.isEmpty() && !(facts.mariaDb() && preset.equals("NULL"));
          // an empty text is a default too, which MariaDB puts into quotes
          hasDefault |= row.getString("preset") != null && preset.isEmpty();
          boolean autoIncrement = extra.contains("auto_increment");
          MySqlColumn codec =
              new MySqlColumn(
                  types.form(
                      new MySqlTypes.Facts(
                          data,
                          type,
                          text(row, "charset"),
                          number(row, "characters"),
                          number(row, "octets"),
                          number(row, "prec"),
                          number(row, "scale"),
                          number(row, "decimals"),
                          json.getOrDefault(table, Set.of()).contains(name),
                          Math.max(0, number(row, "srid")))),
                  extra.contains("on update"),
                  autoIncrement,
                  referenced.getOrDefault(table, Set.of()).contains(name),
                  data.equals("enum") && !nullable && !hasDefault);
          columns
              .computeIfAbsent(table, t -> new ArrayList<>())
              .add(
                  new ColumnShape(
                      name,
                      type,
                      codec.form().kind(),
                      nullable,
                      hasDefault || autoIncrement,
                      !text(row, "expression").isEmpty(),
                      codec));
        });
    return columns;
  }

  private Map<TableName, Set<String>> jsonColumns(List<TableName> tables) throws SQLException {
    Map<TableName, Set<String>> columns = new HashMap<>();
    if (facts.mariaDb()) {
      read(
          CatalogSql.jsonChecks(tables.size()),
          tables,
          row -> {
            String clause = row.getString("clause");
            int from = clause.indexOf('`');
            int to = clause.lastIndexOf('`');
            // of one column and nothing else
            if (clause.startsWith("json_valid(`") && clause.endsWith("`)") && from < to) {
              columns
                  .computeIfAbsent(table(row), t -> new HashSet<>())
                  .add(clause.substring(from + 1, to).replace("``", "`"));
            }
          });
    }
    return columns;
  }

  private Map<TableName, Set<String>> referenced(List<TableName> tables) throws SQLException {
    Map<TableName, Set<String>> columns = new HashMap<>();
    read(
        CatalogSql.referenced(tables.size()),
        tables,
        row -> columns.computeIfAbsent(table(row), t -> new HashSet<>()).add(row.getString("c")));
    return columns;
  }

  private static final class Index {
    private final List<String> columns = new ArrayList<>();
    private boolean plain = true;
  }

  private Map<TableName, Map<String, Index>> indexes(List<TableName> tables) throws SQLException {
    Map<TableName, Map<String, Index>> indexes = new HashMap<>();
    read(
        CatalogSql.indexes(facts, tables.size()),
        tables,
        row -> {
          Index index =
              indexes
                  .computeIfAbsent(table(row), t -> new LinkedHashMap<>())
                  .computeIfAbsent(row.getString("i"), i -> new Index());
          if (row.getBoolean("expression")) {
            index.plain = false;
          } else {
            index.plain &= !row.getBoolean("part");
            index.columns.add(row.getString("c"));
          }
        });
    return indexes;
  }

  /**
   * What tells the rows of tables apart: the columns of each unique index, for a comparison with
   * what was read before.
   */
  static String fingerprint(TableShape table) {
    StringBuilder text = new StringBuilder(PRIMARY);
    table.key().forEach(column -> text.append(',').append(column.name()));
    table.uniques().stream()
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .forEach(unique -> text.append(';').append(unique.name()).append(unique.columns()));
    return text.toString();
  }

  /** The same, as the catalog has it now. */
  Map<TableName, String> fingerprints(List<TableName> tables) throws SQLException {
    Map<TableName, String> now = new HashMap<>();
    indexes(tables)
        .forEach(
            (table, indexes) -> {
              StringBuilder text = new StringBuilder(PRIMARY);
              Index key = indexes.getOrDefault(PRIMARY, new Index());
              key.columns.forEach(column -> text.append(',').append(column));
              indexes.entrySet().stream()
                  .filter(index -> !index.getKey().equals(PRIMARY))
                  .sorted(Map.Entry.comparingByKey())
                  .forEach(
                      index ->
                          text.append(';').append(index.getKey()).append(index.getValue().columns));
              now.put(table, text.toString());
            });
    return now;
  }

  private Map<TableName, List<ForeignKeyShape>> foreignKeys(List<TableName> tables)
      throws SQLException {
    Map<TableName, Map<String, ForeignKeyShape>> keys = new HashMap<>();
    read(
        CatalogSql.foreignKeys(tables.size()),
        tables,
        row -> {
          String name = row.getString("i");
          TableName parent = TableName.of(row.getString("ps"), row.getString("pn"));
          OnDelete onDelete = onDelete(row.getString("rule"));
          ForeignKeyShape key =
              keys.computeIfAbsent(table(row), t -> new LinkedHashMap<>())
                  .computeIfAbsent(
                      name,
                      n ->
                          new ForeignKeyShape(
                              n, new ArrayList<>(), parent, new ArrayList<>(), false, onDelete));
          key.columns().add(row.getString("c"));
          key.parentColumns().add(row.getString("pc"));
        });
    Map<TableName, List<ForeignKeyShape>> lists = new HashMap<>();
    keys.forEach((table, byName) -> lists.put(table, List.copyOf(byName.values())));
    return lists;
  }

  private static OnDelete onDelete(String rule) {
    return switch (rule) {
      case "CASCADE" -> OnDelete.CASCADE;
      case "SET NULL" -> OnDelete.SET_NULL;
      case "SET DEFAULT" -> OnDelete.SET_DEFAULT;
      case "RESTRICT" -> OnDelete.RESTRICT;
      default -> OnDelete.NO_ACTION;
    };
  }

  /** A foreign key that cannot be NULL. */
  record Bond(TableName child, TableName parent) {}

  /** The foreign keys of tables that cannot be NULL. */
  List<Bond> bonds(List<TableName> children) throws SQLException {
    List<Bond> bonds = new ArrayList<>();
    read(
        CatalogSql.bonds(children.size()),
        children,
        row ->
            bonds.add(
                new Bond(table(row), TableName.of(row.getString("ps"), row.getString("pn")))));
    return bonds;
  }

  /** All tables of users; what this user may not write fails when it is written. */
  List<TableName> writable() throws SQLException {
    List<TableName> tables = new ArrayList<>();
    read(CatalogSql.WRITABLE_TABLES, List.of(), row -> tables.add(table(row)));
    return tables;
  }

  Set<TableName> takingChildrenAlong() throws SQLException {
    Set<TableName> tables = new HashSet<>();
    read(CatalogSql.TAKING_CHILDREN_ALONG, List.of(), row -> tables.add(table(row)));
    return tables;
  }

  List<String> triggers(TableName table) throws SQLException {
    List<String> names = new ArrayList<>();
    read(CatalogSql.TRIGGERS, List.of(table), row -> names.add(row.getString(1)));
    return names;
  }

  @FunctionalInterface
  private interface RowReader {
    void read(ResultSet row) throws SQLException;
  }

  private void read(String sql, List<TableName> tables, RowReader reader) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      int at = 1;
      for (TableName table : tables) {
        query.setString(at++, table.schema());
        query.setString(at++, table.name());
      }
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          reader.read(rows);
        }
      }
    }
  }

  private static TableName table(ResultSet row) throws SQLException {
    return TableName.of(row.getString("s"), row.getString("n"));
  }

  private static String text(ResultSet row, String column) throws SQLException {
    String text = row.getString(column);
    return text == null ? "" : text;
  }

  private static long number(ResultSet row, String column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? -1 : number;
  }
}
