package dev.belay.sink.target.cockroach;

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
import dev.belay.sink.target.pgwire.RefusedForm;
import dev.belay.sink.target.pgwire.ValueForm;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads shapes of tables: six queries, however many tables there are. */
final class CockroachCatalog {
  private static final Pattern NUMBER = Pattern.compile("-?\\d+");

  private final Connection connection;

  CockroachCatalog(Connection connection) {
    this.connection = connection;
  }

  Map<TableName, TableShape> describe(Collection<TableName> asked) throws SQLException {
    NameLookup lookup = NameLookup.read(connection, asked);
    Map<Long, TableName> tables = new LinkedHashMap<>();
    Map<TableName, Long> oids = new LinkedHashMap<>();
    for (TableName name : asked) {
      lookup
          .table(name)
          .ifPresent(
              found -> {
                tables.put(found.oid(), found.name());
                oids.put(name, found.oid());
              });
    }
    if (tables.isEmpty()) {
      return Map.of();
    }
    TableReader reader = new TableReader(tables.keySet());
    Map<Long, TableShape> shapes = new HashMap<>();
    tables.forEach((oid, name) -> shapes.put(oid, reader.shape(oid, name)));
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
      SqlType type,
      char kind,
      boolean notNull,
      boolean hasDefault,
      String identity,
      boolean computed) {}

  /** Everything about the tables of one {@code describe}, by oid. */
  private final class TableReader {
    private final String oids;
    private final Map<Long, Map<Integer, String>> names = new HashMap<>();
    private final Map<Long, List<ColumnFacts>> columns = new HashMap<>();
    private final Map<Long, List<String>> keys = new HashMap<>();
    private final Map<Long, List<UniqueShape>> uniques = new HashMap<>();
    private final Map<Long, List<ForeignKeyShape>> foreignKeys = new HashMap<>();
    private final Map<Long, Set<String>> anchored = new HashMap<>();

    TableReader(Set<Long> tables) throws SQLException {
      StringBuilder literal = new StringBuilder();
      ArrayLiteral array = new ArrayLiteral(literal);
      tables.forEach(oid -> array.add(Long.toString(oid), true));
      array.close();
      oids = literal.toString();
      forEach(CatalogSql.NUMBERS, 2, this::readNumber);
      forEach(CatalogSql.COLUMNS, 1, this::readColumn);
      forEach(CatalogSql.INDEXES, 1, this::readIndex);
      forEach(CatalogSql.CONSTRAINTS, 1, this::readConstraint);
      forEach(
          CatalogSql.ANCHORED,
          1,
          row -> {
            long table = row.getLong("confrelid");
            anchored
                .computeIfAbsent(table, t -> new HashSet<>())
                .addAll(named(table, numbers(row.getString("confkey"))));
          });
    }

