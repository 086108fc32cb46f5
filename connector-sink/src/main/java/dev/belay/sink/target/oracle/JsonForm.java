package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireNumber;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Optional;

/** JSON of 21c and newer, which keeps numbers as NUMBER: one with more digits is refused. */
record JsonForm(String type) implements LobForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String json = JsonText.of(datum, type);
    if (datum instanceof Datum.Json || datum instanceof Datum.Number) {
      requireNumbersFit(json);
    }
    return json;
  }

  /** Looks at every number outside of strings. */
  private void requireNumbersFit(String json) throws UnfitValueException {
    boolean inString = false;
    int start = -1;
    for (int i = 0; i <= json.length(); i++) {
      char c = i < json.length() ? json.charAt(i) : ' ';
      if (inString) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          inString = false;
        }
      } else if (c == '-' && start < 0 || c >= '0' && c <= '9' || start >= 0 && isOfNumber(c)) {
        start = start < 0 ? i : start;
      } else {
        if (start >= 0 && !fits(json.substring(start, i))) {
          throw Unfit.of("JSON with a number that would be rounded", type);
        }
        start = -1;
        inString = c == '"';
      }
    }
  }

  private static boolean isOfNumber(char c) {
    return c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
  }

  private static boolean fits(String number) {
    if (number.length() <= NumberForm.MOST_DIGITS
        && number.indexOf('E') < 0
        && number.indexOf('e') < 0) {
      return true;
    }
    Optional<BigDecimal> exact = WireNumber.exact(number).map(BigDecimal::stripTrailingZeros);
    return exact.isPresent()
        && (exact.get().signum() == 0
            || exact.get().precision() <= NumberForm.MOST_DIGITS
                && NumberForm.isInRange(exact.get()));
  }

  @Override
  public String placeholder() {
    return "JSON(?)";
  }

  @Override
  public String lobPlaceholder() {
    return placeholder();
  }

  @Override
  public boolean isLong(String encoded) {
    return encoded.length() > SHORT_TEXT;
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    statement.setString(at, encoded);
  }

  @Override
  public void bindLob(PreparedStatement statement, int at, String encoded, Lobs lobs)
      throws SQLException {
    statement.setClob(at, lobs.clob(encoded));
  }

  @Override
  public int nullType() {
    return Types.VARCHAR;
  }

  @Override
  public int lobType() {
    return Types.CLOB;
  }

  @Override
  public String kind() {
    return "json";
  }
}
