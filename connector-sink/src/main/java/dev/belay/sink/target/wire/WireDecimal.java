package dev.belay.sink.target.wire;

import dev.belay.sink.failure.UnfitValueException;
import java.math.BigDecimal;

/** Whether a number keeps all of its digits in a column with precision and scale. */
public final class WireDecimal {

  /** Longer texts are rare, and looked at more closely. */
  private static final int SHORT = 40;

  private WireDecimal() {}

  /**
   * Whether a text is short, digits with at most one point among them, and no more than there is
   * room for.
   *
   * @param precision most digits, 0 for no limit
   * @param scale digits behind the point
   */
  public static boolean isPlainAndFits(String text, int precision, int scale) {
    int first = text.startsWith("-") ? 1 : 0;
    int point = text.indexOf('.', first);
    int whole = (point < 0 ? text.length() : point) - first;
    int decimals = point < 0 ? 0 : text.length() - point - 1;
    if (text.length() > SHORT || whole == 0 || decimals == 0 && point >= 0) {
      return false;
    }
    for (int i = first; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && i != point) {
        return false;
      }
    }
    return precision == 0 || (decimals <= scale && whole <= precision - scale);
  }

  /** Refuses a number with more digits than there is room for; zeros at its end do not count. */
  public static void requireFit(BigDecimal number, String type, int precision, int scale)
      throws UnfitValueException {
    BigDecimal stripped = number.stripTrailingZeros();
    if (stripped.signum() == 0) {
      return;
    }
    int whole = stripped.precision() - stripped.scale();
    if (stripped.scale() > scale) {
      throw Unfit.of("A number with " + stripped.scale() + " decimals", type);
    }
    if (whole > precision - scale) {
      throw Unfit.of(
          whole > 0
              ? "A number with " + whole + " digits before the point"
              : "A number without enough zeros behind the point",
          type);
    }
  }
}
