package dev.belay.sink.target.oracle;

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
 * Finds the tables that names mean. Oracle folds names without quotes to upper case and CockroachDB
 * to lower, so what matches in another case is meant if it is the only one. CockroachDB's {@code
 * public}, where no schema is called so, is the session's own, as is a name without a schema.
 */
final class NameLookup {
  private static final String DEFAULT_SCHEMA = "public";

  /**
   * What lies under a name.
   *
   * @param kind {@code table}, or what else it is
   * @param always an identity column that takes no values of others; empty if there is none
   */
  record Candidate(TableName name, String kind, String always) {
    boolean isTable() {
      return kind.equals("table") && always.isEmpty();
    }
  }

  private final Map<String, List<Candidate>> bySchema = new HashMap<>();
  private final List<String> schemas = new ArrayList<>();
  private String current = "";

  private NameLookup() {}

  static NameLookup read(Connection connection, Collection<TableName> asked) throws SQLException {
    NameLookup lookup = new NameLookup();
    try (PreparedStatement query = connection.prepareStatement(CatalogSql.SCHEMAS);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        lookup.schemas.add(rows.getString(1));
        if (rows.getInt(2) == 1) {
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
    Map<String, String> always = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(CatalogSql.ALWAYS_IDENTITY)) {
      query.setString(1, schema);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          always.put(rows.getString("n"), rows.getString("c"));
        }
      }
    }
    List<Candidate> found = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(CatalogSql.RELATIONS)) {
      for (int i = 1; i <= 3; i++) {
        query.setString(i, schema);
      }
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          String name = rows.getString("n");
          found.add(
              new Candidate(
                  TableName.of(rows.getString("s"), name),
                  rows.getString("kind"),
                  always.getOrDefault(name, "")));
        }
      }
    }
    return found;
  }

  /** The schema that a name means, if there is one. */
  private Optional<String> schema(TableName asked) {
    String name = asked.schema();
    if (name.isEmpty()) {
      return current.isEmpty() ? Optional.empty() : Optional.of(current);
    }
    if (schemas.contains(name)) {
      return Optional.of(name);
    }
    // Oracle has a PUBLIC too, which owns synonyms and no table
    List<String> close = schemas.stream().filter(s -> fold(s).equals(fold(name))).toList();
    if (close.size() == 1) {
      return Optional.of(close.get(0));
    }
    return name.equals(DEFAULT_SCHEMA) && !current.isEmpty()
        ? Optional.of(current)
        : Optional.empty();
  }

  private static String fold(String name) {
    return name.toUpperCase(Locale.ROOT);
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
          ? "is in no schema: name one in target.schema"
          : "is in schema " + asked.schema() + ", and there is no such user in this database";
    }
    Optional<Candidate> one = one(asked);
    if (one.isPresent()) {
      Candidate found = one.get();
      if (!found.kind().equals("table")) {
        return "is a "
            + found.kind()
            + "; name the table under it, because it has neither key nor constraints to go by";
      }
      return found.always().isEmpty()
          ? "is a table"
          : "numbers its rows itself (column "
              + found.always()
              + " is GENERATED ALWAYS AS IDENTITY) and takes no numbers of others; let it take them:"
              + " ALTER TABLE "
              + Identifiers.quote(found.name())
              + " MODIFY ("
              + Identifiers.quote(found.always())
              + " GENERATED BY DEFAULT AS IDENTITY)";
    }
    List<Candidate> close = matching(asked, true);
    return close.size() > 1
        ? "is ambiguous: "
            + String.join(", ", close.stream().map(c -> c.name().toString()).toList())
            + " differ only in case; name one exactly"
        : "does not exist in schema "
            + schema.get()
            + ", or this user has no rights on it; create it, grant them, or map the topic to another"
            + " table";
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
