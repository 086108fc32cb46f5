package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireNumber;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;

/**
 * FLOAT and DOUBLE. They have neither NaN nor infinities. A number that would be rounded is
 * refused, see {@link WireNumber#fitsDouble}.
 *
 * @param single FLOAT
 * @param decimals of FLOAT(m,d) and DOUBLE(m,d), which round to them; -1 for none
 */
record FloatForm(String type, boolean single, int decimals, boolean unsigned) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String text = datum.text();
    if (datum instanceof Datum.Bool || datum instanceof Datum.Json) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    if (WireNumber.Special.of(text).isPresent()) {
      throw Unfit.of("NaN or an infinity", type);
    }
    if (!WireNumber.isNumber(text)) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    if (!(single ? WireNumber.fitsFloat(text) : WireNumber.fitsDouble(text))) {
      throw Unfit.of("A number that would be rounded or is out of range", type);
    }
    if (unsigned && value(text) < 0) {
      throw Unfit.of("A negative number", type);
    }
    if (decimals >= 0) {
      Optional<BigDecimal> exact = WireNumber.exact(text);
      if (exact.isEmpty() || exact.get().stripTrailingZeros().scale() > decimals) {
        throw Unfit.of("A number with more than " + decimals + " decimals", type);
      }
    }
    return text;
  }

  /** As the text of the very double, a float being made one, which the server reads back to it. */
  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    statement.setString(at, Double.toString(value(encoded)));
  }

  @Override
  public void bindKey(PreparedStatement statement, int at, String encoded) throws SQLException {
    statement.setDouble(at, value(encoded));
  }

  private double value(String encoded) {
    return single ? Float.parseFloat(encoded) : Double.parseDouble(encoded);
  }

  @Override
  public String canonical(String encoded) {
    double value = value(encoded);
    // -0 and 0 are equal
    return value == 0 ? "0" : Double.toString(value);
  }

  @Override
  public String kind() {
    return "float";
  }
}
