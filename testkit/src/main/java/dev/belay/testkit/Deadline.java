package dev.belay.testkit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A point in time until which something must have happened. Immutable, measured by the monotonic
 * clock.
 */
public final class Deadline {

  private static final long POLL_MILLIS = 20;

  private final long endNanos;
  private final Duration length;

  private Deadline(Duration length) {
    this.length = length;
    this.endNanos = System.nanoTime() + length.toNanos();
  }

  /** The deadline that passes this long from now. */
  public static Deadline in(Duration length) {
    return new Deadline(length);
  }

  /** Whether the time is over. */
  public boolean hasPassed() {
    return System.nanoTime() - endNanos >= 0;
  }

  /** Time left, zero when the deadline has passed. */
  public Duration left() {
    return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
  }

  /**
   * Asks again and again until the condition holds; asks at least once.
   *
   * @param what names the condition in the error, as in "broker is up"
   * @throws IllegalStateException if the deadline passes or the thread is interrupted first (its
   *     flag is set again)
   */
  public void await(String what, BooleanSupplier condition) {
    await(() -> what, condition);
  }

  /**
   * As {@link #await(String, BooleanSupplier)}, with a text that is made when the wait has failed.
   */
  public void await(Supplier<String> what, BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      if (hasPassed()) {
        throw new IllegalStateException("Not within " + length.toMillis() + " ms: " + what.get());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while waiting: " + what.get(), e);
      }
    }
  }
}
