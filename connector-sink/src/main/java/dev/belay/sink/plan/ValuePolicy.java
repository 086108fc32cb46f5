package dev.belay.sink.plan;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.shape.ColumnShape;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What becomes of values that a column does not take as they are: by itself each rejects its
 * record. A column that takes the value gets it, whatever the policy; a key is never changed.
 *
 * @param notFinite for NaN and infinities
 * @param instead the number written in their place, for {@link NotFinite#GIVEN}; else empty
 * @param cutFractions whether digits beyond the column's precision are cut off
 */
public record ValuePolicy(NotFinite notFinite, Optional<String> instead, boolean cutFractions) {

  /** What is written for NaN and infinities. */
  public enum NotFinite {
    FAIL,
    NULL,
    GIVEN
  }

  /** Nothing is changed. */
  public static final ValuePolicy EXACT = new ValuePolicy(NotFinite.FAIL, Optional.empty(), false);

  /** As CockroachDB writes them, numbers and dates. */
  private static final Set<String> SPECIAL = Set.of("nan", "infinity", "-infinity", "inf", "-inf");

  /** Kinds of columns: a text that happens to look like one of their values is none of them. */
  private static final Set<String> NUMBERS = Set.of("decimal", "integer", "float");

  private static final Set<String> TIMES = Set.of("timestamp", "time");

  static final String ARRAY = "array";

  /** What besides numbers can be infinite. */
  private static final Set<String> CALENDAR = Set.of("timestamp", "date");

  /** A number so far from its point is no fraction that anybody means. */
  private static final int FARTHEST = 1_000;

  /** A time of day, the digits of its fraction, and what follows. */
  private static final Pattern TIME =
      Pattern.compile("(.*\\d{2}:\\d{2}:\\d{2})\\.(\\d+)(\\D.*)?", Pattern.DOTALL);

  /**
   * What is bound for a value that the column has refused; null for NULL.
   *
   * @param unfit why it was refused
   * @throws UnfitValueException if the policy does not help: the same, or what is wrong with the
   *     value that is to stand in
   */
  String encode(ColumnShape column, Datum datum, UnfitValueException unfit)
      throws UnfitValueException {
    if (column.kind().equals(ARRAY) && !equals(EXACT)) {
      // the same for each element, which is a value like any other
      return column.codec().encode(datum, this::element);
    }
    boolean mayBeInfinite = NUMBERS.contains(column.kind()) || CALENDAR.contains(column.kind());
    if (mayBeInfinite && SPECIAL.contains(datum.text().toLowerCase(Locale.ROOT))) {
      return stand(column, unfit);
    }
    Optional<String> cut = cutFractions ? cut(column, datum) : Optional.empty();
    if (cut.isPresent()) {
      return cut.get();
    }
    throw unfit;
  }

  private String element(ColumnShape element, Datum datum) throws UnfitValueException {
    try {
      return element.codec().encode(datum);
    } catch (UnfitValueException unfit) {
      return encode(element, datum, unfit);
    }
  }

  private String stand(ColumnShape column, UnfitValueException unfit) throws UnfitValueException {
    if (notFinite == NotFinite.NULL && column.nullable()) {
      return null;
    }
    if (notFinite == NotFinite.NULL) {
      throw new UnfitValueException(
          unfit.getMessage()
              + ", and values.not.finite=null does not help: the column is NOT NULL");
    }
    if (notFinite == NotFinite.GIVEN) {
      try {
        return column.codec().encode(new Datum.Number(instead.orElseThrow()));
      } catch (UnfitValueException e) {
        throw new UnfitValueException(
            unfit.getMessage()
                + ", and the number of values.not.finite does not fit either: "
                + e.getMessage());
      }
    }
    throw unfit;
  }

  /** The value with as many digits of its fraction as the column takes. */
  private static Optional<String> cut(ColumnShape column, Datum datum) {
    if (datum instanceof Datum.Number number && NUMBERS.contains(column.kind())) {
      return cutNumber(column, number);
    }
    return datum instanceof Datum.Text text && TIMES.contains(column.kind())
        ? cutTime(column, text)
        : Optional.empty();
  }

  private static Optional<String> cutNumber(ColumnShape column, Datum.Number number) {
    BigDecimal exact;
    try {
      exact = new BigDecimal(number.text());
    } catch (NumberFormatException noNumber) {
      return Optional.empty();
    }
    if (exact.scale() <= 0 || exact.scale() > FARTHEST || exact.precision() > FARTHEST) {
      return Optional.empty();
    }
    for (int digits = exact.scale(); digits >= 0; digits--) {
      // towards zero: digits go, and none of the others changes
      BigDecimal shorter = exact.setScale(digits, RoundingMode.DOWN);
      Optional<String> fits = fits(column, new Datum.Number(shorter.toPlainString()));
      if (fits.isPresent()) {
        return fits;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> cutTime(ColumnShape column, Datum.Text text) {
    Matcher time = TIME.matcher(text.text());
    if (!time.matches()) {
      return Optional.empty();
    }
    String rest = time.group(3) == null ? "" : time.group(3);
    for (int digits = Math.min(time.group(2).length(), FARTHEST) - 1; digits >= 0; digits--) {
      String fraction = digits == 0 ? "" : "." + time.group(2).substring(0, digits);
      Optional<String> fits = fits(column, new Datum.Text(time.group(1) + fraction + rest));
      if (fits.isPresent()) {
        return fits;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> fits(ColumnShape column, Datum datum) {
    try {
      return Optional.of(column.codec().encode(datum));
    } catch (UnfitValueException shorterStill) {
      return Optional.empty();
    }
  }
}
