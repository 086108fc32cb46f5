package dev.belay.cli.verify;

/**
 * Something about a table that is not the same on both sides.
 *
 * @param of for programs
 * @param text for people
 * @param isDifference whether rows cannot be equal, or cannot be compared, because of it
 */
record SchemaFinding(String table, Of of, String text, boolean isDifference) {

  /** What was found. */
  enum Of {
    MISSING_TABLE,
    EXTRA_TABLE,
    NO_KEY,
    KEY,
    MISSING_COLUMN,
    EXTRA_COLUMN,
    TYPE,
    NULLABILITY
  }
}
