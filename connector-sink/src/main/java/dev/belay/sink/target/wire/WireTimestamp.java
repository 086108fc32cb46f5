package dev.belay.sink.target.wire;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Optional;
import java.util.Set;

/**
 * A DATE, TIMESTAMP or TIMESTAMPTZ of the wire. Years are astronomical, as in {@link
 * LocalDateTime}: 0 is 1 BC, -43 is 44 BC.
 */
public sealed interface WireTimestamp {

  /** Before or after all others. */
  enum Infinite implements WireTimestamp {
    PAST,
    FUTURE
  }

  /**
   * A point on the calendar.
   *
   * @param at the calendar reading; in UTC if it is zoned, whatever zone the text was in
   * @param zoned whether the text said which zone it is in
   * @param dateOnly whether the text had no time of day, which is then midnight
   */
  record Finite(LocalDateTime at, boolean zoned, boolean dateOnly) implements WireTimestamp {}

  /**
   * CockroachDB writes an infinite TIMESTAMP as a day that its own TIMESTAMP cannot reach; builds
   * before 24.3 clamped it to the last and first day that it can.
   */
  Set<String> FUTURE_SENTINELS =
      Set.of("294277-01-01T23:59:59.999999", "294276-12-31T23:59:59.999999");

  Set<String> PAST_SENTINELS = Set.of("-4714-11-23T00:00:00", "-4713-11-24T00:00:00");

  /**
   * Reads {@code 2014-05-28}, {@code 0044-03-15 BC}, {@code 2014-05-28T12:22:35.614298}, the same
   * with {@code Z} or an offset, with a space for the {@code T}, {@code -0043-03-15T12:00:00},
   * {@code 12345-01-01T00:00:00}, {@code infinity}, and the sentinels.
   *
   * @return empty if the text is none of these or no day of the calendar
   */
  static Optional<WireTimestamp> parse(String text) {
    if (text.equals("infinity")) {
      return Optional.of(Infinite.FUTURE);
    }
    if (text.equals("-infinity")) {
      return Optional.of(Infinite.PAST);
    }
    // how the sentinels begin: others are spared two hashes
    if (text.startsWith("29427") || text.startsWith("-471")) {
      String bare = text.endsWith("Z") ? text.substring(0, text.length() - 1) : text;
      if (FUTURE_SENTINELS.contains(bare)) {
        return Optional.of(Infinite.FUTURE);
      }
      if (PAST_SENTINELS.contains(bare)) {
        return Optional.of(Infinite.PAST);
      }
    }
    return finite(new Cursor(text));
  }

  private static Optional<WireTimestamp> finite(Cursor cursor) {
    boolean negative = cursor.take('-');
    int year = cursor.digits(4, 7);
    cursor.expect('-');
    int month = cursor.digits(2, 2);
    cursor.expect('-');
    int day = cursor.digits(2, 2);
    boolean dateOnly = true;
    boolean zoned = false;
    long nanos = 0;
    int offset = 0;
    boolean era = cursor.take(" BC");
    if (!era && (cursor.take('T') || cursor.take(' '))) {
      dateOnly = false;
      nanos = cursor.clock(2);
      if (cursor.take('Z')) {
        zoned = true;
      } else if (cursor.take('+')) {
        zoned = true;
        offset = cursor.offset(true);
      } else if (cursor.take('-')) {
        zoned = true;
        offset = cursor.offset(false);
      }
      era = cursor.take(" BC");
    }
    if (!cursor.isDone() || (era && (negative || year == 0))) {
      return Optional.empty();
    }
    int astronomical = era ? 1 - year : negative ? -year : year;
    try {
      LocalDateTime midnight = LocalDateTime.of(astronomical, month, day, 0, 0);
      LocalDateTime at =
          nanos == 0 ? midnight : midnight.toLocalDate().atTime(LocalTime.ofNanoOfDay(nanos));
      return Optional.of(new Finite(offset == 0 ? at : at.minusSeconds(offset), zoned, dateOnly));
    } catch (DateTimeException noSuchDay) {
      return Optional.empty();
    }
  }
}
