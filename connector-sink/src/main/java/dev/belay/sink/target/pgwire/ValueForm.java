package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import java.util.Optional;

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

  /** Writes one element of an array; null for NULL. */
  @FunctionalInterface
  interface ElementBinding {
    String bind(Datum datum) throws UnfitValueException;
  }

  /** Of an array, how its elements are written by themselves; empty for all else. */
  default Optional<ValueForm> elementForm() {
    return Optional.empty();
  }

  /** The same, with each element of an array written by another; see {@link #elementForm}. */
  default String encode(Datum datum, ElementBinding binding) throws UnfitValueException {
    return encode(datum);
  }

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
