package dev.belay.source.cluster;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A release of CockroachDB, as {@code v24.3}: what it can do is a matter of these two numbers. */
public record ServerVersion(int year, int release) implements Comparable<ServerVersion> {
  private static final Pattern TEXT = Pattern.compile("v(\\d+)\\.(\\d+)\\.\\d+");

  /**
   * Reads what {@code version()} says.
   *
   * @return empty if no version is in it
   */
  public static Optional<ServerVersion> in(String text) {
    Matcher parts = TEXT.matcher(text);
    return parts.find()
        ? Optional.of(
            new ServerVersion(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2))))
        : Optional.empty();
  }

  public boolean isBefore(ServerVersion other) {
    return compareTo(other) < 0;
  }

  @Override
  public int compareTo(ServerVersion other) {
    return year != other.year
        ? Integer.compare(year, other.year)
        : Integer.compare(release, other.release);
  }

  @Override
  public String toString() {
    return "v" + year + "." + release;
  }
}
