package dev.belay.source.plan;

import java.time.Duration;

/** Pauses between tries that fail: doubled each time, up to the longest. */
public record Backoff(Duration first, Duration longest) {
  private static final int MOST_DOUBLINGS = 30;

  /**
   * Before the next try.
   *
   * @param failures in a row so far; none asks for no pause
   */
  public Duration pause(int failures) {
    if (failures == 0) {
      return Duration.ZERO;
    }
    Duration doubled = first.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    return doubled.compareTo(longest) < 0 ? doubled : longest;
  }
}
