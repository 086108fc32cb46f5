package dev.belay.source;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads whole topics, from their beginning to their end at the moment of the call. */
public final class TopicReader {
  private final Map<String, Object> settings;

  public TopicReader(String bootstrapServers) {
    settings =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "isolation.level",
            "read_committed",
            "allow.auto.create.topics",
            "false");
  }

  /** All records, in order within each partition; none if there is no topic. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      var found = consumer.listTopics().get(topic);
      if (found == null) {
        return List.of();
      }
      found.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  /** Values as text; the empty text for a tombstone. */
  List<String> values(String topic) {
    return read(topic).stream().map(record -> text(record.value())).toList();
  }

  /** The last value of each key, as compaction would leave it; the latest written last. */
  public Map<String, String> latest(String topic) {
    Map<String, String> latest = new LinkedHashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : read(topic)) {
      latest.remove(text(record.key()));
      latest.put(text(record.key()), text(record.value()));
    }
    return latest;
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }
}
