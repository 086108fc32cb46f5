package dev.belay.source;

import dev.belay.source.StatusTopic.KafkaAwayException;
import dev.belay.source.config.SourceConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The status topic as a log that is written to at once and read back, which Connect's own producer
 * cannot do. Its clients have the settings of {@code kafka.admin.*}. One thread at a time.
 *
 * <p>What is read is bounded: nothing before the time that is asked for, and of what came after it,
 * compaction leaves the last record of each key besides what was written within the last hour.
 */
final class StatusLog implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration READING = Duration.ofSeconds(60);

  /** Records have the time of whoever wrote them; clocks may be wrong, but not by this much. */
  private static final Duration CLOCKS_DIFFER = Duration.ofDays(1);

  private final SourceConfig config;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> places;

  private StatusLog(SourceConfig config, Instant time) {
    this.config = config;
    Map<String, Object> settings = new HashMap<>(config.admin());
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis() / 2);
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    try {
      List<PartitionInfo> found = consumer.partitionsFor(config.statusTopic());
      places =
          found.stream().map(info -> new TopicPartition(info.topic(), info.partition())).toList();
      consumer.assign(places);
      seek(Math.max(0, time.minus(CLOCKS_DIFFER).toEpochMilli()));
    } catch (KafkaException e) {
      consumer.close();
      throw e;
    }
  }

  private void seek(long millis) {
    Map<TopicPartition, Long> times = new HashMap<>();
    places.forEach(place -> times.put(place, millis));
    // asked for before: what is written in between must be read, or two workers miss each other
    Map<TopicPartition, Long> ends = consumer.endOffsets(places);
    Map<TopicPartition, OffsetAndTimestamp> since = consumer.offsetsForTimes(times);
    for (TopicPartition place : places) {
      OffsetAndTimestamp first = since.get(place);
      consumer.seek(place, first == null ? ends.get(place) : first.offset());
    }
  }

  /**
   * Opens it.
   *
   * @param time nothing of before is wanted
   * @throws KafkaAwayException if Kafka does not answer, or refuses
   */
  static StatusLog since(SourceConfig config, Instant time) throws KafkaAwayException {
    try {
      return new StatusLog(config, time);
    } catch (KafkaException e) {
      throw away("reading", "READ", config, e);
    }
  }

  /**
   * Reads to where the log ends now, from where the last call came to.
   *
   * @throws KafkaAwayException if Kafka does not tell it all
   */
  void toEnd(Consumer<ConsumerRecord<byte[], byte[]>> reader) throws KafkaAwayException {
    try {
      Map<TopicPartition, Long> ends = consumer.endOffsets(places);
      long end = System.nanoTime() + READING.toNanos();
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        if (System.nanoTime() - end > 0) {
          throw new KafkaException("not read within " + READING.toSeconds() + " s");
        }
        consumer.poll(Duration.ofMillis(200)).forEach(reader);
      }
    } catch (KafkaException e) {
      throw away("reading", "READ", config, e);
    }
  }

  /**
   * Writes records, in their order; they are in Kafka when it returns, before the end that is read
   * to next.
   *
   * @throws KafkaAwayException if Kafka does not take them all
   */
  static void write(SourceConfig config, Collection<ProducerRecord<byte[], byte[]>> records)
      throws KafkaAwayException {
    Map<String, Object> settings = new HashMap<>(config.admin());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    // which brokers of before 3.0 have a right of its own for
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false");
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis() / 2);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (ProducerRecord<byte[], byte[]> record : records) {
        producer.send(record).get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (ExecutionException e) {
      throw away("writing to", "WRITE", config, e.getCause());
    } catch (KafkaException | TimeoutException e) {
      throw away("writing to", "WRITE", config, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaAwayException("Kafka, writing to " + config.statusTopic() + ": interrupted");
    }
  }

  private static KafkaAwayException away(
      String doing, String right, SourceConfig config, Throwable e) {
    String topic = config.statusTopic();
    return e instanceof AuthorizationException
        ? new KafkaAwayException(
            "the user of kafka.admin.* may not. Grant it " + right + " on topic " + topic, true)
        : new KafkaAwayException(
            "Kafka, " + doing + " topic " + topic + ": " + StatusTopic.rootOf(e));
  }

  @Override
  public void close() {
    consumer.close();
  }
}
