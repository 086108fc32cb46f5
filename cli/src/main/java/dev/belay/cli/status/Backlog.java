package dev.belay.cli.status;

import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * What is in Kafka and not in the target.
 *
 * @param messages that come after the checkpoint, those of resolved times among them
 * @param oldest when the first of them came to Kafka, as the record says; empty if there is none
 * @param furthest the partition with most of them; empty if there is none
 */
record Backlog(long messages, Optional<Instant> oldest, Optional<TopicPartition> furthest) {}
