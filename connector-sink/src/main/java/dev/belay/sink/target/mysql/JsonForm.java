package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireJson;
import dev.belay.sink.target.wire.WireNumber;
import dev.belay.sink.target.wire.WireText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/**
 * JSON. A string of the wire is a JSON string, because that is how JSONB arrives.
 *
 * @param parsed MySQL, which keeps numbers as 64 bit integers or doubles; MariaDB keeps the text
 */
record JsonForm(String type, boolean parsed) implements ValueForm {
  private static final BigDecimal MOST =
      new BigDecimal(BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE));
  private static final BigDecimal LEAST = BigDecimal.valueOf(Long.MIN_VALUE);

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String json = datum.text();
    if (WireText.hasUnpairedSurrogate(json)) {
      throw Unfit.of("A string with half of a surrogate pair", type);
    }
    if (datum instanceof Datum.Text) {
      return WireJson.quote(json);
    }
    if (datum instanceof Datum.Json && WireJson.isJsonNull(json)) {
      return "null";
    }
    if (parsed && (datum instanceof Datum.Json || datum instanceof Datum.Number)) {
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
      } else if (c >= '0' && c <= '9' || start >= 0 && isOfNumber(c)) {
        start = start < 0 ? i > 0 && json.charAt(i - 1) == '-' ? i - 1 : i : start;
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
    if (number.length() <= 15) {
      return true;
    }
    Optional<BigDecimal> exact = WireNumber.exact(number);
    if (exact.isPresent()
        && exact.get().stripTrailingZeros().scale() <= 0
        && number.indexOf('.') < 0
        && number.indexOf('e') < 0
        && number.indexOf('E') < 0
        && exact.get().compareTo(MOST) <= 0
        && exact.get().compareTo(LEAST) >= 0) {
      return true;
    }
    return WireNumber.isNumber(number) && WireNumber.fitsDouble(number);
  }

  @Override
  public String kind() {
    return "json";
  }
}
