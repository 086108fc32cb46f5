package dev.belay.sink.target.oracle;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Types of any size. What is short goes as an ordinary value, in the row's own round trip; what is
 * long, or empty but not NULL, as a temporary LOB: a bind of more than 4,000 bytes is a LONG to the
 * server, which takes no LONG inside of a query (ORA-01461).
 */
interface LobForm extends ValueForm {

  /** So many characters are no more than 4,000 bytes in any encoding. */
  int SHORT_TEXT = 1_000;

  /** So many bytes a RAW can have in SQL on every server. */
  int SHORT_BYTES = 2_000;

  /** Whether a value must be bound by {@link #bindLob}. */
  boolean isLong(String encoded);

  /** What stands for a value bound by {@link #bindLob}. */
  default String lobPlaceholder() {
    return "?";
  }

  /**
   * @param lobs keeps what is made until the statement has run
   */
  void bindLob(PreparedStatement statement, int at, String encoded, Lobs lobs) throws SQLException;

  /** {@link java.sql.Types} of a NULL among values bound by {@link #bindLob}. */
  int lobType();
}
