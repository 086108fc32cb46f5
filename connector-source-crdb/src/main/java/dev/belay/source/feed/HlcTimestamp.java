package dev.belay.source.feed;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A CockroachDB hybrid logical clock reading: wall time and a logical counter that orders readings
 * of one nanosecond. Its text is {@code 1701102296662969433.0000000000}: nanoseconds since the
 * epoch, a dot, ten digits.
 *
 * @param wallNanos nanoseconds since the Unix epoch
 * @param logical the counter, 0 to 2147483647
 */
public record HlcTimestamp(long wallNanos, int logical) implements Comparable<HlcTimestamp> {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,19})(?:\\.(\\d{1,10}))?");
  private static final int LOGICAL_DIGITS = 10;

  /**
   * Reads the text form; to CockroachDB it is a decimal, so that digits missing at its end are
   * zeros.
   *
   * @return empty if the text is not a reading
   */
  public static Optional<HlcTimestamp> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String digits = parts.group(2) == null ? "" : parts.group(2);
    long logical = Long.parseLong(digits + "0".repeat(LOGICAL_DIGITS - digits.length()));
    try {
      long wall = Long.parseLong(parts.group(1));
      return logical > Integer.MAX_VALUE
          ? Optional.empty()
          : Optional.of(new HlcTimestamp(wall, (int) logical));
    } catch (NumberFormatException beyondLong) {
      return Optional.empty();
    }
  }

  /** Reads a DECIMAL column, such as {@code high_water_timestamp}. */
  public static Optional<HlcTimestamp> of(BigDecimal decimal) {
    return parse(decimal.toPlainString());
  }

  /** The latest reading that is before this one. */
  public HlcTimestamp previous() {
    return logical > 0
        ? new HlcTimestamp(wallNanos, logical - 1)
        : new HlcTimestamp(wallNanos - 1, Integer.MAX_VALUE);
  }

  public boolean isAfter(HlcTimestamp other) {
    return compareTo(other) > 0;
  }

  /** How long before the other reading this one is; negative if it is after. */
  public Duration until(HlcTimestamp other) {
    return Duration.ofNanos(other.wallNanos - wallNanos);
  }

  /** The wall time. */
  public Instant instant() {
    return Instant.EPOCH.plusNanos(wallNanos);
  }

  public static HlcTimestamp min(HlcTimestamp a, HlcTimestamp b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  @Override
  public int compareTo(HlcTimestamp other) {
    return wallNanos != other.wallNanos
        ? Long.compare(wallNanos, other.wallNanos)
        : Integer.compare(logical, other.logical);
  }

  @Override
  public String toString() {
    String digits = Integer.toString(logical);
    return wallNanos + "." + "0".repeat(LOGICAL_DIGITS - digits.length()) + digits;
  }
}
