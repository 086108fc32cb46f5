package dev.belay.sink;

import dev.belay.sink.apply.OutageException;
import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.metrics.SinkMetrics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task as Connect sees it: lifecycle only; what happens to records is in {@link SinkPipeline}.
 * Connect calls every method on one thread.
 */
public final class BelaySinkTask extends SinkTask {
  private static final Logger LOG = LoggerFactory.getLogger(BelaySinkTask.class);

  private final Surroundings surroundings;
  private Optional<Wiring> wiring = Optional.empty();
  private Duration backoff = Duration.ofSeconds(1);
  private boolean away;

  /** For Connect. */
  public BelaySinkTask() {
    this(Surroundings.REAL);
  }

  BelaySinkTask(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public String version() {
    return Version.text();
  }

  /** Reads the configuration and wires the rooms; touches neither the target nor Kafka. */
  @Override
  public void start(Map<String, String> settings) {
    SinkConfig config = new SinkConfig(settings);
    backoff = config.retryBackoff();
    wiring = Optional.of(Wiring.of(config, context, surroundings));
    LOG.info(
        "Belay {} starts: connector {}, mode {}",
        version(),
        config.connector(),
        config.mode().word());
    // Connect's first poll would wait for up to offset.flush.interval.ms, and a paused consumer
    // with it: a claim happens in put(), so put() must be called soon.
    context.timeout(50);
  }

  /** Only pauses the partitions: they are claimed and rewound by the next {@link #put}. */
  @Override
  public void open(Collection<TopicPartition> partitions) {
    pipeline().open(partitions);
  }

  @Override
  public void put(Collection<SinkRecord> records) {
    try {
      pipeline().accept(records);
      context.timeout(pipeline().patience().toMillis());
      if (away) {
        away = false;
        LOG.info("The target answers again");
      }
    } catch (OutageException e) {
      metrics().retried();
      context.timeout(backoff.toMillis());
      if (!away) {
        away = true;
        LOG.warn(
            "Waiting: {}. Nothing is lost; trying every {} ms", e.getMessage(), backoff.toMillis());
      }
      throw new RetriableException(e.getMessage());
    }
  }

  /** What the target has committed; Kafka's committed offsets are a hint for lag tools, no more. */
  @Override
  public Map<TopicPartition, OffsetAndMetadata> preCommit(
      Map<TopicPartition, OffsetAndMetadata> consumed) {
    Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    wiring
        .map(w -> w.pipeline().committedOffsets())
        .orElse(Map.of())
        .forEach(
            (partition, offset) -> {
              OffsetAndMetadata upTo = consumed.get(partition);
              if (upTo != null) {
                committed.put(partition, new OffsetAndMetadata(Math.min(offset, upTo.offset())));
              }
            });
    return committed;
  }

  @Override
  public void close(Collection<TopicPartition> partitions) {
    wiring.ifPresent(w -> w.pipeline().close(partitions));
  }

  /** Rolls back what is under way: it is in Kafka, and the next owner does it. */
  @Override
  public void stop() {
    wiring.ifPresent(Wiring::close);
    wiring = Optional.empty();
  }

  private SinkPipeline pipeline() {
    return wiring
        .orElseThrow(() -> new IllegalStateException("the task is not started"))
        .pipeline();
  }

  private SinkMetrics metrics() {
    return wiring.orElseThrow(() -> new IllegalStateException("the task is not started")).metrics();
  }
}
