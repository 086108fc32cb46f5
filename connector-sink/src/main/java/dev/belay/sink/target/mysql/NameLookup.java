package dev.belay.sink.target.mysql;

import dev.belay.sink.change.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the tables that names mean. A schema is a database here. CockroachDB's {@code public},
 * where no database is called so, is the connection's own, as is a name without a schema.
 */
final class NameLookup {
  private static final String DEFAULT_SCHEMA = "public";

  /**
   * A relation under its own name.
   *
   * @param kind information_schema.TABLES.TABLE_TYPE
   * @param engine empty for a view
   */
  record Candidate(TableName name, String kind, String engine) {
    boolean isTable() {
      return isBase() && engine.equalsIgnoreCase("InnoDB");
    }

    boolean isBase() {
      return kind.equals("BASE TABLE") || kind.equals("SYSTEM VERSIONED");
    }
  }

  private final Map<String, List<Candidate>> bySchema = new HashMap<>();
  private final List<String> databases = new ArrayList<>();
  private String current = "";

  private NameLookup() {}

  static NameLookup read(Connection connection, Collection<TableName> asked) throws SQLException {
    NameLookup lookup = new NameLookup();
    try (PreparedStatement query = connection.prepareStatement(CatalogSql.DATABASES);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        lookup.databases.add(rows.getString(1));
        if (rows.getBoolean(2)) {
          lookup.current = rows.getString(1);
        }
      }
    }
    for (TableName name : asked) {
      Optional<String> schema = lookup.schema(name);
      if (schema.isPresent() && !lookup.bySchema.containsKey(schema.get())) {
        lookup.bySchema.put(schema.get(), relations(connection, schema.get()));
      }
    }
    return lookup;
  }

  private static List<Candidate> relations(Connection connection, String schema)
      throws SQLException {
    List<Candidate> found = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(CatalogSql.RELATIONS)) {
      query.setString(1, schema);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          String engine = rows.getString("engine");
          found.add(
              new Candidate(
                  TableName.of(rows.getString("s"), rows.getString("n")),
                  rows.getString("kind"),
                  engine == null ? "" : engine));
        }
      }
    }
    return found;
  }

  /** The database that a name means, if there is one. */
  private Optional<String> schema(TableName asked) {
    String name = asked.schema();
    if (name.isEmpty()) {
      return current.isEmpty() ? Optional.empty() : Optional.of(current);
    }
    if (databases.contains(name)) {
      return Optional.of(name);
    }
    List<String> close = databases.stream().filter(d -> fold(d).equals(fold(name))).toList();
    if (close.size() == 1) {
      return Optional.of(close.get(0));
    }
    return name.equals(DEFAULT_SCHEMA) && !current.isEmpty()
        ? Optional.of(current)
        : Optional.empty();
  }

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** The tables that names mean, by the name asked for, if they can be written. */
  Map<TableName, TableName> tables(Collection<TableName> asked) {
    Map<TableName, TableName> tables = new LinkedHashMap<>();
    for (TableName name : asked) {
      one(name).filter(Candidate::isTable).ifPresent(found -> tables.put(name, found.name()));
    }
    return tables;
  }

  /** Why {@link #tables} leaves one out: what was found, and what to do. */
  String reason(TableName asked) {
    Optional<String> schema = schema(asked);
    if (schema.isEmpty()) {
      return asked.schema().isEmpty()
          ? "is in no database: name one in target.connection.url or target.schema"
          : "is in database "
              + asked.schema()
              + ", which does not exist, or in which this user has no rights";
    }
    Optional<Candidate> one = one(asked);
    if (one.isPresent()) {
      Candidate found = one.get();
      if (!found.isBase()) {
        return "is a "
            + found.kind().toLowerCase(Locale.ROOT)
            + "; name the table under it, because it has neither key nor constraints to go by";
      }
      return found.isTable()
          ? "is a table"
          : "is kept by engine "
              + found.engine()
              + ", which has no transactions; convert it with ALTER TABLE "
              + Identifiers.quote(found.name())
              + " ENGINE=InnoDB";
    }
    List<Candidate> close = matching(asked, true);
    return close.size() > 1
        ? "is ambiguous: "
            + String.join(", ", close.stream().map(c -> c.name().toString()).toList())
            + " differ only in case; name one exactly"
        : "does not exist in database "
            + schema.get()
            + "; create it, or map the topic to another table";
  }

  private Optional<Candidate> one(TableName asked) {
    List<Candidate> exact = matching(asked, false);
    if (!exact.isEmpty()) {
      return Optional.of(exact.get(0));
    }
    List<Candidate> close = matching(asked, true);
    return close.size() == 1 ? Optional.of(close.get(0)) : Optional.empty();
  }

  private List<Candidate> matching(TableName asked, boolean anyCase) {
    return schema(asked)
        .map(schema -> bySchema.getOrDefault(schema, List.of()))
        .orElse(List.of())
        .stream()
        .filter(
            c ->
                anyCase
                    ? fold(c.name().name()).equals(fold(asked.name()))
                    : c.name().name().equals(asked.name()))
        .toList();
  }
}
