package dev.belay.sink;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.checkpoint.FrontierCheckpoint;
import dev.belay.sink.metrics.SinkMetrics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Puts into the meters how the task stands, after each batch. */
record Showing(
    Ownership ownership,
    Intake intake,
    FrontierWatch frontierWatch,
    Delivery delivery,
    Spilling spilling,
    SinkMetrics metrics) {

  void show() {
    FrontierCheckpoint frontier = ownership.frontier();
    metrics.atSource(intake.committedAt(frontier.frontier()));
    metrics.frontier(
        frontier.frontier(), unverified(frontier), frontierWatch.stall(), delivery.now().word());
    long records = 0;
    long bytes = 0;
    long blocked = 0;
    Map<TopicPartition, HlcTimestamp> resolved = new HashMap<>();
    for (Map.Entry<TopicPartition, PartitionState> claimed : ownership.claimed().entrySet()) {
      PartitionState state = claimed.getValue();
      records += state.held().size();
      bytes += state.heldBytes();
      blocked += state.blocked();
      resolved.put(claimed.getKey(), state.resolved());
    }
    metrics.window(records, bytes, blocked, spilling.bytes());
    metrics.openRejections(ownership.rejections().count(), ownership.rejections().countUnkeyed());
    metrics.partitions(resolved);
  }

  /** Why the target is no snapshot; empty if it is one. */
  private String unverified(FrontierCheckpoint frontier) {
    if (!ownership.isWholeFeed()) {
      return "several tasks share the feed, so none knows its frontier";
    }
    if (frontier.isSnapshot()) {
      return "";
    }
    return frontier.snapshotFrom().isKnown()
        ? "rows up to " + frontier.snapshotFrom() + " were applied ahead of the frontier"
        : "there is no frontier yet";
  }
}
