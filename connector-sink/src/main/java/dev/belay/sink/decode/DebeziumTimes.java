package dev.belay.sink.decode;

import dev.belay.sink.change.Datum;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Dates and times that are counts, by the name that their schema gives them.
 *
 * <p>PostgreSQL's infinities come as stand-ins: the largest and the smallest number of
 * microseconds, pgjdbc's own for milliseconds, and days beyond those that a date can have.
 */
final class DebeziumTimes {
  /** pgjdbc's PGStatement.DATE_POSITIVE_INFINITY and its opposite, milliseconds. */
  private static final long FUTURE_MILLIS = 9_223_372_036_825_200_000L;

  private static final long PAST_MILLIS = -9_223_372_036_832_400_000L;

  /**
   * Days that stand for infinite dates, as seen of 3.7.0.Final: of a snapshot, then of the log. No
   * database that Debezium reads has a date there.
   */
  private static final Set<Long> FUTURE_DAYS = Set.of(-622_191_234L, 2_146_033_979L);

  private static final Set<Long> PAST_DAYS = Set.of(-625_821_272L, -2_147_472_691L);

  private DebeziumTimes() {}

  /** Whether {@link #read} knows what a count of that name is. */
  static boolean knows(String name) {
    return switch (name) {
      case "io.debezium.time.Date",
          "org.apache.kafka.connect.data.Date",
          "io.debezium.time.Time",
          "org.apache.kafka.connect.data.Time",
          "io.debezium.time.MicroTime",
          "io.debezium.time.NanoTime",
          "io.debezium.time.Timestamp",
          "org.apache.kafka.connect.data.Timestamp",
          "io.debezium.time.MicroTimestamp",
          "io.debezium.time.NanoTimestamp" ->
          true;
      default -> false;
    };
  }

  /**
   * A count as CockroachDB spells what it means.
   *
   * @param name for which {@link #knows} holds
   * @throws UnreadableException if no calendar has it
   */
  static Datum read(String name, long count) throws UnreadableException {
    try {
      return new Datum.Text(text(name, count));
    } catch (UnreadableException outOfRange) {
      throw new UnreadableException(
          "A value of type "
              + name
              + " is out of its range. Correct the row at the source, or leave its column out.");
    }
  }

  private static String text(String name, long count) throws UnreadableException {
    return switch (name) {
      case "io.debezium.time.Date", "org.apache.kafka.connect.data.Date" -> date(count);
      case "io.debezium.time.Time", "org.apache.kafka.connect.data.Time" -> time(count, 1_000_000);
      case "io.debezium.time.MicroTime" -> time(count, 1_000);
      case "io.debezium.time.NanoTime" -> time(count, 1);
      case "io.debezium.time.Timestamp", "org.apache.kafka.connect.data.Timestamp" ->
          timestamp(count, 1_000);
      case "io.debezium.time.MicroTimestamp" -> timestamp(count, 1_000_000);
      default -> timestamp(count, 1_000_000_000);
    };
  }

  private static String date(long days) throws UnreadableException {
    if (FUTURE_DAYS.contains(days)) {
      return "infinity";
    }
    if (PAST_DAYS.contains(days)) {
      return "-infinity";
    }
    return WireTimes.date(days);
  }

  private static String time(long count, long nanos) throws UnreadableException {
    try {
      return WireTimes.timeOfNanos(Math.multiplyExact(count, nanos));
    } catch (ArithmeticException e) {
      return WireTimes.timeOfNanos(-1);
    }
  }

  private static String timestamp(long count, long perSecond) throws UnreadableException {
    if (count == Long.MAX_VALUE || isInfinity(count, FUTURE_MILLIS, perSecond)) {
      return "infinity";
    }
    if (count == Long.MIN_VALUE || isInfinity(count, PAST_MILLIS, perSecond)) {
      return "-infinity";
    }
    return WireTimes.timestamp(
        Math.floorDiv(count, perSecond),
        Math.floorMod(count, perSecond) * (1_000_000_000 / perSecond));
  }

  /** Milliseconds are handed on as they are, whatever the unit is, or are made smaller to it. */
  private static boolean isInfinity(long count, long millis, long perSecond) {
    return count == millis || (perSecond == 1_000 && count == millis / 1_000);
  }

  /** The whole number that a JSON number is. */
  static OptionalLong whole(Datum count) {
    if (!(count instanceof Datum.Number number)) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(number.text()));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
