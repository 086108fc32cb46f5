package dev.belay.sink.shape;

import java.util.List;

/**
 * A unique index or constraint other than the primary key, or an exclusion constraint: what makes
 * two rows clash.
 *
 * @param name of the constraint or index
 * @param columns those that it reads, expressions included
 * @param deferrable whether the check can wait for COMMIT
 * @param partial whether it has a WHERE clause
 * @param match when two rows clash
 */
public record UniqueShape(
    String name, List<String> columns, boolean deferrable, boolean partial, Match match) {

  /** When two rows clash. */
  public enum Match {
    /** All columns are equal and none is NULL. */
    EQUAL,
    /** All columns are equal, NULL being equal to NULL (NULLS NOT DISTINCT). */
    EQUAL_WITH_NULLS,
    /**
     * Only the database can tell, since expressions or an exclusion constraint's operators are
     * compared.
     */
    OTHER
  }

  /** An ordinary one. */
  public UniqueShape(String name, List<String> columns, boolean deferrable, boolean partial) {
    this(name, columns, deferrable, partial, Match.EQUAL);
  }
}
