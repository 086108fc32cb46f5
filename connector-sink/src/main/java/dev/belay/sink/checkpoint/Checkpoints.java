package dev.belay.sink.checkpoint;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * All committed positions of one connector.
 *
 * @param grown partitions that their topics gained since the claim before
 * @param made partitions that had no position before this claim
 */
public record Checkpoints(
    Map<TopicPartition, PartitionCheckpoint> partitions,
    FrontierCheckpoint frontier,
    Set<TopicPartition> grown,
    Set<TopicPartition> made) {}
