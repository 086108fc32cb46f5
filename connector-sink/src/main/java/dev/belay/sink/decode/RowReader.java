package dev.belay.sink.decode;

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
  private final Stretches.Gatherer values = new Stretches.Gatherer();
  private List<String> expected = List.of();
  private String[] names = new String[16];
  private boolean isAsExpected;

  /** Reads the object at the cursor. */
  Row read(JsonCursor cursor) throws UnreadableException {
    begin();
    while (cursor.nextField()) {
      add(cursor.name(), cursor);
    }
    return finish(cursor);
  }

  void begin() {
    values.clear();
    isAsExpected = true;
  }

  /** Adds the value at the cursor. */
  void add(String name, JsonCursor cursor) throws UnreadableException {
    int at = values.size();
    if (at == names.length) {
      names = Arrays.copyOf(names, at * 2);
    }
    isAsExpected = isAsExpected && at < expected.size() && expected.get(at).equals(name);
    names[at] = name;
    values.add(cursor);
  }

  /**
   * The row of what was added since {@link #begin()}, all of it from one text.
   *
   * @throws UnreadableException if a name came twice
   */
  Row finish(JsonCursor cursor) throws UnreadableException {
    int size = values.size();
    if (!isAsExpected || size != expected.size()) {
      expected = shape(size);
    }
    return size == 0 ? Row.NONE : new Row(expected, values.values(cursor.source()));
  }

  private List<String> shape(int size) throws UnreadableException {
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
