package dev.belay.cli.verify;

import dev.belay.cli.verify.SchemaFinding.Of;
import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Which table of the source is which of the target, and how their columns go together. */
final class TableMatcher {
  private static final String OWN_SCHEMA = "belay";

  private final Sides<Dialect> dialects;
  private final Selection selection;
  private final Consumer<SchemaFinding> findings;

  TableMatcher(Sides<Dialect> dialects, Selection selection, Consumer<SchemaFinding> findings) {
    this.dialects = dialects;
    this.selection = selection;
    this.findings = findings;
  }

  /** The tables that can be compared; what else was found goes to the findings. */
  List<TablePair> match(Sides<Connection> sessions) throws SQLException {
    Set<String> inSource =
        tables(dialects.source(), sessions.source(), selection.schemas().source());
    Set<String> inTarget =
        tables(dialects.target(), sessions.target(), selection.schemas().target());
    List<TablePair> pairs = new ArrayList<>();
    Set<String> matched = new HashSet<>();
    for (String table : inSource) {
      if (!selection.isWanted(table)) {
        continue;
      }
      Optional<String> there = find(inTarget, selection.renamed(table));
      if (there.isEmpty()) {
        find(
            table, Of.MISSING_TABLE, "is missing in the target: " + selection.renamed(table), true);
        continue;
      }
      matched.add(there.get());
      Optional<TableShape> source =
          shape(dialects.source(), sessions.source(), selection.schemas().source(), table);
      Optional<TableShape> target =
          shape(dialects.target(), sessions.target(), selection.schemas().target(), there.get());
      if (source.isEmpty() || target.isEmpty()) {
        find(
            table,
            Of.MISSING_TABLE,
            "cannot be read in the " + (source.isEmpty() ? "source" : "target"),
            true);
      } else {
        Sides<Map<String, String>> domains =
            new Sides<>(
                dialects.source().domains(sessions.source(), source.get().name()),
                dialects.target().domains(sessions.target(), target.get().name()));
        pair(table, source.get(), target.get(), domains).ifPresent(pairs::add);
      }
    }
    for (String table : inTarget) {
      if (!matched.contains(table) && selection.isWanted(table)) {
        find(table, Of.EXTRA_TABLE, "is in the target only", false);
      }
    }
    return pairs;
  }

  private void find(String table, Of of, String text, boolean isDifference) {
    findings.accept(new SchemaFinding(table, of, text, isDifference));
  }

  /** Exactly, or without regard to case where that is unambiguous. */
  private static Optional<String> find(Set<String> names, String wanted) {
    if (names.contains(wanted)) {
      return Optional.of(wanted);
    }
    List<String> alike = names.stream().filter(name -> name.equalsIgnoreCase(wanted)).toList();
    return alike.size() == 1 ? Optional.of(alike.get(0)) : Optional.empty();
  }

  /** As the session finds them; a role named as Belay's own schema would find that first. */
  private static Set<String> tables(Dialect dialect, Connection session, Optional<String> schema)
      throws SQLException {
    Set<String> tables = new TreeSet<>();
    boolean hasSchemas = session.getMetaData().supportsSchemasInTableDefinitions();
    List<String> schemas = schema.isPresent() ? List.of(schema.get()) : dialect.searched(session);
    for (String name : schemas) {
      if (OWN_SCHEMA.equals(name)) {
        continue;
      }
      try (ResultSet found =
          session
              .getMetaData()
              .getTables(
                  hasSchemas ? null : name,
                  hasSchemas ? escaped(name, session) : null,
                  "%",
                  new String[] {"TABLE", "PARTITIONED TABLE"})) {
        while (found.next()) {
          tables.add(found.getString("TABLE_NAME"));
        }
      }
    }
    return tables;
  }

  private static String escaped(String name, Connection session) throws SQLException {
    String escape = session.getMetaData().getSearchStringEscape();
    return name.replace(escape, escape + escape)
        .replace("_", escape + "_")
        .replace("%", escape + "%");
  }

  private static Optional<TableShape> shape(
      Dialect dialect, Connection session, Optional<String> schema, String table)
      throws SQLException {
    TableName name = schema.map(s -> TableName.of(s, table)).orElse(TableName.of(table));
    return Optional.ofNullable(dialect.catalog().describe(session, List.of(name)).get(name));
  }

