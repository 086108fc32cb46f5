package dev.belay.sink.target.postgres;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;

/**
 * How values of one family of types are written for PostgreSQL's input functions. Statements cast
 * without a length or precision, because such casts cut and round in silence; so whatever a column
 * cannot hold exactly must be refused here.
 */
interface ValueForm {

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

  /**
   * The exception for a value that does not fit.
   *
   * @param what kind of value, never the value
   */
  static UnfitValueException unfit(String what, String type) {
    return new UnfitValueException(what + " does not fit a column of type " + type);
  }

  /** What a datum is, for messages. */
  static String nameOf(Datum datum) {
    if (datum instanceof Datum.Bool) {
      return "A boolean";
    }
    if (datum instanceof Datum.Number) {
      return "A number";
    }
    if (datum instanceof Datum.Text) {
      return "A string of another form";
    }
    return "A JSON array or object";
  }
}
