package dev.belay.testkit.standin.feed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends to Kafka and waits for as many replicas as the feed was told to. */
public final class KafkaSink implements Sink {

  // Short, so that a broker that went away shows as a retry of the job and not as silence.
  private static final int GIVE_UP_MILLIS = 10_000;
  private static final int REQUEST_MILLIS = 5_000;
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

  private record Known(int partitions, Instant read) {}

  private final Target target;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Clock clock;
  private final Duration refresh;
  private final Map<String, Known> topics = new HashMap<>();
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  /**
   * @param refresh how long a topic's number of partitions is believed
   */
  public KafkaSink(Target target, Duration refresh, Clock clock) {
    this.target = target;
    this.clock = clock;
    this.refresh = refresh;
    Map<String, Object> config = common();
    config.put(ProducerConfig.ACKS_CONFIG, target.settings().acks());
    // As CockroachDB's: without idempotence, one request at a time keeps the order.
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
    config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    config.put(ProducerConfig.METADATA_MAX_AGE_CONFIG, (int) refresh.toMillis());
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, GIVE_UP_MILLIS);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, GIVE_UP_MILLIS);
    try {
      producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      throw new SinkUnavailable("cannot reach " + target.address(), e);
    }
  }

  private Map<String, Object> common() {
    Map<String, Object> config = new HashMap<>(target.security().clientProperties());
    config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, target.address());
    config.put(CommonClientConfigs.CLIENT_ID_CONFIG, target.settings().clientId());
    return config;
  }

  @Override
  public void dial() {
    Map<String, Object> config = common();
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    try (Admin admin = Admin.create(config)) {
      admin.describeCluster().nodes().get();
    } catch (KafkaException | ExecutionException e) {
      throw new SinkUnavailable("nobody answers at " + target.address(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SinkUnavailable("interrupted", e);
    }
  }

  @Override
  public int partitions(String topic) {
    Instant now = clock.instant();
    Known known = topics.get(topic);
    if (known == null || !now.isBefore(known.read().plus(refresh))) {
      try {
        known = new Known(producer.partitionsFor(topic).size(), now);
      } catch (KafkaException e) {
        throw new SinkUnavailable("topic " + topic + " is not there", e);
      }
      topics.put(topic, known);
    }
    return known.partitions();
  }

  @Override
  public void send(String topic, int partition, Optional<byte[]> key, Optional<byte[]> value) {
    ProducerRecord<byte[], byte[]> message =
        new ProducerRecord<>(topic, partition, key.orElse(null), value.orElse(null));
    try {
      producer.send(
          message,
          (sent, error) -> {
            if (error != null) {
              failure.compareAndSet(null, error);
            }
          });
    } catch (KafkaException e) {
      throw new SinkUnavailable("cannot send to topic " + topic, e);
    }
    checkFailure();
  }

  @Override
  public void flush() {
    try {
      producer.flush();
    } catch (KafkaException e) {
      throw new SinkUnavailable("cannot send", e);
    }
    checkFailure();
  }

  private void checkFailure() {
    Exception found = failure.get();
    if (found != null) {
      throw new SinkUnavailable("a message was not taken: " + found.getMessage(), found);
    }
  }

  @Override
  public void close() {
    producer.close(CLOSE_WAIT);
  }
}
