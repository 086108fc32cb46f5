package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.TableShape;
import dev.belay.testkit.standin.sql.Sql;
import dev.belay.testkit.standin.sql.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An {@code UPSERT INTO}, which PostgreSQL spells {@code INSERT ... ON CONFLICT}.
 *
 * @param table name as SQL
 * @param columns as SQL; empty if the statement names none
 * @param afterTable index of the first token after the table's name
 */
record Upsert(Sql sql, String table, List<String> columns, int afterTable) {

  static Optional<Upsert> parse(Sql sql) {
    if (!sql.startsWith("UPSERT", "INTO")) {
      return Optional.empty();
    }
    StringBuilder table = new StringBuilder();
    int at = 2;
    while (at < sql.tokens().size()
        && (sql.tokens().get(at).isName() || sql.hasAt(at, "."))
        && !sql.hasAt(at, "VALUES")
        && !sql.hasAt(at, "SELECT")) {
      table.append(sql.tokens().get(at).text());
      at++;
    }
    int afterTable = at;
    List<String> columns = new ArrayList<>();
    if (sql.hasAt(at, "(")) {
      for (at++; at < sql.tokens().size() && !sql.hasAt(at, ")"); at++) {
        Token token = sql.tokens().get(at);
        if (token.isName()) {
          columns.add(token.text());
        }
      }
    }
    return Optional.of(new Upsert(sql, table.toString(), columns, afterTable));
  }

  /** The statement for PostgreSQL. */
  String asInsert(TableShape shape) {
    List<String> written =
        columns.isEmpty()
            ? shape.columns().stream().map(Column::name).map(Upsert::quote).toList()
            : columns;
    String key = shape.keyNames().stream().map(Upsert::quote).collect(Collectors.joining(", "));
    String set =
        written.stream().map(c -> c + " = excluded." + c).collect(Collectors.joining(", "));
    String conflict = " ON CONFLICT (" + key + ") DO UPDATE SET " + set + " ";
    int returning = returning();
    Edits edits = new Edits(sql);
    edits.replace(0, 0, "INSERT");
    if (returning < sql.tokens().size()) {
      edits.replace(returning, returning, conflict + "RETURNING");
      return edits.apply();
    }
    return edits.apply() + conflict;
  }

  private int returning() {
    int depth = 0;
    for (int i = afterTable; i < sql.tokens().size(); i++) {
      if (sql.hasAt(i, "(")) {
        depth++;
      } else if (sql.hasAt(i, ")")) {
        depth--;
      } else if (depth == 0 && sql.hasAt(i, "RETURNING")) {
        return i;
      }
    }
    return sql.tokens().size();
  }

  private static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
