package dev.belay.sink.decode;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Row;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gathers columns into rows. Rows of one table mostly have the same columns, so the list of names
 * of the last row is used again as long as it fits; a row then costs its values only.
 */
final class RowReader {
  /** A table's shapes are its schema versions; more than this is a feed of something else. */
  private static final int MAX_SHAPES = 1000;

  private final Map<List<String>, List<String>> shapes = new HashMap<>();
  private List<String> expected = List.of();
  private String[] names = new String[16];
  private Datum[] values = new Datum[16];
  private int size;
  private boolean isAsExpected;

  /** Reads the object at the cursor. */
  Row read(JsonCursor cursor) throws UnreadableException {
    begin();
    while (cursor.nextField()) {
      add(cursor.name(), cursor.datum());
    }
    return finish();
  }

  void begin() {
    size = 0;
    isAsExpected = true;
  }

  void add(String name, Datum value) {
    if (size == names.length) {
      names = Arrays.copyOf(names, size * 2);
    }
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    isAsExpected = isAsExpected && size < expected.size() && expected.get(size).equals(name);
    names[size] = name;
    values[size] = value;
    size++;
  }

  /**
   * The row of what was added since {@link #begin()}.
   *
   * @throws UnreadableException if a name came twice
   */
  Row finish() throws UnreadableException {
    if (!isAsExpected || size != expected.size()) {
      expected = shape();
    }
    if (size == 0) {
      return Row.NONE;
    }
    if (size != values.length) {
      // List.of copies: a buffer of just the size of the next row saves a copy of its own.
      values = Arrays.copyOf(values, size);
    }
    Row row = new Row(expected, List.of(values));
    Arrays.fill(values, null);
    return row;
  }

  private List<String> shape() throws UnreadableException {
    List<String> found = List.of(Arrays.copyOf(names, size));
    List<String> known = shapes.get(found);
    if (known != null) {
      return known;
    }
    Set<String> seen = new HashSet<>();
    for (String name : found) {
      if (!seen.add(name)) {
        throw Fields.twice(name);
      }
    }
    if (shapes.size() == MAX_SHAPES) {
      shapes.clear();
    }
    shapes.put(found, found);
    return found;
  }
}
