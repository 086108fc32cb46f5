package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireDecimal;
import dev.belay.sink.target.wire.WireNumber;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** DECIMAL. It has neither NaN nor infinities. */
record DecimalForm(String type, int precision, int scale, boolean unsigned) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (datum instanceof Datum.Bool || datum instanceof Datum.Json) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    String text = datum.text();
    if (unsigned && text.startsWith("-")) {
      throw Unfit.of("A negative number", type);
    }
    if (WireDecimal.isPlainAndFits(text, precision, scale)) {
      return text;
    }
    if (WireNumber.Special.of(text).isPresent()) {
      throw Unfit.of("NaN or an infinity", type);
    }
    BigDecimal number =
        WireNumber.exact(text).orElseThrow(() -> Unfit.of(Unfit.nameOf(datum), type));
    WireDecimal.requireFit(number, type, precision, scale);
    return number.stripTrailingZeros().toPlainString();
  }

  @Override
  public void bindKey(PreparedStatement statement, int at, String encoded) throws SQLException {
    // a text would be compared as a double
    statement.setBigDecimal(at, new BigDecimal(encoded));
  }

  @Override
  public String canonical(String encoded) {
    return new BigDecimal(encoded).stripTrailingZeros().toString();
  }

  @Override
  public String kind() {
    return "decimal";
  }
}
