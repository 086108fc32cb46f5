package dev.belay.sink.decode;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Row;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gathers the columns of Debezium's rows. A column whose value is not available is left out: absent
 * is not NULL. Rows with the same columns share the list of their names. One thread.
 */
final class DebeziumRows {
  /** A table's shapes are its schema versions times the large columns that may lack. */
  private static final int MAX_SHAPES = 1_000;

  private final DebeziumValues values;
  private final SchemalessValues plain;
  private final Map<List<String>, List<String>> shapes = new HashMap<>();

  DebeziumRows(DebeziumValues values, SchemalessValues plain) {
    this.values = values;
    this.plain = plain;
  }

  /**
   * A row.
   *
   * @param isWhole whether no value was unavailable
   */
  record Read(Row row, boolean isWhole) {
    static final Read NONE = new Read(Row.NONE, true);
  }

  /** Reads the object at the cursor. */
  Read read(JsonCursor cursor, DebeziumType type) throws UnreadableException {
    List<String> names = new ArrayList<>(type.fields().size());
    List<Datum> row = new ArrayList<>(type.fields().size());
    boolean whole = true;
    while (cursor.nextField()) {
      String name = cursor.name();
      DebeziumType column = type.fields().get(name);
      if (column == null) {
        throw new UnreadableException(
            "The row has a column that its schema does not have. Check what changed the record"
                + " between Debezium's connector and here.");
      }
      Optional<Datum> value = values.read(cursor, column);
      if (value.isPresent()) {
        names.add(name);
        row.add(value.get());
      } else {
        whole = false;
      }
    }
    return new Read(new Row(shared(names), row), whole);
  }

  /** Reads the object at the cursor, of which no schema says what it has. */
  Read readPlain(JsonCursor cursor) throws UnreadableException {
    List<String> names = new ArrayList<>();
    List<Datum> row = new ArrayList<>();
    boolean whole = true;
    while (cursor.nextField()) {
      String name = cursor.name();
      Optional<Datum> value = plain.read(cursor);
      if (value.isPresent()) {
        names.add(name);
        row.add(value.get());
      } else {
        whole = false;
      }
    }
    return new Read(new Row(shared(names), row), whole);
  }

  private List<String> shared(List<String> names) throws UnreadableException {
    List<String> known = shapes.get(names);
    if (known != null) {
      return known;
    }
    for (String name : names) {
      Fields.once(Collections.frequency(names, name) > 1, name);
    }
    if (shapes.size() == MAX_SHAPES) {
      shapes.clear();
    }
    List<String> shape = List.copyOf(names);
    shapes.put(shape, shape);
    return shape;
  }
}
