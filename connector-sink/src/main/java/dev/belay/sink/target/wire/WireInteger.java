package dev.belay.sink.target.wire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Whole numbers however the wire writes them ({@code 1E+2}), as number or string (an OID is a
 * string there), and booleans as 0 and 1.
 */
public final class WireInteger {
  private WireInteger() {}

  /**
   * Its plain digits.
   *
   * @param type of the column, for messages
   */
  public static String within(Datum datum, String type, long min, long max)
      throws UnfitValueException {
    if (datum instanceof Datum.Number || datum instanceof Datum.Text) {
      String text = datum.text();
      if (isShortAndPlain(text)) {
        long value = Long.parseLong(text);
        if (value < min || value > max) {
          throw Unfit.of("A number out of range", type);
        }
        return isCanonical(text, value) ? text : Long.toString(value);
      }
    }
    return within(datum, type, BigInteger.valueOf(min), BigInteger.valueOf(max));
  }

  /** The same where the limits are beyond a long's. */
  public static String within(Datum datum, String type, BigInteger min, BigInteger max)
      throws UnfitValueException {
    if (datum instanceof Datum.Bool bool) {
      return bool == Datum.Bool.TRUE ? "1" : "0";
    }
    Optional<BigDecimal> number =
        datum instanceof Datum.Json ? Optional.empty() : WireNumber.exact(datum.text());
    if (number.isEmpty()) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    BigDecimal stripped = number.get().stripTrailingZeros();
    if (stripped.scale() > 0) {
      throw Unfit.of("A number with decimals", type);
    }
    // no column is wider, and writing it out would cost its size
    if (stripped.precision() - stripped.scale() > 20) {
      throw Unfit.of("A number out of range", type);
    }
    BigInteger whole = stripped.toBigIntegerExact();
    if (whole.compareTo(min) < 0 || whole.compareTo(max) > 0) {
      throw Unfit.of("A number out of range", type);
    }
    return whole.toString();
  }

  private static boolean isShortAndPlain(String text) {
    int start = text.startsWith("-") ? 1 : 0;
    int digits = text.length() - start;
    if (digits == 0 || digits > 18) {
      return false;
    }
    for (int i = start; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** Whether Java would write the number so: no zero in front, no minus zero. */
  private static boolean isCanonical(String text, long value) {
    int first = value < 0 ? 1 : 0;
    return value == 0 ? text.equals("0") : text.charAt(first) != '0';
  }
}
