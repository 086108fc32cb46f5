package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.capture.Catalog;
import dev.belay.testkit.standin.sql.Sql;
import dev.belay.testkit.standin.sql.Token;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns CockroachDB's spellings into PostgreSQL's, word by word outside quotes. Only what the types
 * of a table and casts need; a column that is named like a type must be quoted.
 */
final class Dialect {

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("string", "TEXT"),
          Map.entry("bytes", "BYTEA"),
          Map.entry("blob", "BYTEA"),
          // Integers are of 64 bits unless said otherwise.
          Map.entry("int", "INT8"),
          Map.entry("integer", "INT8"),
          Map.entry("serial", "BIGSERIAL"),
          Map.entry("datetime", "TIMESTAMP"));
  private static final Set<String> WITH_LENGTH = Set.of("string");

  private Dialect() {}

  /** The statement for PostgreSQL; the same text if there is nothing to change. */
  static String translate(Sql sql) {
    boolean hasTypes =
        sql.startsWith("CREATE", "TABLE")
            || sql.startsWith("ALTER", "TABLE")
            || sql.startsWith("CREATE", "TYPE");
    Edits edits = new Edits(sql);
    for (int i = 0; i < sql.tokens().size(); i++) {
      boolean isCast = i > 0 && sql.tokens().get(i - 1).isSymbol("::");
      if (hasTypes || isCast) {
        type(sql, i).ifPresent(edits.at(i));
      }
      if (hasTypes && sql.hasAt(i, "current_timestamp", "(", ")")) {
        edits.replace(i, i + 2, "current_timestamp");
      }
    }
    if (sql.startsWith("CREATE", "TABLE")) {
      dropKeyDirections(sql, edits);
      keepFamilies(sql, edits);
    }
    return edits.apply();
  }

  private static Optional<String> type(Sql sql, int index) {
    Token token = sql.tokens().get(index);
    if (token.kind() != Token.Kind.WORD) {
      return Optional.empty();
    }
    String word = token.value();
    boolean hasLength = sql.hasAt(index + 1, "(");
    return WITH_LENGTH.contains(word) && hasLength
        ? Optional.of("VARCHAR")
        : Optional.ofNullable(TYPES.get(word));
  }

  /** {@code PRIMARY KEY (a ASC, b DESC)} is for indexes only in PostgreSQL. */
  private static void dropKeyDirections(Sql sql, Edits edits) {
    for (int i = 0; i < sql.tokens().size(); i++) {
      if (sql.hasAt(i, "PRIMARY", "KEY", "(")) {
        for (int j = i + 3; j < sql.tokens().size() && !sql.hasAt(j, ")"); j++) {
          if (sql.hasAt(j, "ASC") || sql.hasAt(j, "DESC")) {
            edits.replace(j, j, "");
          }
        }
      }
    }
  }

  /** {@code FAMILY f (a, b)} becomes a constraint that always holds, which remembers it. */
  private static void keepFamilies(Sql sql, Edits edits) {
    for (int i = 1; i < sql.tokens().size(); i++) {
      boolean begins = sql.hasAt(i - 1, ",") && sql.hasAt(i, "FAMILY");
      if (begins && sql.tokens().get(i + 1).isName() && sql.hasAt(i + 2, "(")) {
        int last = i + 2;
        while (!sql.hasAt(last, ")")) {
          last++;
        }
        String columns =
            sql.text().substring(sql.tokens().get(i + 2).end(), sql.tokens().get(last).start());
        String name = Catalog.FAMILY + sql.tokens().get(i + 1).value();
        edits.replace(
            i,
            last,
            "CONSTRAINT \""
                + name.replace("\"", "\"\"")
                + "\" CHECK (num_nulls("
                + columns
                + ") >= 0)");
      }
    }
  }
}
