package dev.belay.cli.verify;

import dev.belay.sink.change.TableName;
import java.util.List;

/**
 * A table on both sides.
 *
 * @param names as each catalog has it
 * @param key the primary key's columns, in the source's order
 * @param columns all that are compared, the key's first
 */
record TablePair(Sides<TableName> names, List<ColumnPair> key, List<ColumnPair> columns) {
  TablePair {
    key = List.copyOf(key);
    columns = List.copyOf(columns);
  }

  /** For reports: as the source has it. */
  String name() {
    return names.source().name();
  }
}
