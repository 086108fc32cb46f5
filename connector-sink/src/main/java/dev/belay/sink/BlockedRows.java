package dev.belay.sink;

import dev.belay.sink.apply.OutageException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When the rows that wait for others are tried again. Looking for those that stand in the way
 * costs; most of the time is left for new rows.
 */
final class BlockedRows {

  /** A blocked row is tried again so often, beside whenever the frontier passes it. */
  static final Duration RETRY = Duration.ofMillis(250);

  /** After a try the blocked rows rest so many times as long as it took. */
  static final int REST = 4;

  @FunctionalInterface
  interface Try {
    void run() throws OutageException;
  }

  private final LongSupplier nanoTime;
  private long lastTry;
  private long pause = RETRY.toNanos();
  private boolean mayFit;

  BlockedRows(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  boolean areDueAgain() {
    return nanoTime.getAsLong() - lastTry > pause;
  }

  /** Whether rows were written since they were tried, which may be those that they wait for. */
  boolean mayFit() {
    return mayFit;
  }

  void tryWith(Try attempt) throws OutageException {
    long began = nanoTime.getAsLong();
    mayFit = false;
    attempt.run();
    lastTry = nanoTime.getAsLong();
    pause = Math.max(RETRY.toNanos(), REST * (lastTry - began));
  }

  /**
   * Learns from a window.
   *
   * @param wrote whether it wrote rows
   * @param leftSome whether rows of it wait: they were tried just now
   */
  void after(boolean wrote, boolean leftSome) {
    mayFit |= wrote;
    if (leftSome) {
      lastTry = nanoTime.getAsLong();
    }
  }
}
