package dev.belay.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads a topic without a consumer group, so that nobody's position moves. The partitions' records
 * come in the order of their offsets, the partitions mixed as Kafka delivers them.
 */
final class LiveRecords {
  private static final Duration POLL = Duration.ofMillis(200);

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;

  LiveRecords(Consumer<byte[], byte[]> consumer, String topic) {
    this.consumer = consumer;
    this.topic = topic;
  }

  /** Where to begin. */
  enum Start {
    BEGINNING,
    END
  }

  /** What is done with the records, one after the other. */
  interface Visitor {
    void record(ConsumerRecord<byte[], byte[]> record);

    /**
     * A batch is done: time to show what was gathered.
     *
     * @return false if nobody looks any more
     */
    boolean goOn();
  }

  /**
   * Reads until an end is reached.
   *
   * @param follow whether to wait for more at the topic's end instead of stopping there
   * @param max records to read at most; empty for no bound
   * @throws IllegalStateException if there is no such topic
   */
  void forEach(Start start, boolean follow, OptionalLong max, Visitor visitor) {
    List<TopicPartition> partitions =
        Optional.ofNullable(consumer.partitionsFor(topic)).orElse(List.of()).stream()
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new IllegalStateException(
          "There is no topic " + topic + ", or this user may not describe it.");
    }
    consumer.assign(partitions);
    if (start == Start.BEGINNING) {
      consumer.seekToBeginning(partitions);
    } else {
      consumer.seekToEnd(partitions);
    }
    Map<TopicPartition, Long> ends = follow ? Map.of() : consumer.endOffsets(partitions);
    long left = max.orElse(Long.MAX_VALUE);
    boolean isWatched = true;
    while (isWatched && left > 0 && (follow || isBefore(ends))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        boolean isBeyond = !follow && record.offset() >= ends.get(partitionOf(record));
        if (left > 0 && !isBeyond) {
          visitor.record(record);
          left--;
        }
      }
      isWatched = visitor.goOn();
    }
  }

  private static TopicPartition partitionOf(ConsumerRecord<byte[], byte[]> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  private boolean isBefore(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
  }
}
