package dev.belay.sink.target.mysql;

import dev.belay.sink.change.TableName;

/** The one place where names become SQL. */
final class Identifiers {
  private Identifiers() {}

  static String quote(String name) {
    return '`' + name.replace("`", "``") + '`';
  }

  /** Database and name; what others call a schema is a database here. */
  static String quote(TableName table) {
    return table.schema().isEmpty()
        ? quote(table.name())
        : quote(table.schema()) + "." + quote(table.name());
  }
}
