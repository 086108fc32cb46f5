package dev.belay.sink.checkpoint;

import dev.belay.sink.failure.StopException;

/** Judges the column {@code format} of the tables in schema {@code belay}. */
final class RowFormat {
  /** The newest that this version understands. */
  static final int KNOWN = 1;

  private RowFormat() {}

  /**
   * What a newer version means by its rows is unknown here, so nothing is done on their word.
   *
   * @param row which one, for the message
   * @throws StopException if the format is a newer one
   */
  static void judge(String connector, String table, String row, int format) {
    if (format > KNOWN) {
      throw new StopException(
          "The row of "
              + row
              + " in belay."
              + table
              + " of connector "
              + connector
              + " has format "
              + format
              + ", and this version of Belay understands formats up to "
              + KNOWN
              + ": a newer version has written it. Nothing is written. Run the newer version again.");
    }
  }
}
