package dev.belay.sink.forward;

import dev.belay.testkit.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads all topics whose names are wanted, those that come later too, each from its beginning. */
final class TopicTap implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Predicate<String> wanted;
  private final Set<TopicPartition> known = new HashSet<>();

  TopicTap(String bootstrapServers, Predicate<String> wanted) {
    this.consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    this.wanted = wanted;
  }

  /**
   * What came since the last call, up to the end of every topic at the time when the last of the
   * marks was seen.
   *
   * @param marks each is to hold for one record at least
   * @param why for the error where one does not come
   */
  List<Recorded> upTo(List<Predicate<Recorded>> marks, Supplier<String> why, Duration atMost) {
    Map<TopicPartition, List<Recorded>> found = new HashMap<>();
    List<Predicate<Recorded>> open = new ArrayList<>(marks);
    Deadline.in(atMost)
        .await(
            () -> open.size() + " more marks are seen. " + why.get(),
            () -> {
              poll(found, open);
              return open.isEmpty();
            });
    follow();
    Map<TopicPartition, Long> ends = consumer.endOffsets(known);
    Deadline.in(atMost)
        .await(
            "the ends are reached",
            () -> {
              poll(found, open);
              return ends.entrySet().stream()
                  .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
            });
    return merged(found);
  }

  private void poll(Map<TopicPartition, List<Recorded>> found, List<Predicate<Recorded>> open) {
    follow();
    if (known.isEmpty()) {
      return;
    }
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      Recorded recorded = new Recorded(record);
      TopicPartition of = new TopicPartition(record.topic(), record.partition());
      found.computeIfAbsent(of, p -> new ArrayList<>()).add(recorded);
      open.removeIf(mark -> mark.test(recorded));
    }
  }

  private void follow() {
    Set<TopicPartition> now = new HashSet<>();
    consumer
        .listTopics()
        .forEach(
            (topic, partitions) -> {
              if (wanted.test(topic)) {
                partitions.forEach(p -> now.add(new TopicPartition(topic, p.partition())));
              }
            });
    now.removeAll(known);
    if (!now.isEmpty()) {
      known.addAll(now);
      Map<TopicPartition, Long> positions = new HashMap<>();
      consumer.assignment().forEach(p -> positions.put(p, consumer.position(p)));
      consumer.assign(known);
      positions.forEach(consumer::seek);
      consumer.seekToBeginning(now);
    }
  }

  /** By time, but in the order of each partition. */
  private static List<Recorded> merged(Map<TopicPartition, List<Recorded>> found) {
    List<List<Recorded>> queues = new ArrayList<>();
    found.entrySet().stream()
        .sorted(Comparator.comparing(e -> e.getKey().toString()))
        .forEach(e -> queues.add(new ArrayList<>(e.getValue())));
    List<Recorded> all = new ArrayList<>();
    while (true) {
      queues.removeIf(List::isEmpty);
      if (queues.isEmpty()) {
        return all;
      }
      all.add(
          queues.stream()
              .min(Comparator.comparingLong(q -> q.get(0).record().timestamp()))
              .orElseThrow()
              .remove(0));
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
