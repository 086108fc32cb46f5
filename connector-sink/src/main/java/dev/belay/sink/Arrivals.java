package dev.belay.sink;

import dev.belay.sink.apply.LargeWindow;
import dev.belay.sink.apply.OutageException;
import dev.belay.sink.apply.Outcome;
import dev.belay.sink.apply.Standing;
import dev.belay.sink.apply.WindowApplier;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.checkpoint.FenceException;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.metrics.SinkMetrics;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of windows, told by {@link Passage} and {@link Spilling}, and what follows for all
 * that the task knows. Remembers how far the last of them came.
 */
final class Arrivals implements Passage.Arrival, Spilling.Landing {
  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

  /** A zombie is rid of its partitions by then; whoever still has them has a rival. */
  static final Duration FENCE_GRACE = Duration.ofSeconds(60);

  private final Ownership ownership;
  private final WindowApplier applier;
  private final Spilling spilling;
  private final FlowControl flow;
  private final VersionMemory memory;
  private final BlockedRows blockedRows;
  private final SinkMetrics metrics;
  private final LongSupplier nanoTime;
  private HlcTimestamp lastFrontier = HlcTimestamp.NONE;
  private long lastSettled;
  private long fencedSince;

  Arrivals(
      Ownership ownership,
      WindowApplier applier,
      Spilling spilling,
      FlowControl flow,
      VersionMemory memory,
      BlockedRows blockedRows,
      SinkMetrics metrics,
      LongSupplier nanoTime) {
    this.ownership = ownership;
    this.applier = applier;
    this.spilling = spilling;
    this.flow = flow;
    this.memory = memory;
    this.blockedRows = blockedRows;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    this.lastSettled = nanoTime.getAsLong();
  }

  /**
   * When the checkpoint was last written, or found to be where it belongs, by the clock given. To
   * find that out means to look through all that is held.
   */
  long lastSettled() {
    return lastSettled;
  }

  /** The frontier up to which everything due was taken care of. */
  HlcTimestamp lastFrontier() {
    return lastFrontier;
  }

  /** Takes note that nothing was due up to a frontier. */
  void nothingDueAt(HlcTimestamp frontier) {
    lastFrontier = frontier;
  }

  /** Takes note that the checkpoint says that already. */
  void nothingToWriteAt(HlcTimestamp frontier) {
    lastSettled = nanoTime.getAsLong();
    lastFrontier = frontier;
  }

  /** Partitions came or went: everything is to be looked through for what is due. */
  void forgetFrontier() {
    lastFrontier = HlcTimestamp.NONE;
  }

  /**
   * Waits to be rid of partitions that another task has claimed.
   *
   * @throws StopException if that lasts
   */
  void awaitRevocation() {
    if (fencedSince == 0) {
      fencedSince = nanoTime.getAsLong();
    }
    if (nanoTime.getAsLong() - fencedSince > FENCE_GRACE.toNanos()) {
      throw new StopException(
          "Another task claimed this task's partitions in the target more than "
              + FENCE_GRACE.toSeconds()
              + " s ago, and Connect still assigns them here. A connector of the same name, perhaps"
              + " in another Connect cluster, writes to this target. Stop one of them, or give it"
              + " another name.");
    }
  }

  @Override
  public void written(Window window, LargeWindow.Written written, long since) {
    lastSettled = nanoTime.getAsLong();
    lastFrontier = window.frontier();
    window.committed(Outcome.NOTHING);
    memory.forgetResolved(ownership.claimed().values());
    metrics.committed(
        written.rows(), written.folded(), written.replays(), Duration.ofNanos(lastSettled - since));
  }

  @Override
  public void failed(Window window, FenceException cause) throws OutageException {
    if (applier.standing(window.last()) == Standing.FENCED) {
      fenced();
    } else {
      startOver("The checkpoint rows are not as this task left them; going on from what they say");
    }
  }

  @Override
  public void committed(Window window, Outcome outcome, Duration took) {
    lastSettled = nanoTime.getAsLong();
    lastFrontier = window.frontier();
    if (window.isAhead() || window.hasRead() || !outcome.held().isEmpty()) {
      // what waits keeps back the resolved time, and what was written is ahead of that
      memory.keep(outcome.plan());
    }
    blockedRows.after(!outcome.plan().isEmpty(), !outcome.held().isEmpty());
    flow.landed(window.bytes(), took);
    window.committed(outcome);
    memory.forgetResolved(ownership.claimed().values());
    metrics.committed(
        outcome.plan().rows().size(), foldedAway(outcome), outcome.plan().replays().size(), took);
    metrics.rejected(outcome.rejected().size());
  }

  @Override
  public void restored(String why) {
    metrics.restored();
    startOver(why);
  }

  @Override
  public void startOver(String why) {
    LOG.warn("{}", why);
    ownership.startOver();
    spilling.drop();
    memory.clear();
  }

  @Override
  public void fenced() {
    metrics.lostEpoch();
    fencedSince = 0;
    ownership.fence();
    spilling.drop();
    memory.clear();
  }

  private static long foldedAway(Outcome outcome) {
    return outcome.plan().rows().stream().mapToLong(row -> row.changes().size() - 1).sum();
  }
}
