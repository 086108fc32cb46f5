package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.TableName;

/** The one place where names become SQL. */
public final class Identifiers {
  private Identifiers() {}

  public static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  public static String quote(String schema, String name) {
    return quote(schema) + "." + quote(name);
  }

  /** Schema and name; the database is the connection's own and cannot be said in PostgreSQL. */
  public static String quote(TableName table) {
    return table.schema().isEmpty() ? quote(table.name()) : quote(table.schema(), table.name());
  }
}
