package dev.belay.sink.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TargetDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Everything that is in the topics, read from Kafka itself: a producer that was in doubt has sent
 * some of it twice.
 *
 * @param entries of all partitions; those of one partition in the order of their offsets
 * @param ends of each partition, the offset after its last record
 */
record FeedLog(List<Entry> entries, Map<TopicPartition, Long> ends) {
  private static final ObjectMapper JSON = new ObjectMapper();

  enum Kind {
    UPSERT,
    DELETE,
    RESOLVED,
    /** Not read here; the sink must report it. */
    OTHER
  }

  /**
   * A record.
   *
   * @param row table and key, empty for none
   * @param version time of the row, or the time resolved
   */
  record Entry(TopicPartition partition, long offset, Kind kind, String row, long version) {}

  static FeedLog read(String bootstrapServers, Feed feed, List<String> tables) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (String table : tables) {
        for (int p = 0; p < feed.partitions(table); p++) {
          partitions.add(new TopicPartition(feed.topic(table), p));
        }
      }
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
      consumer.seekToBeginning(partitions);
      List<Entry> entries = new ArrayList<>();
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(record -> entries.add(entry(record, feed.prefix())));
      }
      return new FeedLog(List.copyOf(entries), Map.copyOf(ends));
    }
  }

  /** Whether a connector's checkpoint is at the end of every partition. */
  boolean isCoveredBy(TargetDatabase db, String connector) {
    return ends.entrySet().stream()
        .allMatch(
            end ->
                db.checkpoint(connector, end.getKey().topic(), end.getKey().partition()).applied()
                    == end.getValue());
  }

  private static Entry entry(ConsumerRecord<byte[], byte[]> record, String prefix) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    try {
      JsonNode value = JSON.readTree(text(record.value()));
      if (value.has("resolved")) {
        return new Entry(
            partition, record.offset(), Kind.RESOLVED, "", time(value.get("resolved").asText()));
      }
      String key = JSON.readTree(text(record.key())).get(0).asText();
      return new Entry(
          partition,
          record.offset(),
          value.get("after").isNull() ? Kind.DELETE : Kind.UPSERT,
          record.topic().substring(prefix.length()) + " " + key,
          time(value.get("updated").asText()));
    } catch (JsonProcessingException unreadable) {
      return new Entry(partition, record.offset(), Kind.OTHER, "", 0);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The small number that {@link Feed#hlc} made a time of. */
  static long time(String hlc) {
    return Long.parseLong(hlc.substring(0, hlc.indexOf('.'))) - Feed.nanos(0);
  }
}
