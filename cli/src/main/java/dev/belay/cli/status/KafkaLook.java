package dev.belay.cli.status;

import dev.belay.sink.checkpoint.PartitionCheckpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads Kafka as the sink does, without a consumer group: nobody's position moves. One thread. */
public final class KafkaLook implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Consumer<byte[], byte[]> consumer;

  /**
   * @param client settings of a Kafka client, as they stand under {@code kafka.admin.}
   * @param more of the person's own, which go before
   */
  public KafkaLook(Map<String, String> client, Map<String, String> more) {
    Properties properties = new Properties();
    properties.putAll(client);
    properties.putAll(more);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "" + PATIENCE.toMillis());
    properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, "" + PATIENCE.toMillis() / 2);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    this.consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** What is done with a record. */
  @FunctionalInterface
  public interface Visitor {
    void record(ConsumerRecord<byte[], byte[]> record);
  }

  /**
   * Reads topics from some offset to where they end now. Topics that are not there have no records.
   *
   * @throws KafkaException if the brokers do not answer in time, or refuse
   */
  public void read(Collection<String> topics, Map<TopicPartition, Long> from, Visitor visitor) {
    Set<TopicPartition> partitions = partitions(topics);
    consumer.assign(partitions);
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    partitions.forEach(
        each ->
            consumer.seek(
                each,
                Math.min(ends.get(each), Math.max(starts.get(each), from.getOrDefault(each, 0L)))));
    Set<TopicPartition> open = new HashSet<>(partitions);
    long began = System.nanoTime();
    while (true) {
      List<TopicPartition> ended =
          open.stream().filter(each -> consumer.position(each) >= ends.get(each)).toList();
      ended.forEach(open::remove);
      // what comes to them now must not hide that others stand still
      consumer.pause(ended);
      if (open.isEmpty()) {
        break;
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        began = System.nanoTime();
        if (record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()))) {
          visitor.record(record);
        }
      }
      requireProgress(began);
    }
    consumer.unsubscribe();
  }

  /** One record; empty if it is not there any more. */
  public Optional<ConsumerRecord<byte[], byte[]>> record(TopicPartition partition, long offset) {
    Set<TopicPartition> one = Set.of(partition);
    if (!partitions(Set.of(partition.topic())).contains(partition)
        || consumer.beginningOffsets(one).get(partition) > offset
        || consumer.endOffsets(one).get(partition) <= offset) {
      return Optional.empty();
    }
    consumer.assign(one);
    consumer.seek(partition, offset);
    long began = System.nanoTime();
    while (consumer.position(partition) <= offset) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        consumer.unsubscribe();
        // of an aborted transaction there is none at its offset
        return Optional.of(record).filter(found -> found.offset() == offset);
      }
      requireProgress(began);
    }
    consumer.unsubscribe();
    return Optional.empty();
  }

  /** All topics that this user may see. */
  public Set<String> topics() {
    return consumer.listTopics().keySet();
  }

  /** Of those topics that are there. */
  public Set<TopicPartition> partitions(Collection<String> topics) {
    Set<TopicPartition> partitions = new HashSet<>();
    for (String topic : topics) {
      Optional.ofNullable(consumer.partitionsFor(topic))
          .ifPresent(
              all ->
                  all.forEach(each -> partitions.add(new TopicPartition(topic, each.partition()))));
    }
    return partitions;
  }

  /**
   * Where the first record is that came at or after a time, by its own word; the end if none did.
   */
  public Map<TopicPartition, Long> since(Collection<String> topics, Instant time) {
    Map<TopicPartition, Long> asked = new HashMap<>();
    partitions(topics).forEach(each -> asked.put(each, time.toEpochMilli()));
    Map<TopicPartition, Long> ends = consumer.endOffsets(asked.keySet());
    Map<TopicPartition, Long> found = new HashMap<>();
    consumer
        .offsetsForTimes(asked)
        .forEach((each, at) -> found.put(each, at == null ? ends.get(each) : at.offset()));
    return found;
  }

  /**
   * What comes after a checkpoint.
   *
   * @throws KafkaException if the brokers do not answer in time, or refuse
   */
  Backlog backlog(Collection<PartitionCheckpoint> places) {
    Map<TopicPartition, Long> next =
        places.stream()
            .collect(
                Collectors.toMap(
                    PartitionCheckpoint::partition, PartitionCheckpoint::appliedOffset));
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(next.keySet());
    Map<TopicPartition, Long> ends = consumer.endOffsets(next.keySet());
    Map<TopicPartition, Long> behind = new HashMap<>();
    next.forEach(
        (partition, offset) -> {
          long from = Math.max(offset, starts.get(partition));
          if (ends.get(partition) > from) {
            behind.put(partition, from);
          }
        });
    Map<TopicPartition, Instant> first = first(behind, ends);
    long messages =
        first.keySet().stream().mapToLong(each -> ends.get(each) - behind.get(each)).sum();
    return new Backlog(
        messages,
        first.values().stream().min(Instant::compareTo),
        first.keySet().stream()
            .max(
                Comparator.comparing((TopicPartition p) -> ends.get(p) - behind.get(p))
                    .thenComparing(TopicPartition::toString)));
  }

  /**
   * When the first record of each came; a partition that has none but marks of transactions is left
   * out.
   */
  private Map<TopicPartition, Instant> first(
      Map<TopicPartition, Long> behind, Map<TopicPartition, Long> ends) {
    Map<TopicPartition, Instant> first = new HashMap<>();
    consumer.assign(behind.keySet());
    behind.forEach(consumer::seek);
    Set<TopicPartition> open = new HashSet<>(behind.keySet());
    long began = System.nanoTime();
    while (!open.isEmpty()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        first.putIfAbsent(partition, Instant.ofEpochMilli(record.timestamp()));
      }
      open.removeIf(each -> first.containsKey(each) || consumer.position(each) >= ends.get(each));
      consumer.pause(first.keySet());
      requireProgress(began);
    }
    consumer.unsubscribe();
    return first;
  }

  private static void requireProgress(long since) {
    if (System.nanoTime() - since > PATIENCE.toNanos()) {
      throw new KafkaException("no record came within " + PATIENCE.toSeconds() + " s");
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
