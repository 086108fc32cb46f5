package dev.belay.sink.plan;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.TableName;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.shape.ColumnCodec;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.ForeignKeyShape.OnDelete;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tables and changes for tests of the plan, in few words. */
final class Given {
  private Given() {}

  /** Integers and decimals: a number, whatever its scale. */
  private record Numeric(boolean whole) implements ColumnCodec {
    @Override
    public String encode(Datum datum) throws UnfitValueException {
      try {
        BigDecimal number = new BigDecimal(datum.text());
        if (whole && number.stripTrailingZeros().scale() > 0) {
          throw new UnfitValueException("A number with decimals does not fit");
        }
        return datum.text();
      } catch (NumberFormatException e) {
        throw new UnfitValueException("A string does not fit a number");
      }
    }

    @Override
    public String canonical(String encoded) {
      return new BigDecimal(encoded).stripTrailingZeros().toPlainString();
    }
  }

  /** Texts, cut to a pattern. */
  private record Textual(String pattern) implements ColumnCodec {
    @Override
    public String encode(Datum datum) throws UnfitValueException {
      if (!datum.text().matches(pattern)) {
        throw new UnfitValueException("A string of another form does not fit");
      }
      return datum.text();
    }

    @Override
    public String canonical(String encoded) {
      return encoded;
    }
  }

  /**
   * @param text name, kind ({@code int}, {@code dec}, {@code text}, {@code uuid}) and the words
   *     {@code null}, {@code generated} or {@code default}
   */
  static ColumnShape column(String text) {
    List<String> words = Arrays.asList(text.split(" "));
    String kind =
        switch (words.get(1)) {
          case "int" -> "integer";
          case "dec" -> "decimal";
          default -> words.get(1);
        };
    ColumnCodec codec =
        switch (kind) {
          case "integer" -> new Numeric(true);
          case "decimal" -> new Numeric(false);
          case "uuid" -> new Textual("[0-9a-f]{4}-[0-9a-f]{4}");
          case "day" -> new Textual("[0-9-]{10}(T00:00:00Z)?");
          case "boolean" -> new Textual("true|false");
          case "time3" -> new Textual("[0-9-]{10}T[0-9:]{8}(\\.[0-9]{3})?Z");
          default -> new Textual("(?s).*");
        };
    return new ColumnShape(
        words.get(0),
        words.get(1),
        kind,
        words.contains("null"),
        words.contains("default"),
        words.contains("generated"),
        codec);
  }

  /** A table under construction. */
  static final class Table {
    private final String name;
    private final List<ColumnShape> columns = new ArrayList<>();
    private final List<UniqueShape> uniques = new ArrayList<>();
    private final List<ForeignKeyShape> foreignKeys = new ArrayList<>();
    private List<String> key = List.of();

    private Table(String name) {
      this.name = name;
    }

    Table key(String... names) {
      key = List.of(names);
      return this;
    }

    Table unique(String... names) {
      uniques.add(
          new UniqueShape(name + "_" + String.join("_", names), List.of(names), false, false));
      return this;
    }

    Table unique(UniqueShape unique) {
      uniques.add(unique);
      return this;
    }

    Table references(String parent, String column, String parentColumn) {
      foreignKeys.add(
          new ForeignKeyShape(
              name + "_" + column + "_fkey",
              List.of(column),
              TableName.of("s", parent),
              List.of(parentColumn),
              false,
              OnDelete.NO_ACTION));
      return this;
    }

    TableShape shape() {
      return new TableShape(TableName.of("s", name), columns, key, false, uniques, foreignKeys);
    }
  }

  static Table table(String name, String... columns) {
    Table table = new Table(name);
    Arrays.stream(columns).forEach(c -> table.columns.add(column(c)));
    return table.key(table.columns.get(0).name());
  }

  /** Binds the tables given, whatever their schema is called in the feed. */
  static RowBinder binder(TableShape... shapes) {
    return binder(Map.of(), false, shapes);
  }

  static RowBinder binder(
      Map<String, List<String>> keyColumns, boolean ignoreUnknown, TableShape... shapes) {
    return binder(keyColumns, Map.of(), ignoreUnknown, shapes);
  }

