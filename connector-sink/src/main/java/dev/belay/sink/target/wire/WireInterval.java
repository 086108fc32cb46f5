package dev.belay.sink.target.wire;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An INTERVAL of the wire. The three parts do not convert into each other: months differ in days,
 * and days in hours.
 *
 * @param nanos of the part below a day; may be more than a day
 */
public record WireInterval(long months, long days, BigDecimal nanos) {

  private static final Pattern POSTGRES =
      Pattern.compile(
          "(?:([+-]?\\d{1,12}) years? ?)?(?:([+-]?\\d{1,12}) mons? ?)?(?:([+-]?\\d{1,18}) days? ?)?"
              + "(?:([+-]?)(\\d{1,18}):(\\d\\d):(\\d\\d(?:\\.\\d{1,18})?))?");

  private static final Pattern ISO_8601 =
      Pattern.compile(
          "P(?=.)(?:(-?\\d{1,12})Y)?(?:(-?\\d{1,12})M)?(?:(-?\\d{1,17})W)?(?:(-?\\d{1,18})D)?"
              + "(?:T(?=.)(?:(-?\\d{1,18})H)?(?:(-?\\d{1,18})M)?(?:(-?\\d{1,18}(?:\\.\\d{1,18})?)S)?)?");

  private static final BigDecimal SECOND = BigDecimal.valueOf(1_000_000_000L);
  private static final BigDecimal SIXTY = BigDecimal.valueOf(60);

  /**
   * Reads PostgreSQL's style ({@code 1 year 2 mons 3 days 04:05:06.5}, {@code -1 days +02:03:04})
   * and ISO 8601 ({@code P1Y2M3DT4H5M6.5S}, which Avro feeds use).
   *
   * @return empty if the text is neither
   */
  public static Optional<WireInterval> parse(String text) {
    Matcher iso = ISO_8601.matcher(text);
    if (iso.matches()) {
      return Optional.of(
          new WireInterval(
              12 * whole(iso.group(1)) + whole(iso.group(2)),
              7 * whole(iso.group(3)) + whole(iso.group(4)),
              nanos(number(iso.group(5)), number(iso.group(6)), number(iso.group(7)))));
    }
    Matcher parts = POSTGRES.matcher(text);
    if (text.isEmpty() || !parts.matches()) {
      return Optional.empty();
    }
    BigDecimal nanos =
        nanos(number(parts.group(5)), number(parts.group(6)), number(parts.group(7)));
    return Optional.of(
        new WireInterval(
            12 * whole(parts.group(1)) + whole(parts.group(2)),
            whole(parts.group(3)),
            "-".equals(parts.group(4)) ? nanos.negate() : nanos));
  }

  private static long whole(String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  private static BigDecimal number(String digits) {
    return digits == null ? BigDecimal.ZERO : new BigDecimal(digits);
  }

  private static BigDecimal nanos(BigDecimal hours, BigDecimal minutes, BigDecimal seconds) {
    return hours.multiply(SIXTY).add(minutes).multiply(SIXTY).add(seconds).multiply(SECOND);
  }
}
