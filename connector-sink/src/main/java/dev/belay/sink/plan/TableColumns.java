package dev.belay.sink.plan;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.ValueReading;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The columns of a target table under the names of the feed: exact, or where nothing matches
 * exactly, without regard to case if that is unambiguous.
 *
 * @param renamed names of the feed in lower case, to those of the target
 * @param reading what a value means to its column
 */
record TableColumns(TableShape shape, Map<String, String> renamed, ValueReading reading) {

  Optional<ColumnShape> column(String name) {
    // names that are not renamed are not folded for nothing
    String target = renamed.isEmpty() ? null : renamed.get(name.toLowerCase(Locale.ROOT));
    return own(target == null ? name : target);
  }

  /** A column under the target's own name. */
  Optional<ColumnShape> own(String name) {
    Optional<ColumnShape> exact = shape.column(name);
    if (exact.isPresent()) {
      return exact;
    }
    String folded = name.toLowerCase(Locale.ROOT);
    List<ColumnShape> alike =
        shape.columns().stream()
            .filter(c -> c.name().toLowerCase(Locale.ROOT).equals(folded))
            .toList();
    return alike.size() == 1 ? Optional.of(alike.get(0)) : Optional.empty();
  }

  /** The row's value of a column; empty if it carries none. */
  Optional<Datum> valueOf(Row row, ColumnShape column) {
    Optional<Datum> found = Optional.empty();
    for (int i = 0; i < row.names().size(); i++) {
      String name = row.names().get(i);
      if (column(name).filter(c -> c == column).isPresent()) {
        // one of the same name may be left out of upserts in its favour
        if (renamed.containsKey(name.toLowerCase(Locale.ROOT))) {
          return Optional.of(row.values().get(i));
        }
        found = found.isEmpty() ? Optional.of(row.values().get(i)) : found;
      }
    }
    return found;
  }

  /**
   * What is bound for a value; null for NULL.
   *
   * @throws UnfitValueException names table and column
   */
  String encode(ColumnShape column, Datum value) throws UnfitValueException {
    return encode(column, value, ValuePolicy.EXACT);
  }

  /** The same, for a column that is not of the key. */
  String encode(ColumnShape column, Datum value, ValuePolicy policy) throws UnfitValueException {
    if (value.isNull()) {
      return null;
    }
    try {
      return bound(column, value, policy);
    } catch (UnfitValueException e) {
      throw new UnfitValueException(
          "Column " + shape + "." + column.name() + " (" + column.type() + "): " + e.getMessage());
    }
  }

  private String bound(ColumnShape column, Datum value, ValuePolicy policy)
      throws UnfitValueException {
    Datum meant = meant(column, value);
    if (reading != ValueReading.PLAIN && column.kind().equals(ValuePolicy.ARRAY)) {
      // what an element means its own kind of column says
      return column.codec().encode(meant, (element, datum) -> bound(element, datum, policy));
    }
    try {
      return column.codec().encode(meant);
    } catch (UnfitValueException unfit) {
      return policy.encode(column, meant, unfit);
    }
  }

  /**
   * What is bound for a value that is not NULL.
   *
   * @throws UnfitValueException does not name the column
   */
  String plainly(ColumnShape column, Datum value) throws UnfitValueException {
    return bound(column, value, ValuePolicy.EXACT);
  }

  private Datum meant(ColumnShape column, Datum value) throws UnfitValueException {
    if (reading == ValueReading.PLAIN) {
      // nearly always, and for every value of every row
      return value;
    }
    return reading
        .read(column.kind(), value)
        .orElseThrow(
            () ->
                new UnfitValueException(
                    "What the converter made of the value is no value of "
                        + column.type()
                        + ". "
                        + reading.remedy()));
  }
}
