package dev.belay.cli.verify;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Intervals as PostgreSQL and CockroachDB write them: {@code 1 year 2 mons -3 days 04:05:06.7}. */
final class Spans {
  private static final Pattern PART =
      Pattern.compile(
          "([-+]?\\d+) (years?|mons?|months?|days?)(?: |$)|([-+]?)(\\d+):(\\d\\d):(\\d\\d(?:\\.\\d+)?)$");

  private Spans() {}

  /**
   * Months, days and seconds, which are three things: a month is not thirty days.
   *
   * @throws DateTimeException if it is no such interval
   */
  static String of(String text) {
    long months = 0;
    long days = 0;
    BigDecimal seconds = BigDecimal.ZERO;
    Matcher part = PART.matcher(text);
    int read = 0;
    while (part.find()) {
      if (part.start() != read) {
        break;
      }
      read = part.end();
      if (part.group(1) == null) {
        BigDecimal time =
            new BigDecimal(part.group(4))
                .multiply(BigDecimal.valueOf(60))
                .add(new BigDecimal(part.group(5)))
                .multiply(BigDecimal.valueOf(60))
                .add(new BigDecimal(part.group(6)));
        seconds = part.group(3).equals("-") ? time.negate() : time;
      } else {
        long number = Long.parseLong(part.group(1));
        switch (part.group(2).toLowerCase(Locale.ROOT).charAt(0)) {
          case 'y' -> months += 12 * number;
          case 'm' -> months += number;
          default -> days += number;
        }
      }
    }
    if (read == 0 || read != text.length()) {
      throw new DateTimeException("no interval");
    }
    return months + "m" + days + "d" + seconds.stripTrailingZeros().toPlainString();
  }
}
