package dev.belay.source.sinkless;

import dev.belay.source.plan.Backoff;

/**
 * When to try again: at once the first time, then after pauses that double. Times are those of a
 * clock that only goes forward. The task's thread only.
 */
final class Retry {
  private final Backoff backoff;
  private final int most;
  private int failures;
  private int refusals;
  private long next = Long.MIN_VALUE;

  /**
   * @param most tries of what is refused, until it works once
   */
  Retry(Backoff backoff, int most) {
    this.backoff = backoff;
    this.most = most;
  }

  boolean isDue(long nanos) {
    return failures == 0 || nanos - next >= 0;
  }

  /** It failed once more. */
  void failed(long nanos) {
    failures++;
    next = nanos + backoff.pause(failures).toNanos();
  }

  /** And what failed was refused. Who is away or busy says nothing of the next answer. */
  void refused() {
    refusals++;
  }

  /** It works. */
  void reset() {
    failures = 0;
    refusals = 0;
  }

  /** Whether what is refused was tried often enough. */
  boolean isExhausted() {
    return refusals > most;
  }
}
