package dev.belay.testkit.standin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.standin.row.Hlc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads whole topics in order, and remembers what it has read. */
final class TopicReader implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<Message> read = new ArrayList<>();

  /** A record as text. */
  record Message(
      String topic, int partition, long offset, Optional<String> key, Optional<String> value) {

    boolean isResolved() {
      return key.isEmpty();
    }

    JsonNode json() {
      try {
        return JSON.readTree(value.orElse("null"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** The resolved time of a resolved message, {@code updated} of another. */
    Hlc time() {
      return Hlc.parse(json().path(isResolved() ? "resolved" : "updated").asText()).orElseThrow();
    }

    String place() {
      return topic + "/" + partition;
    }
  }

  TopicReader(String bootstrapServers, String... topics) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> all = new ArrayList<>();
    for (String topic : topics) {
      // The feed makes its topics when it first sends.
      Deadline.in(PATIENCE)
          .await("topic " + topic + " is there", () -> !consumer.partitionsFor(topic).isEmpty());
      consumer
          .partitionsFor(topic)
          .forEach(info -> all.add(new TopicPartition(topic, info.partition())));
    }
    consumer.assign(all);
    consumer.seekToBeginning(all);
  }

  /** Reads on until what was read satisfies; gives everything read so far. */
  List<Message> until(String what, Predicate<List<Message>> enough) {
    Deadline deadline = Deadline.in(PATIENCE);
    while (!enough.test(read)) {
      if (deadline.hasPassed()) {
        throw new AssertionError("Not read in time: " + what + "; read " + read);
      }
      for (ConsumerRecord<byte[], byte[]> found : consumer.poll(Duration.ofMillis(50))) {
        read.add(
            new Message(
                found.topic(),
                found.partition(),
                found.offset(),
                Optional.ofNullable(found.key()).map(key -> new String(key, UTF_8)),
                Optional.ofNullable(found.value()).map(value -> new String(value, UTF_8))));
      }
    }
    return List.copyOf(read);
  }

  /** Reads until every partition has a resolved message at or after a time. */
  List<Message> untilResolved(Hlc time) {
    int partitions = consumer.assignment().size();
    return until(
        "resolved " + time,
        messages ->
            resolvedBy(messages).values().stream().filter(t -> !time.isAfter(t)).count()
                == partitions);
  }

  /** Reads until a number of row messages is there. */
  List<Message> untilRows(int count) {
    return rows(until(count + " rows", messages -> rows(messages).size() >= count));
  }

  static List<Message> rows(List<Message> messages) {
    return messages.stream().filter(message -> !message.isResolved()).toList();
  }

  /** The greatest resolved time of each partition. */
  static Map<String, Hlc> resolvedBy(List<Message> messages) {
    Map<String, Hlc> latest = new TreeMap<>();
    for (Message message : messages) {
      if (message.isResolved()) {
        latest.merge(message.place(), message.time(), (a, b) -> a.isAfter(b) ? a : b);
      }
    }
    return latest;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
