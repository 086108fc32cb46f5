package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.WireInteger;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * TINYINT to BIGINT, signed and unsigned; TINYINT(1) as BOOL.
 *
 * @param bytes of storage, 1 to 8
 */
record IntegerForm(String type, int bytes, boolean unsigned) implements ValueForm {
  private static final BigInteger MOST_UNSIGNED =
      BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  /** Texts of so many characters are of longs for certain. */
  private static final int SHORT = 18;

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (unsigned && bytes == 8) {
      return WireInteger.within(datum, type, BigInteger.ZERO, MOST_UNSIGNED);
    }
    return WireInteger.within(datum, type, min(), max());
  }

  /** The least value. */
  long min() {
    return unsigned ? 0 : -1L << (bytes * 8 - 1);
  }

  /** The greatest value; of an unsigned BIGINT the greatest of a long. */
  long max() {
    return unsigned && bytes < 8 ? (1L << (bytes * 8)) - 1 : Long.MAX_VALUE >>> (64 - bytes * 8);
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    if (encoded.length() <= SHORT || !unsigned) {
      statement.setLong(at, Long.parseLong(encoded));
    } else {
      statement.setBigDecimal(at, new BigDecimal(encoded));
    }
  }

  @Override
  public String kind() {
    return "integer";
  }
}
