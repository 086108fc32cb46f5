package dev.belay.sink.target.oracle;

import dev.belay.sink.change.TableName;

/**
 * The one place where names become SQL. Names come from the catalog, which has them as they are: in
 * upper case if they were made without quotes. So they are always quoted.
 */
final class Identifiers {
  private Identifiers() {}

  /**
   * A name in quotes.
   *
   * @throws IllegalArgumentException for what no name can hold: a quote has no escape here
   */
  static String quote(String name) {
    if (name.isEmpty() || name.indexOf('"') >= 0 || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("No name in Oracle holds a quote or U+0000, or is empty");
    }
    return '"' + name + '"';
  }

  /** Schema and name. */
  static String quote(TableName table) {
    return table.schema().isEmpty()
        ? quote(table.name())
        : quote(table.schema()) + "." + quote(table.name());
  }
}
