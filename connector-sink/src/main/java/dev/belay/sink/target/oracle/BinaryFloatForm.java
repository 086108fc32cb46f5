package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireNumber;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;

/**
 * BINARY_FLOAT and BINARY_DOUBLE, NaN and infinities with them; minus zero becomes zero there. A
 * number that would be rounded is refused, see {@link WireNumber#fitsDouble}.
 *
 * @param single BINARY_FLOAT
 */
record BinaryFloatForm(String type, boolean single) implements ValueForm {

  /** The driver's own numbers of these types; for another it would send a decimal NUMBER. */
  private static final int BINARY_FLOAT = 100;

  private static final int BINARY_DOUBLE = 101;

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (datum instanceof Datum.Bool || datum instanceof Datum.Json) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    String text = datum.text();
    Optional<WireNumber.Special> special = WireNumber.Special.of(text);
    if (special.isPresent()) {
      return special.get().text();
    }
    if (!WireNumber.isNumber(text)) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    if (!(single ? WireNumber.fitsFloat(text) : WireNumber.fitsDouble(text))) {
      throw Unfit.of("A number that would be rounded or is out of range", type);
    }
    return text;
  }

  @Override
  public String placeholder() {
    return single ? "CAST(? AS BINARY_FLOAT)" : "CAST(? AS BINARY_DOUBLE)";
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    if (single) {
      statement.setObject(at, Float.valueOf(encoded), BINARY_FLOAT);
    } else {
      statement.setObject(at, Double.valueOf(encoded), BINARY_DOUBLE);
    }
  }

  @Override
  public int nullType() {
    return single ? BINARY_FLOAT : BINARY_DOUBLE;
  }

  @Override
  public String canonical(String encoded) {
    double value = single ? Float.parseFloat(encoded) : Double.parseDouble(encoded);
    // -0 and 0 are equal
    return value == 0 ? "0" : Double.toString(value);
  }

  @Override
  public String kind() {
    return "float";
  }
}
