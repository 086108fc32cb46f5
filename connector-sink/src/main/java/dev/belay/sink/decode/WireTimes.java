package dev.belay.sink.decode;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Dates and times as CockroachDB's JSON spells them, from Avro's counts. */
public final class WireTimes {
  private static final long MICROS = 1_000_000;

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
    if (micros < 0 || micros > 86_400 * MICROS) {
      throw outOfRange("time of day");
    }
    StringBuilder text = new StringBuilder(16);
    clock(text, micros / MICROS, micros % MICROS);
    return text.toString();
  }

  /**
   * In UTC, without a zone; years before the first are astronomical.
   *
   * @param micros since 1970
   * @throws UnreadableException if no calendar has it
   */
  public static String timestamp(long micros) throws UnreadableException {
    try {
      LocalDateTime at =
          LocalDateTime.ofEpochSecond(Math.floorDiv(micros, MICROS), 0, ZoneOffset.UTC);
      StringBuilder text = new StringBuilder(32);
      if (at.getYear() < 0) {
        text.append('-');
      }
      padded(text, Math.abs(at.getYear()), 4);
      monthAndDay(text, at.toLocalDate());
      text.append('T');
      clock(text, at.toLocalTime().toSecondOfDay(), Math.floorMod(micros, MICROS));
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

  private static void clock(StringBuilder text, long seconds, long micros) {
    padded(text, seconds / 3_600, 2);
    text.append(':');
    padded(text, seconds / 60 % 60, 2);
    text.append(':');
    padded(text, seconds % 60, 2);
    if (micros > 0) {
      text.append('.');
      padded(text, micros, 6);
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