  static RowBinder binder(
      Map<String, List<String>> keyColumns,
      Map<String, List<String>> familyColumns,
      boolean ignoreUnknown,
      TableShape... shapes) {
    Map<String, TableShape> byName = new HashMap<>();
    Arrays.stream(shapes).forEach(s -> byName.put(s.name().name(), s));
    return new RowBinder(
        new TableMap(Map.of(), ""),
        new KeyColumns(keyColumns),
        new FamilyColumns(familyColumns),
        new ColumnPolicy(Set.of(), Map.of(), ignoreUnknown, Optional.empty()),
        DeletePolicy.DELETE,
        name -> Optional.ofNullable(byName.get(name.name())));
  }

  static RowBinder binder(ColumnPolicy columns, DeletePolicy deletes, TableShape... shapes) {
    Map<String, TableShape> byName = new HashMap<>();
    Arrays.stream(shapes).forEach(s -> byName.put(s.name().name(), s));
    return new RowBinder(
        new TableMap(Map.of(), ""),
        new KeyColumns(Map.of()),
        FamilyColumns.NONE,
        columns,
        deletes,
        name -> Optional.ofNullable(byName.get(name.name())));
  }

  static Planner planner(TableShape... shapes) {
    return planner(10_000, shapes);
  }

  static Planner planner(int rowsPerStatement, TableShape... shapes) {
    return new Planner(
        binder(shapes), new StepOrder(rowsPerStatement, true, (table, column) -> true));
  }

  static HlcTimestamp at(long time) {
    return new HlcTimestamp(time, 0);
  }

  /** A value: a number, a text, null, or a datum. */
  static Datum datum(Object value) {
    if (value == null) {
      return Datum.Null.NULL;
    }
    if (value instanceof Datum datum) {
      return datum;
    }
    return value instanceof Number
        ? new Datum.Number(value.toString())
        : new Datum.Text(value.toString());
  }

  static KeyParts key(Object... parts) {
    return KeyParts.unnamed(Arrays.stream(parts).map(Given::datum).toList());
  }

  static KeyParts namedKey(Object... namesAndValues) {
    Row row = row(namesAndValues);
    return new KeyParts(row.names(), row.values());
  }

  static Row row(Object... namesAndValues) {
    Map<String, Datum> row = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      row.put((String) namesAndValues[i], datum(namesAndValues[i + 1]));
    }
    return new Row(List.copyOf(row.keySet()), List.copyOf(row.values()));
  }

  static ChangeInfo info(String table, KeyParts key, long time) {
    return new ChangeInfo(
        new Origin(table, 0, 0),
        TableName.of(table),
        "",
        key,
        at(time),
        HlcTimestamp.NONE,
        ChangeInfo.Before.NOT_SENT);
  }

  static ChangeInfo withBefore(ChangeInfo info, Row before) {
    return new ChangeInfo(
        info.origin(),
        info.table(),
        info.family(),
        info.key(),
        info.updated(),
        info.mvcc(),
        new ChangeInfo.Before(true, before));
  }

  static ChangeInfo ofFamily(ChangeInfo info, String family) {
    return new ChangeInfo(
        info.origin(),
        info.table(),
        family,
        info.key(),
        info.updated(),
        info.mvcc(),
        info.before());
  }

  static Upsert upsert(String table, KeyParts key, long time, Object... namesAndValues) {
    return new Upsert(info(table, key, time), row(namesAndValues));
  }

  static Delete delete(String table, KeyParts key, long time) {
    return new Delete(info(table, key, time));
  }

  static Plan plan(Planner planner, Change... changes) {
    return plan(planner, new Newest(1_000), changes);
  }

  static Plan plan(Planner planner, Newest newest, Change... changes) {
    return planner.plan(
        Arrays.stream(changes).map(c -> new PlanInput(c, false)).toList(), newest, Set.of());
  }

  /**
   * A folded row as {@code upsert 1 {id=1, v=5}} or {@code delete 1}, reset columns behind it; one
   * that is not made where there is none as {@code update 1 {...}}.
   */
  static String text(FoldedRow row) {
    String key = String.join(",", row.key());
    if (row.delete()) {
      return "delete " + key;
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int c = 0; c < row.columns().size(); c++) {
      values.put(row.columns().get(c).name(), row.values()[c]);
    }
    String reset =
        row.reset().isEmpty()
            ? ""
            : " reset " + row.reset().stream().map(ColumnShape::name).toList();
    String verb = row.ifAbsent() == FoldedRow.IfAbsent.INSERT ? "upsert " : "update ";
    return verb + key + " " + values + reset;
  }

  static List<String> texts(Plan plan) {
    return plan.rows().stream().map(Given::text).toList();
  }
}
