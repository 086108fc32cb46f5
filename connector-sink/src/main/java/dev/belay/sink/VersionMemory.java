package dev.belay.sink;

import dev.belay.sink.apply.OutageException;
import dev.belay.sink.apply.WindowApplier;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.plan.Newest;
import dev.belay.sink.plan.Plan;
import dev.belay.sink.plan.PlanInput;
import dev.belay.sink.plan.RecentRecords;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the task remembers of rows and records, to tell repetitions (invariant I3 NeverBackwards).
 */
final class VersionMemory {
  private static final Logger LOG = LoggerFactory.getLogger(VersionMemory.class);

  private final WindowApplier applier;
  private final Newest newest;
  private final RecentRecords recent;
  private HlcTimestamp forgotten = HlcTimestamp.NONE;
  private boolean forgetful;

  VersionMemory(WindowApplier applier, Newest newest, RecentRecords recent) {
    this.applier = applier;
    this.newest = newest;
    this.recent = recent;
  }

  /**
   * Learns from records that took effect before this task's time. All of them come first: a record
   * that is new here may be older than one of them that lies behind it, or on another partition.
   */
  void learn(Collection<PartitionState> claimed) throws OutageException {
    List<PlanInput> known =
        claimed.stream()
            .flatMap(s -> s.known().stream())
            .map(h -> new PlanInput(h.change(), true))
            .toList();
    if (!known.isEmpty()) {
      applier.remember(known, newest);
      claimed.forEach(PartitionState::dropKnown);
    }
  }

  /** Keeps what was written ahead of the frontier. */
  void keep(Plan plan) {
    plan.memory().keepIn(newest);
  }

  /** What every partition has resolved needs no memory: older versions are told by their time. */
  void forgetResolved(Collection<PartitionState> claimed) {
    HlcTimestamp least =
        claimed.stream()
            .map(state -> state.committed().resolved())
            .reduce(HlcTimestamp::min)
            .orElse(HlcTimestamp.NONE);
    if (!least.equals(forgotten)) {
      // looks through all that is remembered
      newest.forgetUpTo(least);
      forgotten = least;
    }
    if (newest.isForgetful() && !forgetful) {
      LOG.warn(
          "More rows were written ahead of the resolved time than are remembered"
              + " (replay.memory.records): if the changefeed sends old versions again now, rows may go"
              + " back to them for a while. Give the feed the option resolved, or a shorter interval");
    }
    forgetful = newest.isForgetful();
  }

  void clear() {
    newest.clear();
    recent.clear();
  }
}
