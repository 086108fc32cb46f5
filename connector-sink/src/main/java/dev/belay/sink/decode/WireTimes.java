package dev.belay.sink.decode;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Dates and times as CockroachDB's JSON spells them, from counts since some start. */
public final class WireTimes {
  private static final long MICROS = 1_000_000;
  private static final long NANOS = 1_000_000_000;

  private WireTimes() {}

  /**
   * @param days since 1970
   * @throws UnreadableException if no calendar has it
   */
  public static String date(long days) throws UnreadableException {
    try {
      LocalDate date = LocalDate.ofEpochDay(days);
      StringBuilder text = new StringBuilder(16);
      boolean isBefore = date.getYear() <= 0;
      padded(text, isBefore ? 1 - date.getYear() : date.getYear(), 4);
      monthAndDay(text, date);
      return isBefore ? text.append(" BC").toString() : text.toString();
    } catch (DateTimeException e) {
      throw outOfRange("date");
    }
  }

  /**
   * @param micros since midnight; a whole day is 24:00:00
   * @throws UnreadableException if no day has it
   */
  public static String time(long micros) throws UnreadableException {
    // more would not be a time either, and could leave the range of the product
    return timeOfNanos(Math.max(-1, Math.min(micros, 86_401 * MICROS)) * (NANOS / MICROS));
  }

  /**
   * @param nanos since midnight; a whole day is 24:00:00
   * @throws UnreadableException if no day has it
   */
  static String timeOfNanos(long nanos) throws UnreadableException {
    if (nanos < 0 || nanos > 86_400 * NANOS) {
      throw outOfRange("time of day");
    }
    StringBuilder text = new StringBuilder(16);
    clock(text, nanos / NANOS, nanos % NANOS);
    return text.toString();
  }

  /**
   * In UTC, without a zone; years before the first are astronomical.
   *
   * @param micros since 1970
   * @throws UnreadableException if no calendar has it
   */
  public static String timestamp(long micros) throws UnreadableException {
    return timestamp(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000);
  }

  /**
   * The same.
   *
   * @param seconds since 1970
   * @param nanos of a second, 0 to 999,999,999
   */
  static String timestamp(long seconds, long nanos) throws UnreadableException {
    try {
      LocalDateTime at = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
      StringBuilder text = new StringBuilder(32);
      if (at.getYear() < 0) {
        text.append('-');
      }
      padded(text, Math.abs(at.getYear()), 4);
      monthAndDay(text, at.toLocalDate());
      text.append('T');
      clock(text, at.toLocalTime().toSecondOfDay(), nanos);
      return text.toString();
    } catch (DateTimeException e) {
      throw outOfRange("timestamp");
    }
  }

  private static void monthAndDay(StringBuilder text, LocalDate date) {
    text.append('-');
    padded(text, date.getMonthValue(), 2);
    text.append('-');
    padded(text, date.getDayOfMonth(), 2);
  }

  private static void clock(StringBuilder text, long seconds, long nanos) {
    padded(text, seconds / 3_600, 2);
    text.append(':');
    padded(text, seconds / 60 % 60, 2);
    text.append(':');
    padded(text, seconds % 60, 2);
    if (nanos > 0) {
      text.append('.');
      padded(text, nanos, 9);
      while (text.charAt(text.length() - 1) == '0') {
        text.setLength(text.length() - 1);
      }
    }
  }

  private static void padded(StringBuilder text, long number, int digits) {
    String plain = Long.toString(number);
    text.append("0".repeat(Math.max(0, digits - plain.length()))).append(plain);
  }

  private static UnreadableException outOfRange(String what) {
    return new UnreadableException(
        "A "
            + what
            + " of the Avro message is out of every calendar's range. Either the record is damaged,"
            + " or feed.schema.registry.url is of another registry than the changefeed's.");
  }
}
