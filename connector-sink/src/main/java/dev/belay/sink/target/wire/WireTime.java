package dev.belay.sink.target.wire;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A TIME or TIMETZ of the wire.
 *
 * @param nanos nanoseconds since midnight, up to and with 24:00:00
 * @param offset seconds east of UTC, empty for a TIME
 */
public record WireTime(long nanos, OptionalInt offset) {
  private static final long DAY = 86_400_000_000_000L;

  /**
   * Reads {@code 03:04:05.1}, {@code 24:00:00}, {@code 03:04:05+00}, {@code -05:30}, {@code
   * +01:02:03}.
   *
   * @return empty if the text is none of these
   */
  public static Optional<WireTime> parse(String text) {
    Cursor cursor = new Cursor(text);
    long nanos = cursor.clock(2);
    OptionalInt offset = OptionalInt.empty();
    if (cursor.take('Z')) {
      offset = OptionalInt.of(0);
    } else if (cursor.take('+')) {
      offset = OptionalInt.of(cursor.offset(true));
    } else if (cursor.take('-')) {
      offset = OptionalInt.of(cursor.offset(false));
    }
    return cursor.isDone() && nanos <= DAY
        ? Optional.of(new WireTime(nanos, offset))
        : Optional.empty();
  }
}
