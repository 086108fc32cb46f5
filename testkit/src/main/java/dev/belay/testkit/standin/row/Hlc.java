package dev.belay.testkit.standin.row;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A hybrid logical clock reading as a changefeed writes it: {@code
 * "1701102296662969433.0000000000"}.
 *
 * @param wallNanos nanoseconds since the Unix epoch
 * @param logical orders readings of one nanosecond
 */
public record Hlc(long wallNanos, int logical) implements Comparable<Hlc> {

  private static final Pattern TEXT = Pattern.compile("(\\d{1,19})(?:\\.(\\d{1,10}))?");

  /** Reads the text form; the logical part may be missing. Empty if the text is no reading. */
  public static Optional<Hlc> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      // The digits after the point are of a fraction: 1.1 is 1.1000000000.
      String digits = matcher.group(2) == null ? "" : matcher.group(2);
      int logical = Integer.parseInt(digits + "0".repeat(10 - digits.length()));
      return Optional.of(new Hlc(Long.parseLong(matcher.group(1)), logical));
    } catch (NumberFormatException beyondTheRange) {
      return Optional.empty();
    }
  }

  /** The least reading after this one. */
  public Hlc next() {
    return new Hlc(wallNanos, logical + 1);
  }

  public boolean isBefore(Hlc other) {
    return compareTo(other) < 0;
  }

  public boolean isAfter(Hlc other) {
    return compareTo(other) > 0;
  }

  /** As CockroachDB's messages and job listings write it: {@code 1701102296.662969433,0}. */
  public String inSeconds() {
    return String.format(
        "%d.%09d,%d", wallNanos / 1_000_000_000L, wallNanos % 1_000_000_000L, logical);
  }

  /** As DECIMAL, the type of {@code cluster_logical_timestamp()}. */
  public BigDecimal toDecimal() {
    return new BigDecimal(toString());
  }

  @Override
  public int compareTo(Hlc other) {
    int byWall = Long.compare(wallNanos, other.wallNanos);
    return byWall != 0 ? byWall : Integer.compare(logical, other.logical);
  }

  @Override
  public String toString() {
    String digits = Integer.toString(logical);
    return wallNanos + "." + "0".repeat(10 - digits.length()) + digits;
  }
}
