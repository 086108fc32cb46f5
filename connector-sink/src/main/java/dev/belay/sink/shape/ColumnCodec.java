package dev.belay.sink.shape;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;

/**
 * Turns a value of the wire into what the target's statements bind for one column. Made by the
 * target from the column's type; stateless, so any thread may call it.
 */
public interface ColumnCodec {

  /**
   * The value to bind.
   *
   * @param datum not {@link Datum.Null}
   * @throws UnfitValueException if the column cannot hold the value exactly
   */
  String encode(Datum datum) throws UnfitValueException;

  /** How an element of an array is bound. */
  @FunctionalInterface
  interface Elements {
    /**
     * The value to bind; null for NULL.
     *
     * @param element as if it were a column of its own, which can be NULL
     * @param datum not {@link Datum.Null}
     * @throws UnfitValueException if it cannot be an element
     */
    String bind(ColumnShape element, Datum datum) throws UnfitValueException;
  }

  /**
   * The value to bind, each element of an array as another one says; of columns that are no arrays
   * as {@link #encode(Datum)} has it.
   *
   * @param datum not {@link Datum.Null}
   * @throws UnfitValueException if the column cannot hold the value exactly
   */
  default String encode(Datum datum, Elements elements) throws UnfitValueException {
    return encode(datum);
  }

  /**
   * One text for all encodings of equal values, so that rows can be told apart by their key: {@code
   * 5.00} and {@code 5} are one NUMERIC.
   *
   * @param encoded what {@link #encode} returned
   */
  String canonical(String encoded);
}
