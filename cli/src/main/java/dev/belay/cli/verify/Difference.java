package dev.belay.cli.verify;

import java.util.List;
import java.util.Map;

/**
 * A row that is not the same on both sides.
 *
 * @param key the primary key's values as the side with the row writes them, by column
 * @param columns those whose values differ; empty unless the row is on both sides
 * @param values of these columns; null is NULL
 */
record Difference(
    String table,
    Of of,
    Map<String, String> key,
    List<String> columns,
    Map<String, Sides<String>> values) {

  /** In what they differ. */
  enum Of {
    /** The source has the row and the target does not. */
    MISSING,
    /** The target has the row and the source does not. */
    EXTRA,
    CHANGED
  }
}
