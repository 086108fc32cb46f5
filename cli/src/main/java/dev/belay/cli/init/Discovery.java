package dev.belay.cli.init;

import dev.belay.cli.verify.Counterparts;
import dev.belay.cli.verify.Counterparts.Finding;
import dev.belay.cli.verify.Counterparts.Pair;
import dev.belay.cli.verify.Counterparts.Place;
import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.ForeignKeyShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What two databases have in common.
 *
 * @param tables parents before their children, as far as nothing goes round
 * @param findings about tables that are wanted, and columns of theirs
 */
record Discovery(OldDatabase old, List<ChosenTable> tables, List<Finding> findings) {
  private static final String SEQUENCES =
      """
      SELECT a.attname, pg_catalog.format('%I.%I', n.nspname, s.relname)
      FROM pg_catalog.pg_depend d
      JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
      JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE d.classid = 'pg_catalog.pg_class'::regclass
        AND d.refclassid = 'pg_catalog.pg_class'::regclass
        AND d.deptype IN ('a', 'i') AND d.refobjid = ?::regclass
      ORDER BY a.attnum
      """;

  /**
   * What is looked for.
   *
   * @param sourceSchema empty for the session's own
   * @param targetSchema the same
   * @param tables patterns of names in CockroachDB; none for all
   * @param renames names there to those in the old database
   */
  record Wanted(
      Address source,
      Address target,
      String sourceSchema,
      String targetSchema,
      List<Pattern> tables,
      Map<String, String> renames) {}

  /** Asks both databases. */
  static Discovery of(Wanted wanted, Place source, Place target) throws SQLException {
    List<Finding> findings = new ArrayList<>();
    try (Counterparts both = Counterparts.open(source, target)) {
      OldDatabase old = OldDatabase.ask(wanted.target().product(), both.target());
      List<Pair> pairs =
          both.match(
              wanted.sourceSchema(),
              wanted.targetSchema(),
              wanted.tables(),
              wanted.renames(),
              findings::add);
      List<ChosenTable> tables = new ArrayList<>();
      for (Pair pair : parentsFirst(pairs)) {
        ChosenTable table = chosen(wanted, old, pair, both.target());
        columnsOfOtherCase(pair, findings);
        if (table.isListable()) {
          tables.add(table);
        } else {
          findings.add(
              new Finding(
                  table.source().name(),
                  "name",
                  "has a name, or is in a schema, that lists of tables in a connector cannot carry (none"
                      + " of , : . \" ` \\)",
                  true));
        }
      }
      return new Discovery(old, List.copyOf(tables), List.copyOf(findings));
    }
  }

  private static ChosenTable chosen(Wanted wanted, OldDatabase old, Pair pair, Connection session)
      throws SQLException {
    TableName name = pair.source().name();
    TableName target = pair.target().name();
    List<ChosenTable.OwnedSequence> sequences =
        old.product() == Product.POSTGRESQL ? sequences(session, target) : List.of();
    return new ChosenTable(
        new dev.belay.source.feed.TableName(
            wanted.source().database(),
            name.schema().isEmpty() ? "public" : name.schema(),
            name.name()),
        target,
        pair.source().key().stream().map(ColumnShape::name).toList(),
        pair.target().key().stream().map(ColumnShape::name).toList(),
        pair.target().columns().stream()
            .filter(column -> !column.generated())
            .map(ColumnShape::name)
            .filter(column -> pair.source().column(column).isPresent())
            .toList(),
        sequences);
  }

  /** Replication finds such a column; SQL by hand does not. */
  private static void columnsOfOtherCase(Pair pair, List<Finding> findings) {
    for (ColumnShape column : pair.source().columns()) {
      pair.target().columns().stream()
          .map(ColumnShape::name)
          .filter(name -> name.equalsIgnoreCase(column.name()) && !name.equals(column.name()))
          .forEach(
              name ->
                  findings.add(
                      new Finding(
                          pair.source().name().name(),
                          "column_case",
                          "has column "
                              + column.name()
                              + " as "
                              + name
                              + " in the target; manual reconciliation leaves it out",
                          false)));
    }
  }

  private static List<ChosenTable.OwnedSequence> sequences(Connection session, TableName table)
      throws SQLException {
    List<ChosenTable.OwnedSequence> sequences = new ArrayList<>();
    try (PreparedStatement query = session.prepareStatement(SEQUENCES)) {
      query.setString(
          1,
          Product.POSTGRESQL.quoted(table.schema())
              + "."
              + Product.POSTGRESQL.quoted(table.name()));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          sequences.add(new ChosenTable.OwnedSequence(row.getString(1), row.getString(2)));
        }
      }
    }
    return sequences;
  }

  /** In the order of the names where nothing asks for another. */
  private static List<Pair> parentsFirst(List<Pair> pairs) {
    Map<TableName, Pair> left = new LinkedHashMap<>();
    pairs.forEach(pair -> left.put(pair.target().name(), pair));
    List<Pair> ordered = new ArrayList<>();
    while (!left.isEmpty()) {
      Set<TableName> free = new HashSet<>();
      left.forEach(
          (name, pair) -> {
            if (pair.target().foreignKeys().stream()
                .map(ForeignKeyShape::parent)
                .noneMatch(parent -> !parent.equals(name) && left.containsKey(parent))) {
              free.add(name);
            }
          });
      if (free.isEmpty()) {
        // they go round: one of them has to be the first
        free.add(left.keySet().iterator().next());
      }
      for (TableName name : List.copyOf(left.keySet())) {
        if (free.contains(name)) {
          ordered.add(left.remove(name));
        }
      }
    }
    return ordered;
  }
}
