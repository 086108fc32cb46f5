package dev.belay.sink.target.wire;

import java.math.BigDecimal;
import java.util.Optional;

/** Numbers as the wire writes them: {@code 1.10}, {@code 1E+1}, {@code -0}. */
public final class WireNumber {

  /** The three values of FLOAT and DECIMAL that are no numbers; the wire quotes them. */
  public enum Special {
    NAN("NaN"),
    INFINITY("Infinity"),
    NEGATIVE_INFINITY("-Infinity");

    private final String text;

    Special(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }

    public static Optional<Special> of(String text) {
      for (Special special : values()) {
        if (special.text.equals(text)) {
          return Optional.of(special);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * No database here holds a number with an exponent beyond this, and expanding one would cost its
   * size in memory: {@code 1E+999999999} is ten bytes on the wire.
   */
  private static final int EXPONENT_LIMIT = 200_000;

  private WireNumber() {}

  /**
   * Reads a decimal number with all its digits and its scale.
   *
   * @return empty if the text is not a plain or exponential decimal number, or if its exponent is
   *     beyond what any target holds
   */
  public static Optional<BigDecimal> exact(String text) {
    if (!isNumber(text)) {
      return Optional.empty();
    }
    try {
      BigDecimal number = new BigDecimal(text);
      return Math.abs((long) number.scale()) > EXPONENT_LIMIT
          ? Optional.empty()
          : Optional.of(number);
    } catch (NumberFormatException exponentBeyondInt) {
      return Optional.empty();
    }
  }

  /** {@code [+-] digits [. digits] [E [+-] digits]}, ASCII only, at least one digit before E. */
  public static boolean isNumber(String text) {
    int at = 0;
    int end = text.length();
    if (at < end && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      at++;
    }
    int digits = 0;
    while (at < end && isDigit(text.charAt(at))) {
      at++;
      digits++;
    }
    if (at < end && text.charAt(at) == '.') {
      at++;
      while (at < end && isDigit(text.charAt(at))) {
        at++;
        digits++;
      }
    }
    if (digits == 0) {
      return false;
    }
    if (at == end) {
      return true;
    }
    if (text.charAt(at) != 'E' && text.charAt(at) != 'e') {
      return false;
    }
    at++;
    if (at < end && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      at++;
    }
    int exponent = at;
    while (at < end && isDigit(text.charAt(at))) {
      at++;
    }
    return at == end && at > exponent;
  }

  /**
   * Whether the double nearest to a number stands for this number and no other: printed with as
   * many digits it gives the number again. That holds for every FLOAT that CockroachDB prints, and
   * for a DECIMAL or INT exactly if nothing of it would be rounded away.
   *
   * @param text a number for which {@link #isNumber} holds
   */
  public static boolean fitsDouble(String text) {
    double nearest = Double.parseDouble(text);
    boolean lopsided = (Double.doubleToRawLongBits(nearest) & 0xfffffffffffffL) == 0;
    return isHeldBy(text, nearest, lopsided, Double.toString(nearest));
  }

  /**
   * The same for a float; a FLOAT4 that was widened and printed as a double ({@code
   * 1.100000023841858}) fits too.
   */
  public static boolean fitsFloat(String text) {
    float nearest = Float.parseFloat(text);
    boolean lopsided = (Float.floatToRawIntBits(nearest) & 0x7fffff) == 0;
    return isHeldBy(text, nearest, lopsided, Float.toString(nearest));
  }

  /**
   * @param lopsided whether it is a power of two, which has its lower neighbour nearer than its
   *     upper: its shortest text is then not always the nearest of that length
   * @param java what Java prints, for records that came as Java numbers: before version 19 not
   *     always the shortest text, nor correctly rounded (JDK-4511638)
   */
  private static boolean isHeldBy(String text, double nearest, boolean lopsided, String java) {
    if (Double.isInfinite(nearest)) {
      return false;
    }
    Optional<BigDecimal> read = exact(text);
    if (read.isEmpty()) {
      return false;
    }
    BigDecimal number = withoutIdleZeros(read.get());
    BigDecimal error = new BigDecimal(nearest).subtract(number).abs();
    if (error.signum() == 0 || new BigDecimal(java).compareTo(number) == 0) {
      return true;
    }
    // 17 digits name any double; more are digits that the wire meant, and must all be there
    if (number.precision() > 17 || nearest == 0) {
      return false;
    }
    BigDecimal lastDigit = number.ulp();
    return lopsided ? error.compareTo(lastDigit) < 0 : error.add(error).compareTo(lastDigit) <= 0;
  }

  /**
   * Drops zeros at the end of a fraction. Those before the point stay: CockroachDB writes a FLOAT
   * that ends in such zeros with an exponent, so {@code 90071992547409950} is a whole number that
   * means all of its digits.
   */
  private static BigDecimal withoutIdleZeros(BigDecimal number) {
    if (number.scale() <= 0) {
      return number;
    }
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