  private Optional<TablePair> pair(
      String table, TableShape source, TableShape target, Sides<Map<String, String>> domains) {
    if (source.key().isEmpty() || target.key().isEmpty()) {
      find(
          table,
          Of.NO_KEY,
          "has no primary key in the "
              + (source.key().isEmpty() ? "source" : "target")
              + ": its rows cannot be told apart",
          true);
      return Optional.empty();
    }
    Map<String, ColumnShape> there = new HashMap<>();
    target.columns().forEach(column -> there.put(lower(column.name()), column));
    Map<String, ColumnPair> columns = new HashMap<>();
    List<ColumnPair> others = new ArrayList<>();
    for (ColumnShape column : source.columns()) {
      ColumnShape other = there.remove(lower(selection.renamedColumn(table, column.name())));
      if (selection.isExcluded(table, column.name()) && !source.isKeyColumn(column.name())) {
        continue;
      } else if (other == null && column.generated()) {
        find(
            table,
            Of.EXTRA_COLUMN,
            "computes a column " + column.name() + " in the source only",
            false);
        continue;
      } else if (other == null) {
        find(table, Of.MISSING_COLUMN, "has no column " + column.name() + " in the target", true);
        continue;
      }
      Optional<ColumnPair> comparable = pair(table, column, other, domains);
      if (comparable.isEmpty()) {
        continue;
      }
      ColumnPair both = comparable.get();
      columns.put(column.name(), both);
      if (!source.isKeyColumn(column.name())) {
        others.add(both);
      }
    }
    there
        .values()
        .forEach(
            column ->
                find(
                    table,
                    Of.EXTRA_COLUMN,
                    "has a column " + column.name() + " in the target only",
                    false));
    List<ColumnPair> key = new ArrayList<>();
    for (ColumnShape column : source.key()) {
      ColumnPair both = columns.get(column.name());
      if (both != null && target.isKeyColumn(both.target().name())) {
        key.add(both);
      }
    }
    List<String> keyOfTarget = target.key().stream().map(ColumnShape::name).toList();
    if (key.size() != source.key().size() || key.size() != target.key().size()) {
      find(
          table,
          Of.KEY,
          "has the primary key "
              + source.key().stream().map(ColumnShape::name).toList()
              + " in the source and "
              + keyOfTarget
              + " in the target: rows cannot be matched",
          true);
      return Optional.empty();
    } else if (!key.stream().map(pair -> pair.target().name()).toList().equals(keyOfTarget)) {
      find(table, Of.KEY, "has the columns of its primary key in another order", false);
    }
    Optional<ColumnPair> unordered =
        key.stream()
            .filter(pair -> pair.alike(dialects.source(), dialects.target()).isEmpty())
            .findFirst();
    if (unordered.isPresent()) {
      find(
          table,
          Of.KEY,
          "has the column "
              + unordered.get().name()
              + " in its primary key, whose type the two databases do not order alike: rows cannot"
              + " be matched",
          true);
      return Optional.empty();
    }
    List<ColumnPair> all = new ArrayList<>(key);
    all.addAll(others);
    return Optional.of(new TablePair(new Sides<>(source.name(), target.name()), key, all));
  }

  /** Empty if the column is not compared. */
  private Optional<ColumnPair> pair(
      String table, ColumnShape source, ColumnShape target, Sides<Map<String, String>> domains) {
    Column one = column(dialects.source(), source, domains.source());
    Column other = column(dialects.target(), target, domains.target());
    Optional<Kind> common = Kind.common(one.kind(), other.kind());
    if (common.isEmpty()) {
      find(
          table,
          Of.TYPE,
          "has column "
              + one.name()
              + " as "
              + one.type()
              + " in the source and "
              + other.type()
              + " in the target",
          true);
      return Optional.empty();
    }
    if (source.nullable() && !target.nullable() && !source.generated()) {
      find(
          table,
          Of.NULLABILITY,
          "has column " + one.name() + " NOT NULL in the target only",
          false);
    }
    return Optional.of(
        new ColumnPair(
            one,
            other,
            common.get(),
            Kind.common(Kind.ofElements(one.type()), Kind.ofElements(other.type()))
                .orElse(Kind.OTHER),
            source.nullable() || target.nullable()));
  }

  private static Column column(Dialect dialect, ColumnShape shape, Map<String, String> domains) {
    String type = domains.getOrDefault(shape.name(), shape.type());
    return new Column(shape.name(), type, dialect.kind(type));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
