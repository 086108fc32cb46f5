package dev.belay.testkit.standin.row;

import java.time.Clock;
import java.time.Instant;

/**
 * Gives strictly increasing readings near the wall clock. May be used from any thread.
 *
 * <p>Invariant StrictlyIncreasing: no reading is given twice, and none after a greater one, even if
 * the wall clock steps back.
 */
public final class HybridClock {

  private final Clock wall;
  private Hlc last = new Hlc(0, 0);

  public HybridClock(Clock wall) {
    this.wall = wall;
  }

  /** A reading for this moment. */
  public Hlc now() {
    return stamp(wallNanos());
  }

  /**
   * A reading for something that happened at a wall time, or right after the last reading if that
   * is later.
   *
   * @param wallNanos nanoseconds since the Unix epoch
   */
  public synchronized Hlc stamp(long wallNanos) {
    last = wallNanos > last.wallNanos() ? new Hlc(wallNanos, 0) : last.next();
    return last;
  }

  /** Wall time, nanoseconds since the Unix epoch; says nothing about readings given. */
  public long wallNanos() {
    Instant now = wall.instant();
    return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
  }
}
