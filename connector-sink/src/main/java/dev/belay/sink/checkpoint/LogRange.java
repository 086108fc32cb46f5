package dev.belay.sink.checkpoint;

/**
 * What Kafka still has of a partition.
 *
 * @param topicId of its topic
 * @param start first offset kept
 * @param end offset of the next record
 */
public record LogRange(String topicId, long start, long end) {}
