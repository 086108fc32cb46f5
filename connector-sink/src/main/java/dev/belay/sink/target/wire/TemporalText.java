package dev.belay.sink.target.wire;

import java.time.LocalDate;
import java.time.LocalTime;

/** Calendar readings in the ISO style that databases read; the era is PostgreSQL's. */
public final class TemporalText {
  private TemporalText() {}

  /** {@code 0044-03-15} for 44 BC too: the era comes last, after the time of day. */
  public static void appendDate(StringBuilder text, LocalDate date) {
    int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
    if (year < 1000) {
      text.append("0".repeat(4 - Integer.toString(year).length()));
    }
    text.append(year).append('-');
    two(text, date.getMonthValue()).append('-');
    two(text, date.getDayOfMonth());
  }

  public static void appendEra(StringBuilder text, LocalDate date) {
    if (date.getYear() <= 0) {
      text.append(" BC");
    }
  }

  /** Up to and with 24:00:00; zeros at the end of the fraction are left out. */
  public static void appendTime(StringBuilder text, long nanosOfDay) {
    long seconds = nanosOfDay / 1_000_000_000L;
    two(text, (int) (seconds / 3600)).append(':');
    two(text, (int) (seconds / 60 % 60)).append(':');
    two(text, (int) (seconds % 60));
    appendFraction(text, (int) (nanosOfDay % 1_000_000_000L));
  }

  public static void appendTime(StringBuilder text, LocalTime time) {
    appendTime(text, time.toNanoOfDay());
  }

  public static void appendFraction(StringBuilder text, int nanos) {
    if (nanos == 0) {
      return;
    }
    String digits = Integer.toString(1_000_000_000 + nanos);
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    text.append('.').append(digits, 1, end);
  }

  public static StringBuilder two(StringBuilder text, int value) {
    return value < 10 ? text.append('0').append(value) : text.append(value);
  }

  /** Whether a fraction of a second needs no more decimals than the column has (0 to 6). */
  public static boolean fits(long nanos, int decimals) {
    long unit = 1_000_000_000L;
    for (int i = 0; i < decimals; i++) {
      unit /= 10;
    }
    return nanos % unit == 0;
  }
}
