package dev.belay.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.source.StatusTopic.KafkaAwayException;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.report.FeedState;
import dev.belay.source.report.FeedStatus;
import dev.belay.source.report.StatusRecords;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Which jobs were cancelled because their offsets were deleted, which nothing else remembers: a job
 * without an offset that was cancelled is otherwise one that a person ended before Connect had
 * stored its first. Each is a record of the status topic, under the key that the job's status has.
 * Each call opens a client of its own, with the settings of {@code kafka.admin.*}.
 */
final class ResetNotes {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** Of the whole topic, which compaction keeps short. */
  private static final Duration READING = Duration.ofSeconds(60);

  private ResetNotes() {}

  /**
   * Notes that jobs are cancelled for this; they are in Kafka when it returns.
   *
   * @throws KafkaAwayException if Kafka does not take them all
   */
  static void write(SourceConfig config, Collection<FoundJob> jobs) throws KafkaAwayException {
    if (jobs.isEmpty()) {
      return;
    }
    // else the producer would make one that is not compacted
    StatusTopic.make(config);
    Map<String, Object> settings = new HashMap<>(config.admin());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    // which brokers of before 3.0 have a right of its own for
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false");
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis() / 2);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (SourceRecord note : records(config, jobs)) {
        producer
            .send(new ProducerRecord<>(note.topic(), (byte[]) note.key(), (byte[]) note.value()))
            .get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
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

  private static List<SourceRecord> records(SourceConfig config, Collection<FoundJob> jobs) {
    return new StatusRecords(
            config.connector(),
            config.feedId(),
            "kafka",
            config.statusTopic(),
            config.statusInterval(),
            Clock.systemUTC())
        .of(
            jobs.stream()
                .map(
                    job ->
                        new FeedStatus(
                            Optional.of(job.id()),
                            FeedState.ENDED,
                            new TreeSet<>(job.tables()),
                            Optional.empty(),
                            OptionalLong.empty(),
                            OptionalLong.empty(),
                            "",
                            "",
                            0,
                            0))
                .toList());
  }

  /**
   * Those of the jobs of which there is a note.
   *
   * @throws KafkaAwayException if Kafka does not tell
   */
  static Set<Long> among(SourceConfig config, Collection<Long> jobs) throws KafkaAwayException {
    Map<String, Object> settings = new HashMap<>(config.admin());
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis() / 2);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      return among(config, Set.copyOf(jobs), consumer);
    } catch (KafkaException e) {
      throw away("reading", "READ", config, e);
    }
  }

  private static Set<Long> among(
      SourceConfig config, Set<Long> jobs, KafkaConsumer<byte[], byte[]> consumer) {
    List<PartitionInfo> found = consumer.partitionsFor(config.statusTopic());
    List<TopicPartition> places =
        found.stream().map(info -> new TopicPartition(info.topic(), info.partition())).toList();
    consumer.assign(places);
    consumer.seekToBeginning(places);
    Map<TopicPartition, Long> ends = consumer.endOffsets(places);
    Set<Long> noted = new HashSet<>();
    long end = System.nanoTime() + READING.toNanos();
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      if (System.nanoTime() - end > 0) {
        throw new KafkaException("not read within " + READING.toSeconds() + " s");
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
        job(config, record)
            .filter(jobs::contains)
            .ifPresent(
                job -> {
                  // the last word counts
                  if (isNote(record)) {
                    noted.add(job);
                  } else {
                    noted.remove(job);
                  }
                });
      }
    }
    return noted;
  }

  /** The job of which a record tells; empty for one of another connector, or none of a job. */
  private static Optional<Long> job(SourceConfig config, ConsumerRecord<byte[], byte[]> record) {
    JsonNode key = read(record.key());
    boolean isStatus =
        key.path("connector").asText().equals(config.connector()) && !key.has("table");
    return isStatus && key.path("job").asText().matches("\\d{1,19}")
        ? Optional.of(key.path("job").asLong())
        : Optional.empty();
  }

  private static boolean isNote(ConsumerRecord<byte[], byte[]> record) {
    return read(record.value()).path("state").asText().equals(FeedState.ENDED.name());
  }

  /** Nothing where there is no JSON. */
  private static JsonNode read(byte[] text) {
    try {
      return text == null ? JSON.missingNode() : JSON.readTree(text);
    } catch (IOException notOurs) {
      return JSON.missingNode();
    }
  }

  private static KafkaAwayException away(
      String doing, String right, SourceConfig config, Throwable e) {
    String topic = config.statusTopic();
    return new KafkaAwayException(
        e instanceof AuthorizationException
            ? "the user of kafka.admin.* may not. Grant it " + right + " on topic " + topic
            : "Kafka, " + doing + " topic " + topic + ": " + e.getMessage());
  }
}
