package dev.belay.sink;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.config.DeliveryMode;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides whether rows are applied ahead of the frontier, or wait for it. */
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  private final DeliveryMode mode;
  private final Duration bestEffortWindow;
  private final LongSupplier wallNanos;
  private boolean behind;
  private boolean oversize;

  /**
   * @param wallNanos the wall clock, in nanoseconds since the epoch
   */
  Delivery(DeliveryMode mode, Duration bestEffortWindow, LongSupplier wallNanos) {
    this.mode = mode;
    this.bestEffortWindow = bestEffortWindow;
    this.wallNanos = wallNanos;
  }

  /**
   * @param full whether the buffer is full, so that waiting longer is no choice
   */
  boolean aheadOfFrontier(HlcTimestamp frontier, boolean full) {
    if (full != oversize) {
      oversize = full;
      if (full && mode != DeliveryMode.IMMEDIATE) {
        LOG.warn(
            "The window is larger than the buffer: it is applied in pieces, and the target"
                + " is no snapshot until the frontier has passed it");
      }
    }
    return isAhead(frontier);
  }

  /** The same while the buffer is as full as it was when that was last said. */
  boolean isAhead(HlcTimestamp frontier) {
    if (mode == DeliveryMode.BEST_EFFORT) {
      measure(frontier);
    }
    return now() == DeliveryMode.IMMEDIATE;
  }

  private void measure(HlcTimestamp frontier) {
    long lag = frontier.isKnown() ? wallNanos.getAsLong() - frontier.wallNanos() : Long.MAX_VALUE;
    boolean wasBehind = behind;
    if (lag > bestEffortWindow.toNanos()) {
      behind = true;
    } else if (lag < bestEffortWindow.toNanos() / 4) {
      behind = false;
    }
    if (behind != wasBehind) {
      LOG.info(
          behind
              ? "Lag is above best.effort.window.ms: rows are applied as they arrive"
              : "Caught up: windows are applied whole again");
    }
  }

  /** Whether windows are to be whole, always. */
  boolean isConsistent() {
    return mode == DeliveryMode.CONSISTENT;
  }

  /** What it does at present. */
  DeliveryMode now() {
    if (oversize) {
      return DeliveryMode.IMMEDIATE;
    }
    if (mode == DeliveryMode.BEST_EFFORT) {
      return behind ? DeliveryMode.IMMEDIATE : DeliveryMode.CONSISTENT;
    }
    return mode;
  }
}
