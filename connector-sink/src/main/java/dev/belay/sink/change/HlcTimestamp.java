package dev.belay.sink.change;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A CockroachDB hybrid logical clock reading: wall time and a logical counter that orders readings
 * of one nanosecond. On the wire it is text, {@code "1701102296662969433.0000000000"}: nanoseconds
 * since the epoch, a dot, ten digits. It is never read as a double, which holds only 17 of the 29
 * digits.
 *
 * <p>Versions that come from another database's log are such pairs too: a place in the log that
 * grows with each transaction, and one inside the transaction. They compare alike and are no times.
 *
 * @param wallNanos nanoseconds since the Unix epoch; or a place in a log
 * @param logical the counter, 0 to 2147483647; or a place in a transaction, 0 and up
 */
public record HlcTimestamp(long wallNanos, long logical) implements Comparable<HlcTimestamp> {

  /** Older than every reading; stands for "the feed did not say" and for "nothing yet". */
  public static final HlcTimestamp NONE = new HlcTimestamp(Long.MIN_VALUE, 0);

  /** The place of rows that were read before a source's log began to be, older than all of it. */
  public static final long OF_A_SNAPSHOT = 0;

  private static final int WALL_DIGITS = 19;
  private static final int LOGICAL_DIGITS = 10;

  /**
   * Reads the text form. The dot and the logical part may be missing (a whole number of
   * nanoseconds, as a changefeed cursor may be given). The text is a decimal to CockroachDB, so
   * that digits missing at its end are zeros: {@code 1.1} is a logical part of 1000000000, and
   * {@code 1.5} is none, being out of range.
   *
   * @return empty if the text is not a reading
   */
  public static Optional<HlcTimestamp> parse(String text) {
    // What is not Latin-1 becomes a question mark, which is no digit either.
    byte[] ascii = text.getBytes(StandardCharsets.ISO_8859_1);
    return Optional.of(read(ascii, 0, ascii.length)).filter(HlcTimestamp::isKnown);
  }

  /**
   * Reads the text form as {@link #parse} does, from the bytes of a message.
   *
   * @param to behind the last byte
   * @return {@link #NONE} if the text is not a reading
   */
  public static HlcTimestamp read(byte[] text, int from, int to) {
    int dot = from;
    while (dot < to && text[dot] != '.') {
      dot++;
    }
    long wall = digits(text, from, dot, WALL_DIGITS);
    long logical = dot == to ? 0 : digits(text, dot + 1, to, LOGICAL_DIGITS);
    int missing = dot == to ? 0 : dot + 1 + LOGICAL_DIGITS - to;
    for (; missing > 0; missing--) {
      logical *= 10;
    }
    return wall < 0 || logical < 0 || logical > Integer.MAX_VALUE
        ? NONE
        : new HlcTimestamp(wall, logical);
  }

  /**
   * Reads what {@link #toString()} wrote: the text form of CockroachDB, or a place in a log, whose
   * second part may be longer.
   *
   * @return empty if it is neither
   */
  public static Optional<HlcTimestamp> parseOwn(String text) {
    int dot = text.indexOf('.');
    if (dot < 0 || text.length() - dot - 1 < LOGICAL_DIGITS) {
      return parse(text);
    }
    byte[] ascii = text.getBytes(StandardCharsets.ISO_8859_1);
    long wall = digits(ascii, 0, dot, WALL_DIGITS);
    long logical = digits(ascii, dot + 1, ascii.length, WALL_DIGITS);
    return wall < 0 || logical < 0
        ? Optional.empty()
        : Optional.of(new HlcTimestamp(wall, logical));
  }

  /** The number between two positions, or -1 if it is none or too long. */
  private static long digits(byte[] text, int from, int to, int longest) {
    if (from == to || to - from > longest) {
      return -1;
    }
    long number = 0;
    for (int i = from; i < to; i++) {
      int digit = text[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    // Nineteen digits can pass 2^63, but not 2^64: the sign tells.
    return number < 0 ? -1 : number;
  }

  /** Whether this is a real reading and not {@link #NONE}. */
  public boolean isKnown() {
    return wallNanos != Long.MIN_VALUE;
  }

  public boolean isAfter(HlcTimestamp other) {
    return compareTo(other) > 0;
  }

  /** The latest reading that is before this one, which must be known. */
  public HlcTimestamp previous() {
    return logical > 0
        ? new HlcTimestamp(wallNanos, logical - 1)
        : new HlcTimestamp(wallNanos - 1, Integer.MAX_VALUE);
  }

  public static HlcTimestamp max(HlcTimestamp a, HlcTimestamp b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  public static HlcTimestamp min(HlcTimestamp a, HlcTimestamp b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  @Override
  public int compareTo(HlcTimestamp other) {
    return wallNanos != other.wallNanos
        ? Long.compare(wallNanos, other.wallNanos)
        : Long.compare(logical, other.logical);
  }

  /** The wire form, or {@code none}. */
  @Override
  public String toString() {
    if (!isKnown()) {
      return "none";
    }
    String digits = Long.toString(logical);
    return wallNanos + "." + "0".repeat(Math.max(0, LOGICAL_DIGITS - digits.length())) + digits;
  }
}
