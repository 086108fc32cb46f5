package dev.belay.sink.checkpoint;

import dev.belay.sink.change.HlcTimestamp;
import org.apache.kafka.common.TopicPartition;

/**
 * The committed position of one partition, a row of {@code belay_checkpoint}.
 *
 * @param topicId Kafka's id of the topic, empty if the position was set before the topic was seen
 * @param epoch raised by every claim; never goes down, never used twice
 * @param sequence raised by every transaction
 * @param appliedOffset every record below it has taken effect, but those in {@code held}; {@link
 *     #FROM_THE_START} if the log's start is to be taken
 * @param rewindOffset where to read from at a restart, to know again what was applied ahead of the
 *     resolved time
 * @param resolved every row version at or below it has taken effect; {@link HlcTimestamp#NONE} at
 *     first
 * @param held offsets below {@code appliedOffset} which wait for others and have not taken effect
 */
public record PartitionCheckpoint(
    TopicPartition partition,
    String topicId,
    long epoch,
    long sequence,
    long appliedOffset,
    long rewindOffset,
    HlcTimestamp resolved,
    OffsetRanges held) {

  public static final long FROM_THE_START = -1;

  public PartitionCheckpoint moved(
      long applied, long rewind, HlcTimestamp newResolved, OffsetRanges newHeld) {
    return new PartitionCheckpoint(
        partition, topicId, epoch, sequence, applied, rewind, newResolved, newHeld);
  }

  public PartitionCheckpoint afterCommit() {
    return new PartitionCheckpoint(
        partition, topicId, epoch, sequence + 1, appliedOffset, rewindOffset, resolved, held);
  }

  /** Same position, whatever the epoch and sequence. */
  public boolean isWhere(PartitionCheckpoint other) {
    return appliedOffset == other.appliedOffset
        && rewindOffset == other.rewindOffset
        && resolved.equals(other.resolved)
        && held.equals(other.held);
  }
}
