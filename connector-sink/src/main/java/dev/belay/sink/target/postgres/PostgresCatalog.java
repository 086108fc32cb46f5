package dev.belay.sink.target.postgres;

import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.ForeignKeyShape.OnDelete;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.target.pgwire.ArrayLiteral;
import dev.belay.sink.target.pgwire.Identifiers;
import dev.belay.sink.target.pgwire.NameLookup;
import dev.belay.sink.target.pgwire.PgColumn;
import dev.belay.sink.target.pgwire.ValueForm;
import java.sql.Array;
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
import java.util.Map;
import java.util.Set;

/** Reads shapes of tables: six queries, however many tables there are. */
final class PostgresCatalog {
  private final Connection connection;

  PostgresCatalog(Connection connection) {
    this.connection = connection;
  }

  Map<TableName, TableShape> describe(Collection<TableName> asked) throws SQLException {
    NameLookup lookup = NameLookup.read(connection, asked);
    Map<Long, TableName> roots = new LinkedHashMap<>();
    Map<TableName, Long> oids = new LinkedHashMap<>();
    for (TableName name : asked) {
      lookup
          .table(name)
          .ifPresent(
              found -> {
                roots.put(found.oid(), found.name());
                oids.put(name, found.oid());
              });
    }
    if (roots.isEmpty()) {
      return Map.of();
    }
    Map<Long, TableShape> shapes = new HashMap<>();
    TableReader reader = new TableReader(roots.keySet());
    for (Map.Entry<Long, TableName> root : roots.entrySet()) {
      shapes.put(root.getKey(), reader.shape(root.getKey(), root.getValue()));
    }
    Map<TableName, TableShape> described = new LinkedHashMap<>();
    oids.forEach((name, oid) -> described.put(name, shapes.get(oid)));
    return described;
  }

