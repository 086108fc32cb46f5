package dev.belay.source.sinkless;

import java.time.Duration;

/**
 * When to try again: at once the first time, then after pauses that double. Times are those of a
 * clock that only goes forward. The task's thread only.
 */
final class Retry {
  private final Duration first;
  private final Duration longest;
  private final int most;
  private int failures;
  private long next = Long.MIN_VALUE;

  /**
   * @param most tries in a row of what is refused
   */
  Retry(Duration first, Duration longest, int most) {
    this.first = first;
    this.longest = longest;
    this.most = most;
  }

  boolean isDue(long nanos) {
    return failures == 0 || nanos - next >= 0;
  }

  /** It failed once more. */
  void failed(long nanos) {
    long pause = first.toNanos() << Math.min(failures, 20);
    failures++;
    next = nanos + Math.min(pause, longest.toNanos());
  }

  /** It works. */
  void reset() {
    failures = 0;
  }

  int failures() {
    return failures;
  }

  /** Whether what is refused was tried often enough. */
  boolean isExhausted() {
    return failures > most;
  }
}
