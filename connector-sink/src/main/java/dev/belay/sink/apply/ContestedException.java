package dev.belay.sink.apply;

import java.util.Set;

/**
 * Rows were changed by both databases, and a person is to decide. Nothing was written; to be tried
 * again without them.
 */
final class ContestedException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Set<Integer> rows;

  /**
   * @param rows by index in the plan
   */
  ContestedException(Set<Integer> rows) {
    super(rows.size() + " rows were changed in both databases", null, false, false);
    this.rows = Set.copyOf(rows);
  }

  Set<Integer> rows() {
    return rows;
  }
}
