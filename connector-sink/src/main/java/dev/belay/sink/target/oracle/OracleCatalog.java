package dev.belay.sink.target.oracle;

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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads shapes of tables: a handful of queries, however many tables there are. */
final class OracleCatalog {

  /** The server does not say whether a table is not there or not to be seen. */
  private static final int NO_SUCH_TABLE = 942;

  /** Columns in an index's expression are always in quotes there. */
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

  private final Connection connection;
  private final OracleTypes types;
  private final String emptyString;

  /**
   * @param emptyString what is written for one into a column that cannot be NULL; empty to refuse
   *     it
   */
  OracleCatalog(Connection connection, ServerFacts facts, String emptyString) {
    this.connection = connection;
    this.types = new OracleTypes(facts);
    this.emptyString = emptyString;
  }

  /** A primary key, a unique constraint or a unique index. */
  private static final class Index {
    private final List<String> columns = new ArrayList<>();
    private boolean primary;
    private boolean deferrable;
    private boolean plain = true;
  }

  Map<TableName, TableShape> describe(Collection<TableName> asked) throws SQLException {
    Map<TableName, TableName> meant = NameLookup.read(connection, asked).tables(asked);
    List<TableName> tables = List.copyOf(new HashSet<>(meant.values()));
    if (tables.isEmpty()) {
      return Map.of();
    }
    Map<TableName, Map<String, Index>> indexes = indexes(tables);
    Map<TableName, List<ColumnShape>> columns = columns(tables, indexes);
    Map<TableName, List<ForeignKeyShape>> foreignKeys = foreignKeys(tables);
    Map<TableName, TableShape> found = new HashMap<>();
    Map<TableName, TableShape> shapes = new HashMap<>();
    meant.forEach(
        (name, table) -> {
          if (columns.containsKey(table)) {
            found.put(
                name,
                shapes.computeIfAbsent(
                    table,
                    t ->
                        shape(
                            t,
                            columns.get(t),
                            indexes.getOrDefault(t, Map.of()),
                            foreignKeys.getOrDefault(t, List.of()))));
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
    Optional<Index> key = Optional.empty();
    for (Map.Entry<String, Index> entry : indexes.entrySet()) {
      Index index = entry.getValue();
      if (index.primary) {
        key = Optional.of(index);
      } else {
        uniques.add(
            new UniqueShape(
                entry.getKey(), List.copyOf(index.columns), index.deferrable, false, match(index)));
      }
    }
    return new TableShape(
        table,
        columns,
        key.map(index -> index.columns).orElse(List.of()),
        key.map(index -> index.deferrable).orElse(false),
        uniques,
        foreignKeys);
  }

  /** Of several columns, one that is NULL does not keep two rows from clashing here. */
  private static Match match(Index index) {
    return !index.plain
        ? Match.OTHER
        : index.columns.size() > 1 ? Match.EQUAL_WITH_NULLS : Match.EQUAL;
  }

  private Map<TableName, List<ColumnShape>> columns(
      List<TableName> tables, Map<TableName, Map<String, Index>> indexes) throws SQLException {
    Map<TableName, Set<String>> json = names(CatalogSql.jsonColumns(tables.size()), tables);
    Map<TableName, Set<String>> referenced = names(CatalogSql.referenced(tables.size()), tables);
    Map<TableName, List<String>> checks = new HashMap<>();
    read(
        CatalogSql.checks(tables.size()),
        tables,
        row ->
            checks.computeIfAbsent(table(row), t -> new ArrayList<>()).add(text(row, "condition")));
    Map<TableName, List<ColumnShape>> columns = new HashMap<>();
    read(
        CatalogSql.columns(tables.size()),
        tables,
        row -> {
          TableName table = table(row);
          String name = row.getString("c");
          boolean key =
              indexes.getOrDefault(table, Map.of()).values().stream()
                  .anyMatch(index -> index.primary && index.columns.contains(name));
          OracleTypes.Facts facts =
              new OracleTypes.Facts(
                  row.getString("data"),
                  number(row, "octets"),
                  number(row, "chars"),
                  text(row, "used").equals("C"),
                  number(row, "prec"),
                  number(row, "scale"),
                  key,
                  text(row, "compared"),
                  json.getOrDefault(table, Set.of()).contains(name),
                  flags(checks.getOrDefault(table, List.of()), name));
          boolean nullable = row.getString("nullable").equals("Y");
          ValueForm form = types.form(facts);
          boolean numbered = text(row, "numbered").equals("YES");
          columns
              .computeIfAbsent(table, t -> new ArrayList<>())
              .add(
                  new ColumnShape(
                      name,
                      OracleTypes.text(facts),
                      form.kind(),
                      nullable,
                      numbered || number(row, "preset") > 0,
                      text(row, "computed").equals("YES"),
                      new OracleColumn(
                          form,
                          referenced.getOrDefault(table, Set.of()).contains(name),
                          numbered,
                          nullsClash(indexes.getOrDefault(table, Map.of()), name),
                          empties(nullable, key, form))));
        });
    return columns;
  }

  private static boolean nullsClash(Map<String, Index> indexes, String column) {
    return indexes.values().stream()
        .anyMatch(
            index ->
                !index.primary && index.columns.contains(column) && match(index) != Match.EQUAL);
  }

  private OracleColumn.Empties empties(boolean nullable, boolean key, ValueForm form) {
    if (nullable) {
      return OracleColumn.Empties.NULL;
    }
    // in a key it would be one row for all whose key is empty
    return key || !(form instanceof TextForm)
        ? OracleColumn.Empties.REFUSED
        : new OracleColumn.Empties(false, emptyString);
  }

  private static Flags flags(List<String> conditions, String column) {
    return conditions.stream()
        .flatMap(condition -> Flags.of(condition, column).stream())
        .findFirst()
        .orElse(Flags.UNKNOWN);
  }

  private Map<TableName, Set<String>> names(String sql, List<TableName> tables)
      throws SQLException {
    Map<TableName, Set<String>> columns = new HashMap<>();
    read(
        sql,
        tables,
        row -> columns.computeIfAbsent(table(row), t -> new HashSet<>()).add(row.getString("c")));
    return columns;
  }

  private Map<TableName, Map<String, Index>> indexes(List<TableName> tables) throws SQLException {
    Map<TableName, Map<String, Index>> indexes = new HashMap<>();
    Map<TableName, Set<String>> ofConstraints = new HashMap<>();
    read(
        CatalogSql.keys(tables.size()),
        tables,
        row -> {
          Index index =
              indexes
                  .computeIfAbsent(table(row), t -> new LinkedHashMap<>())
                  .computeIfAbsent(row.getString("i"), i -> new Index());
          index.primary = row.getString("kind").equals("P");
          index.deferrable = row.getString("waits").equals("DEFERRABLE");
          index.columns.add(row.getString("c"));
          ofConstraints.computeIfAbsent(table(row), t -> new HashSet<>()).add(text(row, "ix"));
        });
    read(
        CatalogSql.indexes(tables.size()),
        tables,
        row -> {
          TableName table = table(row);
          String name = row.getString("i");
          String column = row.getString("c");
          // a LONG, to be read after all others
          String expression = text(row, "expression");
          if (ofConstraints.getOrDefault(table, Set.of()).contains(name)) {
            return;
          }
          Index index =
              indexes
                  .computeIfAbsent(table, t -> new LinkedHashMap<>())
                  .computeIfAbsent(name, i -> new Index());
          if (expression.isEmpty()) {
            index.columns.add(column);
          } else {
            Set<String> reads = columnsIn(expression);
            // DESC alone makes an expression of a column
            index.plain &= reads.size() == 1 && expression.strip().equals('"' + only(reads) + '"');
            reads.stream().filter(c -> !index.columns.contains(c)).forEach(index.columns::add);
          }
        });
    return indexes;
  }

  private static Set<String> columnsIn(String expression) {
    Set<String> columns = new LinkedHashSet<>();
    Matcher quoted = QUOTED.matcher(expression);
    while (quoted.find()) {
      columns.add(quoted.group(1));
    }
    return columns;
  }

  private static String only(Set<String> names) {
    return names.iterator().next();
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
          boolean deferrable = row.getString("waits").equals("DEFERRABLE");
          OnDelete onDelete = onDelete(text(row, "action"));
          ForeignKeyShape key =
              keys.computeIfAbsent(table(row), t -> new LinkedHashMap<>())
                  .computeIfAbsent(
                      name,
                      n ->
                          new ForeignKeyShape(
                              n,
                              new ArrayList<>(),
                              parent,
                              new ArrayList<>(),
                              deferrable,
                              onDelete));
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
      default -> OnDelete.NO_ACTION;
    };
  }

  /** All tables of users that this one sees; what it may not write fails when it is written. */
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
    } catch (SQLException e) {
      throw e.getErrorCode() == NO_SUCH_TABLE ? notReadable(sql, e) : e;
    }
  }

  /** What could not be looked up is no "none": the view is named with its grant. */
  private static SQLException notReadable(String sql, SQLException failure) {
    for (String view :
        List.of(CatalogSql.DBA_CONSTRAINTS, CatalogSql.DBA_CONS_COLUMNS, CatalogSql.DBA_TRIGGERS)) {
      if (sql.contains(view)) {
        return OwnFault.dictionary(
            view.equals(CatalogSql.DBA_TRIGGERS)
                ? view
                : CatalogSql.DBA_CONSTRAINTS + ", " + CatalogSql.DBA_CONS_COLUMNS);
      }
    }
    return failure;
  }

  private static TableName table(ResultSet row) throws SQLException {
    return TableName.of(row.getString("s"), row.getString("n"));
  }

  private static String text(ResultSet row, String column) throws SQLException {
    String text = row.getString(column);
    return text == null ? "" : text;
  }

  private static int number(ResultSet row, String column) throws SQLException {
    int number = row.getInt(column);
    return row.wasNull() ? OracleTypes.NONE : number;
  }
}
