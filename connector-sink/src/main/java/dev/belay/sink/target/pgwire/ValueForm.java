package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;

/**
 * How values of one family of types are written for PostgreSQL's input functions. Statements cast
 * without a length or precision, because such casts cut and round in silence; so whatever a column
 * cannot hold exactly must be refused here.
 */
public interface ValueForm {

  /**
   * @param datum not {@link Datum.Null}
   */
  String encode(Datum datum) throws UnfitValueException;

  /** One text for all encoded texts of equal values. */
  default String canonical(String encoded) {
    return encoded;
  }

  /** The family, see {@link dev.belay.sink.shape.ColumnShape#kind()}. */
  String kind();

  /** Whether every encoded text can stand in an array literal as it is. */
  default boolean isBare() {
    return false;
  }

  /** See {@link Unfit#of}. */
  static UnfitValueException unfit(String what, String type) {
    return Unfit.of(what, type);
  }

  /** See {@link Unfit#nameOf}. */
  static String nameOf(Datum datum) {
    return Unfit.nameOf(datum);
  }
}
