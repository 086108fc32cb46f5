package dev.belay.testkit.standin.feed;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * States in which jobs stay until they are let go, so that a test can see what passes by otherwise.
 * Any thread.
 */
final class JobHolds {

  private final Set<JobState> held = EnumSet.noneOf(JobState.class);

  synchronized void hold(JobState state) {
    held.add(state);
  }

  synchronized void release(JobState state) {
    held.remove(state);
    notifyAll();
  }

  /** Makes those who wait look at what they were told. */
  synchronized void wake() {
    notifyAll();
  }

  /**
   * Returns when jobs need not stay in a state, or there is a reason to go on nevertheless.
   *
   * @param otherReason asked again after each {@link #wake}
   */
  synchronized void await(JobState state, BooleanSupplier otherReason) throws InterruptedException {
    while (held.contains(state) && !otherReason.getAsBoolean()) {
      wait();
    }
  }
}
