package dev.belay.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/** How long things took, in order of length. */
final class Percentiles {

  private final long[] sortedNanos;

  /**
   * @param nanos in any order, at least one
   */
  Percentiles(long[] nanos) {
    sortedNanos = nanos.clone();
    Arrays.sort(sortedNanos);
  }

  /**
   * The time that this share did not exceed.
   *
   * @param share above 0, up to 1
   */
  Duration at(double share) {
    int rank = (int) Math.ceil(share * sortedNanos.length);
    return Duration.ofNanos(sortedNanos[Math.max(1, rank) - 1]);
  }

  int count() {
    return sortedNanos.length;
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "p50 %d ms, p99 %d ms, p99.9 %d ms, longest %d ms",
        at(0.5).toMillis(),
        at(0.99).toMillis(),
        at(0.999).toMillis(),
        at(1).toMillis());
  }
}
