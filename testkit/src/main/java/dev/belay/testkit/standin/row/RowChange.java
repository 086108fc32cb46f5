package dev.belay.testkit.standin.row;

import java.util.Optional;

/**
 * What a transaction did to one row in the end: written if there is an {@code after}, else deleted.
 *
 * @param before the row before the transaction; empty if it was not there
 * @param after the row after it; empty if it is gone
 */
public record RowChange(TableShape shape, Optional<Row> before, Optional<Row> after) {

  /** An image of the row, for its key: after, or before if it is gone. */
  public Row image() {
    return after.or(this::before).orElseThrow();
  }
}
