package dev.belay.sink;

import dev.belay.sink.apply.ConnectionSource;
import java.time.Instant;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * What a task finds around it and tests change: the way to the target, and the clocks.
 *
 * @param network given what opens connections, returns what the task is to use
 * @param wallNanos the wall clock, in nanoseconds since the epoch
 * @param nanoTime the clock that never goes back
 */
record Surroundings(
    UnaryOperator<ConnectionSource> network, LongSupplier wallNanos, LongSupplier nanoTime) {

  static final Surroundings REAL =
      new Surroundings(UnaryOperator.identity(), Surroundings::now, System::nanoTime);

  private static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}
