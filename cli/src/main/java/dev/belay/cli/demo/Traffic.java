package dev.belay.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What the topics of both ways carry, counted from their beginning.
 *
 * @param snapshotRows rows that Debezium read from the tables
 * @param forwardChanges changes that Debezium read from the log and that do not carry our mark
 * @param forwardEchoes changes that it read from the log though the way back had written them
 * @param feedChanges rows that the changefeed sent
 */
record Traffic(long snapshotRows, long forwardChanges, long forwardEchoes, long feedChanges) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * Reads all topics of the tables up to their present end.
   *
   * @param hasFeed whether there is a changefeed, whose topics have the tables' names
   */
  static Traffic count(String bootstrapServers, Collection<String> tables, boolean hasFeed)
      throws IOException {
    Count count = new Count();
    read(bootstrapServers, Forward.topics(tables), count::forward);
    if (hasFeed) {
      read(bootstrapServers, tables, count::feed);
    }
    return new Traffic(count.snapshot, count.changes, count.echoes, count.feed);
  }

  private static final class Count {
    private long snapshot;
    private long changes;
    private long echoes;
    private long feed;

    private void forward(JsonNode message) {
      JsonNode change = message.path("payload");
      if (change.path("op").asText().equals("r")) {
        snapshot++;
      } else if (change.path("source").path("origin").asText().startsWith(Forward.MARK)) {
        echoes++;
      } else {
        changes++;
      }
    }

    private void feed(JsonNode message) {
      if (!message.has("resolved")) {
        feed++;
      }
    }
  }

  @FunctionalInterface
  private interface Reader {
    void take(JsonNode message);
  }

  private static void read(String bootstrapServers, Collection<String> topics, Reader reader)
      throws IOException {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "isolation.level", "read_committed",
                "allow.auto.create.topics", "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          topics.stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (record.value() != null) {
            reader.take(JSON.readTree(record.value()));
          }
        }
      }
    }
  }
}
