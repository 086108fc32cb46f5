package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.capture.Catalog;
import dev.belay.testkit.standin.row.Family;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.TableShape;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import dev.belay.testkit.standin.sql.Token;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Finds the tables that a statement names, and knows which of them are offline. Any thread. */
final class Targets {

  /** A table, across databases. */
  private record Id(String database, long table) {}

  private final Map<Id, String> offline = new ConcurrentHashMap<>();

  /** Takes a table offline, as an import does. */
  void takeOffline(String database, long table, String reason) {
    offline.put(new Id(database, table), reason);
  }

  void putOnline(String database, long table) {
    offline.remove(new Id(database, table));
  }

  /** Why no feed may watch the table now; empty if one may. */
  Optional<String> offline(String database, long table, String name) {
    return Optional.ofNullable(offline.get(new Id(database, table)))
        .map(
            reason ->
                "CHANGEFEED cannot target offline table: "
                    + name
                    + " (offline reason: \""
                    + reason
                    + "\")");
  }

  /**
   * The same tables that the names mean, in their order.
   *
   * @param splits whether tables with several column families may be among them
   */
  List<TableShape> find(List<String> names, Capture capture, boolean splits) throws SQLException {
    List<TableShape> tables = new ArrayList<>();
    try (Connection connection = capture.connect()) {
      for (String name : names) {
        TableShape table =
            find(name, capture, connection)
                .orElseThrow(
                    () ->
                        new Refusal(
                            "42P01",
                            "failed to resolve targets in the CHANGEFEED stmt: table \""
                                + plain(name)
                                + "\" does not exist"));
        offline(capture.database(), table.id(), table.name())
            .ifPresent(
                text -> {
                  throw Refusal.uncoded(text);
                });
        if (!splits) {
          requireOneFamily(table, capture, connection);
        }
        tables.add(table);
      }
    }
    return tables;
  }

  private static void requireOneFamily(TableShape table, Capture capture, Connection connection)
      throws SQLException {
    if (new Catalog(connection, capture.database()).families(table.id()).size() > 1) {
      throw Refusal.uncoded(
          "CHANGEFEED targeting a table ("
              + table.name()
              + ") with multiple column families requires WITH split_column_families and will emit"
              + " multiple events per row.");
    }
  }

  /** The column families of a table; none if it has one only. */
  static List<Family> families(TableShape table, Capture capture) throws SQLException {
    try (Connection connection = capture.connect()) {
      List<Catalog.Family> found = new Catalog(connection, capture.database()).families(table.id());
      return found.size() < 2
          ? List.of()
          : Family.of(
              found.stream().map(Catalog.Family::name).toList(),
              found.stream().map(Catalog.Family::columns).toList());
    }
  }

  /** Refuses tables that were made after a time, as which a feed looks its targets up. */
  static void requireThere(List<TableShape> tables, Hlc time, Capture capture) throws SQLException {
    try (Connection connection = capture.connect()) {
      Catalog catalog = new Catalog(connection, capture.database());
      for (TableShape table : tables) {
        if (catalog.madeAt(table.id()).filter(made -> made.isAfter(time)).isPresent()) {
          throw new Refusal(
              "42P01",
              "failed to resolve targets in the CHANGEFEED stmt: table \""
                  + table.fullName()
                  + "\" does not exist");
        }
      }
    }
  }

  /** What a name means; empty if nothing. */
  Optional<TableShape> find(String name, Capture capture) throws SQLException {
    try (Connection connection = capture.connect()) {
      return find(name, capture, connection);
    }
  }

  private static Optional<TableShape> find(String name, Capture capture, Connection connection)
      throws SQLException {
    Catalog catalog = new Catalog(connection, capture.database());
    String local = withoutDatabase(name, capture.database());
    Optional<Catalog.Found> found = catalog.find(local);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    switch (found.get().kind()) {
      case TABLE -> {}
      case VIEW -> throw Refusal.uncoded("CHANGEFEED cannot target views: " + last(name));
      case SEQUENCE -> throw Refusal.uncoded("CHANGEFEED cannot target sequences: " + last(name));
      case OTHER -> throw Refusal.notInStandIn("a changefeed for " + plain(name));
    }
    if (!catalog.table(found.get().id()).orElseThrow().hasKey()) {
      addRowId(connection, local);
    }
    return catalog.table(found.get().id());
  }

  private static String withoutDatabase(String name, String database) {
    String[] parts = parts(name);
    if (parts.length < 3) {
      return name;
    }
    if (!value(parts[0]).equals(database)) {
      throw Refusal.notInStandIn("a changefeed for a table of another database");
    }
    return parts[1] + "." + parts[2];
  }

  private static String[] parts(String name) {
    return name.split("\\.(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");
  }

  private static String value(String part) {
    List<Token> tokens = Sql.of(part).tokens();
    return tokens.isEmpty() ? part : tokens.get(0).value();
  }

  private static String last(String name) {
    String[] parts = parts(name);
    return value(parts[parts.length - 1]);
  }

  private static String plain(String name) {
    return name.replace("\"", "");
  }

  /** A name as CockroachDB prints it: folded, with quotes where they are needed. */
  static String printed(String name) {
    List<String> printed = new ArrayList<>();
    for (String part : parts(name)) {
      printed.add(Description.name(value(part)));
    }
    return String.join(".", printed);
  }

  /** {@code database.schema.table} as CockroachDB prints it. */
  static String printed(TableShape table) {
    return Description.name(table.database())
        + "."
        + Description.name(table.schema())
        + "."
        + Description.name(table.name());
  }

  /** What CockroachDB gives every table without a primary key when it is made, hidden. */
  private static void addRowId(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "ALTER TABLE "
              + table
              + " ADD COLUMN rowid INT8 DEFAULT belay_standin.unique_rowid() PRIMARY KEY");
    }
  }
}
