package dev.belay.sink.decode;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Row;

/**
 * Where the parts of a topic's keys stand among its columns, as far as rows have shown it. A key's
 * part that its row has too is the row's own value and takes no room a second time: 72 bytes for a
 * number of twelve digits.
 */
final class KeyColumns {
  /** What a longer key repeats does not matter. */
  private static final int MOST_PARTS = 16;

  private final int[] columns = new int[MOST_PARTS];

  /**
   * The part of a key at the cursor.
   *
   * @param row {@link Row#NONE} if there is none
   */
  Datum part(JsonCursor cursor, int part, Row row) throws UnreadableException {
    if (row.isEmpty() || part >= MOST_PARTS) {
      return cursor.datum();
    }
    int likely = columns[part];
    if (likely < row.values().size() && cursor.isAt(row.values().get(likely))) {
      return row.values().get(likely);
    }
    Datum datum = cursor.datum();
    int column = row.values().indexOf(datum);
    if (column < 0) {
      return datum;
    }
    columns[part] = column;
    return row.values().get(column);
  }
}