  List<TableName> writable() throws SQLException {
    List<TableName> tables = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(CatalogSql.WRITABLE_TABLES);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        tables.add(TableName.of(rows.getString(1), rows.getString(2)));
      }
    }
    return tables;
  }

  private interface RowReader {
    void read(ResultSet row) throws SQLException;
  }

  private record ColumnFacts(
      String name,
      String display,
      long type,
      int modifier,
      boolean notNull,
      boolean hasDefault,
      String identity,
      String generated) {}

  private record IndexFacts(
      UniqueShape unique, boolean key, boolean exclusion, List<String> schemas) {}

  /** Everything about the tables of one {@code describe}, by oid of the root. */
  private final class TableReader {
    private final String oids;
    private final PostgresTypes types;
    private final Map<Long, List<ColumnFacts>> columns = new HashMap<>();
    private final Map<Long, List<IndexFacts>> indexes = new HashMap<>();
    private final Map<Long, List<ForeignKeyShape>> foreignKeys = new HashMap<>();
    private final Map<Long, Set<String>> anchored = new HashMap<>();

    TableReader(Set<Long> roots) throws SQLException {
      StringBuilder literal = new StringBuilder();
      ArrayLiteral array = new ArrayLiteral(literal);
      roots.forEach(oid -> array.add(Long.toString(oid), true));
      array.close();
      oids = literal.toString();
      types = readTypes();
      forEach(CatalogSql.COLUMNS, this::readColumn);
      forEach(CatalogSql.INDEXES, this::readIndex);
      forEach(CatalogSql.FOREIGN_KEYS, this::readForeignKey);
      forEach(
          CatalogSql.ANCHORED,
          row ->
              anchored
                  .computeIfAbsent(row.getLong("root"), r -> new HashSet<>())
                  .add(row.getString("attname")));
    }

    private void forEach(String sql, RowReader reader) throws SQLException {
      try (PreparedStatement query = connection.prepareStatement(sql)) {
        query.setString(1, oids);
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            reader.read(rows);
          }
        }
      }
    }

    private PostgresTypes readTypes() throws SQLException {
      Map<Long, TypeFacts> byOid = new HashMap<>();
      forEach(
          CatalogSql.TYPES,
          row ->
              byOid.put(
                  row.getLong("oid"),
                  new TypeFacts(
                      row.getLong("oid"),
                      row.getString("nspname"),
                      row.getString("typname"),
                      row.getString("typtype").charAt(0),
                      row.getLong("typbasetype"),
                      row.getInt("typtypmod"),
                      row.getBoolean("typnotnull"),
                      row.getBoolean("has_default"),
                      row.getString("typdelim").charAt(0),
                      row.getLong("element"),
                      row.getBoolean("has_array"))));
      return new PostgresTypes(byOid, ServerVersion.of(connection));
    }

    private void readColumn(ResultSet row) throws SQLException {
      columns
          .computeIfAbsent(row.getLong("root"), r -> new ArrayList<>())
          .add(
              new ColumnFacts(
                  row.getString("attname"),
                  row.getString("display"),
                  row.getLong("atttypid"),
                  row.getInt("atttypmod"),
                  row.getBoolean("attnotnull"),
                  row.getBoolean("atthasdef"),
                  row.getString("attidentity"),
                  row.getString("attgenerated")));
    }

    private void readIndex(ResultSet row) throws SQLException {
      boolean expressions = row.getBoolean("expressions");
      boolean exclusion = row.getBoolean("exclusion");
      UniqueShape.Match match =
          expressions || exclusion
              ? UniqueShape.Match.OTHER
              : row.getBoolean("nulls_equal")
                  ? UniqueShape.Match.EQUAL_WITH_NULLS
                  : UniqueShape.Match.EQUAL;
      indexes
          .computeIfAbsent(row.getLong("root"), r -> new ArrayList<>())
          .add(
              new IndexFacts(
                  new UniqueShape(
                      row.getString("relname"),
                      strings(row, expressions ? "reads" : "columns"),
                      row.getBoolean("deferrable"),
                      row.getBoolean("partial"),
                      match),
                  row.getBoolean("is_key"),
                  exclusion,
                  strings(row, "operator_schemas")));
    }

    private void readForeignKey(ResultSet row) throws SQLException {
      foreignKeys
          .computeIfAbsent(row.getLong("root"), r -> new ArrayList<>())
          .add(
              new ForeignKeyShape(
                  row.getString("conname"),
                  strings(row, "columns"),
                  TableName.of(row.getString("nspname"), row.getString("relname")),
                  strings(row, "parent_columns"),
                  row.getBoolean("condeferrable"),
                  onDelete(row.getString("confdeltype"))));
    }

    TableShape shape(long root, TableName name) {
      List<IndexFacts> all = indexes.getOrDefault(root, List.of());
      List<IndexFacts> keys = all.stream().filter(IndexFacts::key).toList();
      List<String> key = keys.stream().flatMap(k -> k.unique().columns().stream()).toList();
      List<UniqueShape> uniques =
          all.stream().filter(i -> !i.key()).map(IndexFacts::unique).distinct().toList();
      List<ForeignKeyShape> keysOut = foreignKeys.getOrDefault(root, List.of());
      List<ColumnShape> shapes = new ArrayList<>();
      for (ColumnFacts column : columns.getOrDefault(root, List.of())) {
        Set<String> tied = new HashSet<>(anchored.getOrDefault(root, Set.of()));
        tied.addAll(key);
        shapes.add(column(column, name, keys, uniques, keysOut, tied));
      }
      return new TableShape(
          name,
          shapes,
          key,
          keys.stream().anyMatch(k -> k.unique().deferrable()),
          uniques,
          keysOut);
    }

    private ColumnShape column(
        ColumnFacts facts,
        TableName table,
        List<IndexFacts> keys,
        List<UniqueShape> uniques,
        List<ForeignKeyShape> keysOut,
        Set<String> tied) {
      PostgresTypes.Resolved resolved = types.resolve(facts.type(), facts.modifier());
      ValueForm form = types.form(resolved, facts.display());
      boolean generated = !facts.generated().isEmpty();
      boolean nullable = !facts.notNull() && !resolved.notNull();
      String parking = PgColumn.NO_PARKING;
      if (!generated && !tied.contains(facts.name())) {
        boolean nullsClash =
            uniques.stream()
                .anyMatch(
                    u ->
                        u.match() == UniqueShape.Match.EQUAL_WITH_NULLS
                            && u.columns().contains(facts.name()));
        if (nullable && !nullsClash) {
          parking = "NULL";
        } else if (!types.byOid().get(facts.type()).isDomain()
            && keysOut.stream().noneMatch(k -> k.columns().contains(facts.name()))) {
          // a domain's checks, or a foreign key, might not like a made-up value
          parking = Parking.free(resolved, form, table, facts.name());
        }
      }
      return new ColumnShape(
          facts.name(),
          facts.display(),
          form.kind(),
          nullable,
          facts.hasDefault() || !facts.identity().isEmpty() || resolved.hasDefault(),
          generated,
          new PgColumn(
              form,
              types.parameter(resolved),
              equality(facts.name(), keys),
              facts.identity().equals("a"),
              keys.stream().noneMatch(k -> k.unique().deferrable() || k.exclusion()),
              parking));
    }
  }

  private static String equality(String column, List<IndexFacts> keys) {
    for (IndexFacts key : keys) {
      int place = key.unique().columns().indexOf(column);
      if (place >= 0 && !key.schemas().get(place).equals("pg_catalog")) {
        return "OPERATOR(" + Identifiers.quote(key.schemas().get(place)) + ".=)";
      }
    }
    return "=";
  }

  private static OnDelete onDelete(String type) {
    return switch (type) {
      case "r" -> OnDelete.RESTRICT;
      case "c" -> OnDelete.CASCADE;
      case "n" -> OnDelete.SET_NULL;
      case "d" -> OnDelete.SET_DEFAULT;
      default -> OnDelete.NO_ACTION;
    };
  }

  private static List<String> strings(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }
}
