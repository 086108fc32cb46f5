package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * How values of one family of types are written and bound. The server rounds numbers and fractions
 * of seconds in silence and takes an empty string for NULL; so whatever a column cannot hold
 * exactly is refused here. Nothing is bound as a text that the session's NLS settings would read.
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

  /**
   * What stands for a value in a statement; has one question mark. The cast gives a NULL its type,
   * and is wide enough to cut nothing: Oracle cuts and rounds in casts without a word.
   */
  String placeholder();

  /** Binds a value. */
  void bind(PreparedStatement statement, int at, String encoded) throws SQLException;

  /** {@link java.sql.Types} of a NULL, the same as that of the values: a batch has one type. */
  int nullType();

  /** Whether an empty value is NULL to the server: the empty string, RAW of no bytes. */
  default boolean emptyIsNull() {
    return false;
  }

  /** The text as the column keeps it; another only where the column fills texts up. */
  default String filled(String text) {
    return text;
  }
}
