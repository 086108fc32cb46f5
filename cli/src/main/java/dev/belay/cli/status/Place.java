package dev.belay.cli.status;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.checkpoint.FrontierCheckpoint;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a sink has come, by the checkpoint in its target.
 *
 * @param openRejections rejected records that nothing has mended
 * @param at when it was read, by this machine's clock
 */
record Place(
    Map<TopicPartition, PartitionCheckpoint> partitions,
    FrontierCheckpoint frontier,
    long openRejections,
    Instant at) {
  private static final long NANOS = 1_000_000_000;

  /** Records that have taken effect since the logs began, for rates. */
  long applied() {
    return partitions.values().stream().mapToLong(row -> Math.max(0, row.appliedOffset())).sum();
  }

  /** Records that were passed and wait for other ones. */
  long held() {
    return partitions.values().stream()
        .flatMap(row -> row.held().ranges().stream())
        .mapToLong(range -> range.last() - range.first() + 1)
        .sum();
  }

  /** The wall clock's part of a commit time. */
  static Instant wall(HlcTimestamp time) {
    return Instant.ofEpochSecond(
        Math.floorDiv(time.wallNanos(), NANOS), Math.floorMod(time.wallNanos(), NANOS));
  }
}
