package dev.belay.sink.change;

import java.util.List;
import java.util.Optional;

/**
 * Columns by name, in the order of the wire. A column that is not in here was not part of the
 * message: absent is not NULL.
 *
 * @param names no two alike
 * @param values one for each name
 */
public record Row(List<String> names, List<Datum> values) {

  /** A row with no columns; as a before image it says "the feed sent none". */
  public static final Row NONE = new Row(List.of(), List.of());

  public Row {
    if (names.size() != values.size()) {
      throw new IllegalArgumentException(names.size() + " names, " + values.size() + " values");
    }
  }

  public boolean isEmpty() {
    return names.isEmpty();
  }

  public Optional<Datum> value(String name) {
    int at = names.indexOf(name);
    return at < 0 ? Optional.empty() : Optional.of(values.get(at));
  }
}
