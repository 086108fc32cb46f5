package dev.belay.sink;

import dev.belay.sink.change.HlcTimestamp;
import java.time.Duration;
import java.util.Collection;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices a feed that promises nothing any more: no partition had a new resolved time for long. A
 * connector that runs while nothing flows must say so. Partitions that stay behind others are told
 * by {@link Laggards}.
 */
final class Quiet {
  private static final Logger LOG = LoggerFactory.getLogger(Quiet.class);

  private final Duration limit;
  private final LongSupplier nanoTime;
  private final Supplier<String> reason;
  private HlcTimestamp newest = HlcTimestamp.NONE;
  private long since;
  private boolean told;

  /**
   * @param limit how long the newest resolved time may stand still
   * @param reason what that means in such a feed; empty where there is no resolved time to wait for
   */
  Quiet(Duration limit, LongSupplier nanoTime, Supplier<String> reason) {
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.reason = reason;
    this.since = nanoTime.getAsLong();
  }

  /** What is wrong, empty if nothing is. */
  String finding() {
    return told
        ? "no new resolved time for more than "
            + limit.toSeconds()
            + " s on any partition. "
            + reason.get()
        : "";
  }

  void look(Collection<PartitionState> claimed) {
    HlcTimestamp now =
        claimed.stream()
            .map(PartitionState::resolved)
            .reduce(HlcTimestamp::max)
            .orElse(HlcTimestamp.NONE);
    if (claimed.isEmpty() || !now.equals(newest)) {
      newest = now;
      since = nanoTime.getAsLong();
      if (told) {
        LOG.info("Resolved times move again");
      }
      told = false;
    } else if (!told && !reason.get().isEmpty() && nanoTime.getAsLong() - since > limit.toNanos()) {
      told = true;
      LOG.warn("The frontier cannot move: {}", finding());
    }
  }
}