    private void forEach(String sql, int parameters, RowReader reader) throws SQLException {
      try (PreparedStatement query = connection.prepareStatement(sql)) {
        for (int i = 1; i <= parameters; i++) {
          query.setString(i, oids);
        }
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            reader.read(rows);
          }
        }
      }
    }

    private void readNumber(ResultSet row) throws SQLException {
      names
          .computeIfAbsent(row.getLong("attrelid"), t -> new HashMap<>())
          .put(row.getInt("attnum"), row.getString("attname"));
    }

    private void readColumn(ResultSet row) throws SQLException {
      columns
          .computeIfAbsent(row.getLong("attrelid"), t -> new ArrayList<>())
          .add(
              new ColumnFacts(
                  row.getString("attname"),
                  SqlType.parse(row.getString("crdb_sql_type")),
                  row.getString("kind").charAt(0),
                  row.getBoolean("attnotnull"),
                  row.getBoolean("atthasdef"),
                  row.getString("attidentity").strip(),
                  row.getBoolean("computed")));
    }

    /** A number without a name is of an expression, or of a column that nobody may use. */
    private List<String> named(long table, List<Integer> numbers) {
      Map<Integer, String> ofTable = names.getOrDefault(table, Map.of());
      return numbers.stream().filter(ofTable::containsKey).map(ofTable::get).toList();
    }

    private void readIndex(ResultSet row) throws SQLException {
      long table = row.getLong("indrelid");
      List<Integer> numbers = numbers(row.getString("indkey"));
      // stored columns come last
      int most = row.getInt("indnkeyatts");
      List<Integer> ofKey = most > 0 && most < numbers.size() ? numbers.subList(0, most) : numbers;
      List<String> indexed = named(table, ofKey);
      if (row.getBoolean("indisprimary")) {
        keys.put(table, indexed);
        return;
      }
      addUnique(
          table,
          new UniqueShape(
              row.getString("relname"),
              indexed,
              false,
              row.getBoolean("partial"),
              indexed.size() < ofKey.size() ? UniqueShape.Match.OTHER : UniqueShape.Match.EQUAL));
    }

    private void addUnique(long table, UniqueShape unique) {
      uniques.computeIfAbsent(table, t -> new ArrayList<>()).add(unique);
    }

    private void readConstraint(ResultSet row) throws SQLException {
      long table = row.getLong("conrelid");
      List<String> own = named(table, numbers(row.getString("conkey")));
      String name = row.getString("conname");
      if (row.getString("contype").equals("u")) {
        addUnique(table, new UniqueShape(name, own, false, false, UniqueShape.Match.EQUAL));
        return;
      }
      foreignKeys
          .computeIfAbsent(table, t -> new ArrayList<>())
          .add(
              new ForeignKeyShape(
                  name,
                  own,
                  TableName.of(row.getString("nspname"), row.getString("relname")),
                  named(row.getLong("confrelid"), numbers(row.getString("confkey"))),
                  false,
                  onDelete(row.getString("confdeltype"))));
    }

    TableShape shape(long oid, TableName name) {
      List<String> key = keys.getOrDefault(oid, List.of());
      List<ForeignKeyShape> out = foreignKeys.getOrDefault(oid, List.of());
      Set<String> tied = new HashSet<>(anchored.getOrDefault(oid, Set.of()));
      tied.addAll(key);
      List<ColumnShape> shapes =
          columns.getOrDefault(oid, List.of()).stream()
              .map(column -> column(column, name, out, tied))
              .toList();
      return new TableShape(name, shapes, key, false, uniques.getOrDefault(oid, List.of()), out);
    }
  }

  private static ColumnShape column(
      ColumnFacts facts, TableName table, List<ForeignKeyShape> out, Set<String> tied) {
    boolean alwaysGiven = facts.identity().equals("a");
    ValueForm form =
        alwaysGiven
            ? new RefusedForm(facts.type().text(), identityCure(table, facts.name()))
            : CockroachTypes.form(facts.type(), facts.kind());
    return new ColumnShape(
        facts.name(),
        facts.type().text(),
        form.kind(),
        !facts.notNull(),
        facts.hasDefault() || !facts.identity().isEmpty(),
        facts.computed(),
        new PgColumn(
            form,
            CockroachTypes.parameter(facts.type(), facts.kind()),
            "=",
            false,
            true,
            parking(facts, form, table, out, tied)));
  }

  private static String parking(
      ColumnFacts facts,
      ValueForm form,
      TableName table,
      List<ForeignKeyShape> out,
      Set<String> tied) {
    if (facts.computed() || tied.contains(facts.name())) {
      return PgColumn.NO_PARKING;
    }
    if (!facts.notNull()) {
      return "NULL";
    }
    // a foreign key might not like a made-up value
    return out.stream().noneMatch(key -> key.columns().contains(facts.name()))
        ? Parking.free(facts.type(), form, table, facts.name())
        : PgColumn.NO_PARKING;
  }

  private static String identityCure(TableName table, String column) {
    return "the column is GENERATED ALWAYS AS IDENTITY and takes no value: ALTER TABLE "
        + Identifiers.quote(table)
        + " ALTER COLUMN "
        + Identifiers.quote(column)
        + " SET GENERATED BY DEFAULT";
  }

  /** Of an array or a vector of numbers, in whichever text form. */
  private static List<Integer> numbers(String text) {
    List<Integer> numbers = new ArrayList<>();
    Matcher matcher = NUMBER.matcher(text == null ? "" : text);
    while (matcher.find()) {
      numbers.add(Integer.valueOf(matcher.group()));
    }
    return numbers;
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
}
