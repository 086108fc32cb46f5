package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds the tables that names mean. The database part of a name is CockroachDB's and says nothing
 * here: a session sees one database.
 */
public final class NameLookup {

  /** Candidates for names, by either case. Parameters: the names, the names in lower case. */
  private static final String CANDIDATES =
      """
      SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition,
        coalesce(pg_catalog.array_position(pg_catalog.current_schemas(false), n.nspname), 0) AS path
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND (c.relname::text = ANY (?::text[]) OR pg_catalog.lower(c.relname::text) = ANY (?::text[]))
      """;

  /**
   * A relation with one of the names asked for, in whichever case.
   *
   * @param kind pg_class.relkind
   * @param partition whether it is a partition of another table
   * @param path place of its schema in the search path, from 1; 0 if it is not in there
   */
  public record Candidate(long oid, TableName name, char kind, boolean partition, int path) {

    boolean isTable() {
      return (kind == 'r' || kind == 'p') && !partition;
    }
  }

  private final List<Candidate> candidates;

  private NameLookup(List<Candidate> candidates) {
    this.candidates = candidates;
  }

  public static NameLookup read(Connection connection, Collection<TableName> asked)
      throws SQLException {
    List<Candidate> found = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(CANDIDATES)) {
      query.setString(1, literal(asked, false));
      query.setString(2, literal(asked, true));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(
              new Candidate(
                  rows.getLong("oid"),
                  TableName.of(rows.getString("nspname"), rows.getString("relname")),
                  rows.getString("relkind").charAt(0),
                  rows.getBoolean("relispartition"),
                  rows.getInt("path")));
        }
      }
    }
    found.sort(Comparator.comparingInt(Candidate::path));
    return new NameLookup(found);
  }

  private static String literal(Collection<TableName> asked, boolean lower) {
    StringBuilder text = new StringBuilder();
    ArrayLiteral array = new ArrayLiteral(text);
    for (TableName table : asked) {
      array.add(lower ? fold(table.name()) : table.name(), false);
    }
    array.close();
    return text.toString();
  }

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** The table that a name means, if it means one that can be written. */
  public Optional<Candidate> table(TableName asked) {
    return one(asked).filter(Candidate::isTable);
  }

  /** Why {@link #table} finds none: what was found, and what to do. */
  public String reason(TableName asked) {
    Optional<Candidate> one = one(asked);
    if (one.isPresent()) {
      return one.get().isTable() ? "is a table" : unfit(one.get());
    }
    List<Candidate> close = matching(asked, true);
    if (close.size() > 1) {
      return "is ambiguous: "
          + String.join(", ", close.stream().map(c -> c.name().toString()).toList())
          + " differ only in case; name one exactly";
    }
    List<Candidate> elsewhere =
        candidates.stream().filter(c -> fold(c.name().name()).equals(fold(asked.name()))).toList();
    return elsewhere.isEmpty()
        ? "does not exist; create it, or map the topic to another table"
        : "does not exist there, but "
            + String.join(", ", elsewhere.stream().map(c -> c.name().toString()).toList())
            + " does; name the schema";
  }

  private static String unfit(Candidate found) {
    if (found.partition()) {
      return "is a partition; write to the partitioned table above it, which sends each row to the"
          + " right partition";
    }
    return switch (found.kind()) {
      case 'v' ->
          "is a view; name the table under it, because a view has neither key nor"
              + " constraints to go by";
      case 'm' -> "is a materialized view, which cannot be written";
      default ->
          "is a foreign table, whose rows are not of this transaction; write to the table at"
              + " its server";
    };
  }

  private Optional<Candidate> one(TableName asked) {
    List<Candidate> exact = matching(asked, false);
    if (!exact.isEmpty()) {
      return Optional.of(exact.get(0));
    }
    List<Candidate> close = matching(asked, true);
    return close.size() == 1 ? Optional.of(close.get(0)) : Optional.empty();
  }

  /** Those of the schema named, else those of the first schema of the search path that has any. */
  private List<Candidate> matching(TableName asked, boolean anyCase) {
    Predicate<Candidate> name = c -> equal(c.name().name(), asked.name(), anyCase);
    if (!asked.schema().isEmpty()) {
      return candidates.stream()
          .filter(name.and(c -> equal(c.name().schema(), asked.schema(), anyCase)))
          .toList();
    }
    List<Candidate> onPath = candidates.stream().filter(name.and(c -> c.path() > 0)).toList();
    return onPath.stream().filter(c -> c.path() == onPath.get(0).path()).toList();
  }

  private static boolean equal(String a, String b, boolean anyCase) {
    return anyCase ? fold(a).equals(fold(b)) : a.equals(b);
  }
}
