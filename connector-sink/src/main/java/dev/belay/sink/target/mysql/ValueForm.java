package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * How values of one family of types are written and bound. In strict mode the server refuses most
 * values that do not fit, but cuts blanks, rounds fractions and pads in silence; so whatever a
 * column cannot hold exactly is refused here.
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

  /** What stands for a value in a statement; has one question mark. */
  default String placeholder() {
    return "?";
  }

  /** Binds a value that is to be stored. */
  default void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    statement.setString(at, encoded);
  }

  /** Binds a value that the column is compared with: a number is then a number and no text. */
  default void bindKey(PreparedStatement statement, int at, String encoded) throws SQLException {
    bind(statement, at, encoded);
  }

  /**
   * Whether what the column calls equal is the same value. It is not for texts, whose collations
   * pass over case, accents or blanks at the end.
   */
  default boolean isExact() {
    return true;
  }
}
