package dev.belay.sink.change;

/**
 * A row as it is now.
 *
 * @param row the columns that the message carried
 * @param whole whether those are all that the row has. If not, the others are what they were: the
 *     row can be changed by it, and not made
 */
public record Upsert(ChangeInfo info, Row row, boolean whole) implements Change {

  /** A row of which the message carried everything. */
  public Upsert(ChangeInfo info, Row row) {
    this(info, row, true);
  }
}
