package dev.belay.sink;

import dev.belay.sink.apply.ConnectionSource;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * Lets the harness, which lives in a package of its own, make a task in surroundings of its own.
 */
public final class TaskSeam {
  private TaskSeam() {}

  /** A task that opens connections through {@code network} and reads these clocks. */
  public static BelaySinkTask task(
      UnaryOperator<ConnectionSource> network, LongSupplier wallNanos, LongSupplier nanoTime) {
    return new BelaySinkTask(new Surroundings(network, wallNanos, nanoTime));
  }
}
