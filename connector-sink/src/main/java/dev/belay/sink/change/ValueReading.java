package dev.belay.sink.change;

import java.util.Optional;

/**
 * What a value of the feed means to the column that it goes to, where the value alone does not say.
 * Any thread may use one.
 */
@FunctionalInterface
public interface ValueReading {
  /** Each value is what it looks like: CockroachDB's own JSON. */
  ValueReading PLAIN = (kind, value) -> Optional.of(value);

  /**
   * The value as CockroachDB's JSON has it.
   *
   * @param kind of the column, {@code ColumnShape.kind}
   * @param value not {@link Datum.Null}
   * @return empty if it can be no value of such a column
   */
  Optional<Datum> read(String kind, Datum value);

  /** What is wrong where {@link #read} finds nothing, and what to do. */
  default String remedy() {
    return "";
  }
}
