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

  /**
   * One text for all encodings of equal values, so that rows can be told apart by their key: {@code
   * 5.00} and {@code 5} are one NUMERIC.
   *
   * @param encoded what {@link #encode} returned
   */
  String canonical(String encoded);
}
