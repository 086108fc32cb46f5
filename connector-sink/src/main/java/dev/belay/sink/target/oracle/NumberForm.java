package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireDecimal;
import dev.belay.sink.target.wire.WireNumber;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/**
 * NUMBER and FLOAT, which are decimal numbers both; true and false as 1 and 0. The server rounds to
 * the scale without a word.
 *
 * @param digits most significant digits
 * @param scale digits behind the point, may be negative; of no meaning if floating
 * @param floating NUMBER without a scale, and FLOAT: the point is anywhere
 */
record NumberForm(String type, int digits, int scale, boolean floating) implements ValueForm {

  /** What NUMBER holds for certain. */
  static final int MOST_DIGITS = 38;

  /** Numbers are below 1E126; what is nearer to zero than 1E-130 becomes zero. */
  private static final int MOST_WHOLE = 126;

  private static final int LEAST_WHOLE = -129;

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (datum instanceof Datum.Json) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    String text = datum instanceof Datum.Bool ? datum == Datum.Bool.TRUE ? "1" : "0" : datum.text();
    if (!floating && scale >= 0 && WireDecimal.isPlainAndFits(text, digits, scale)) {
      return text;
    }
    if (WireNumber.Special.of(text).isPresent()) {
      throw Unfit.of("NaN or an infinity", type);
    }
    BigDecimal number =
        WireNumber.exact(text).orElseThrow(() -> Unfit.of(Unfit.nameOf(datum), type));
    if (floating) {
      requireRoom(number);
    } else {
      WireDecimal.requireFit(number, type, digits, scale);
    }
    return number.stripTrailingZeros().toPlainString();
  }

  private void requireRoom(BigDecimal number) throws UnfitValueException {
    BigDecimal stripped = number.stripTrailingZeros();
    if (stripped.signum() == 0) {
      return;
    }
    if (stripped.precision() > digits) {
      throw Unfit.of("A number with " + stripped.precision() + " digits", type);
    }
    if (!isInRange(stripped)) {
      throw Unfit.of("A number out of range", type);
    }
  }

  /** Whether a number's size is one of NUMBER's. */
  static boolean isInRange(BigDecimal stripped) {
    int whole = stripped.precision() - stripped.scale();
    return whole <= MOST_WHOLE && whole >= LEAST_WHOLE;
  }

  @Override
  public String placeholder() {
    return "CAST(? AS NUMBER)";
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    statement.setBigDecimal(at, new BigDecimal(encoded));
  }

  @Override
  public int nullType() {
    return Types.NUMERIC;
  }

  @Override
  public String canonical(String encoded) {
    return new BigDecimal(encoded).stripTrailingZeros().toString();
  }

  @Override
  public String kind() {
    return floating || scale > 0 ? "decimal" : "integer";
  }
}
