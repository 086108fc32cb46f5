package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * BIT. It is a number here, so only a text of just as many bits can be told from what is read back;
 * also BOOL into one bit.
 *
 * @param length 1 to 64
 */
record BitForm(String type, int length) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (datum instanceof Datum.Bool bool && length == 1) {
      return bool == Datum.Bool.TRUE ? "1" : "0";
    }
    String bits = datum.text();
    if (!(datum instanceof Datum.Text) || bits.isEmpty()) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    for (int i = 0; i < bits.length(); i++) {
      if (bits.charAt(i) != '0' && bits.charAt(i) != '1') {
        throw Unfit.of(Unfit.nameOf(datum), type);
      }
    }
    if (bits.length() != length) {
      throw Unfit.of("A bit string of length " + bits.length(), type);
    }
    return bits;
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    if (encoded.length() < 64) {
      statement.setLong(at, Long.parseLong(encoded, 2));
    } else {
      statement.setBigDecimal(at, new BigDecimal(new BigInteger(encoded, 2)));
    }
  }

  @Override
  public String kind() {
    return "bits";
  }
}
