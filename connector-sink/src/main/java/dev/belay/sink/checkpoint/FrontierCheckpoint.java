package dev.belay.sink.checkpoint;

import dev.belay.sink.change.HlcTimestamp;

/**
 * The row of {@code belay_frontier}.
 *
 * @param frontier every row of every partition with a commit time at or below it is in the target;
 *     {@link HlcTimestamp#NONE} at first
 * @param snapshotFrom the highest time that was ever applied ahead of the frontier: the target is a
 *     snapshot of CockroachDB once the frontier has reached it (invariant I4 Snapshot)
 */
public record FrontierCheckpoint(
    long epoch, long sequence, HlcTimestamp frontier, HlcTimestamp snapshotFrom) {

  public FrontierCheckpoint moved(HlcTimestamp newFrontier, HlcTimestamp newSnapshotFrom) {
    return new FrontierCheckpoint(epoch, sequence, newFrontier, newSnapshotFrom);
  }

  public FrontierCheckpoint afterCommit() {
    return new FrontierCheckpoint(epoch, sequence + 1, frontier, snapshotFrom);
  }

  public boolean isWhere(FrontierCheckpoint other) {
    return frontier.equals(other.frontier) && snapshotFrom.equals(other.snapshotFrom);
  }

  /** Whether the target equals CockroachDB as of the frontier. */
  public boolean isSnapshot() {
    return frontier.isKnown() && frontier.compareTo(snapshotFrom) >= 0;
  }
}
