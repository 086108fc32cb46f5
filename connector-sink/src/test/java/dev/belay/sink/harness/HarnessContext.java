package dev.belay.sink.harness;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.errors.IllegalWorkerStateException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** What Connect's {@code WorkerSinkTaskContext} does. */
final class HarnessContext implements SinkTaskContext {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<String, String> settings;
  private final Optional<ErrantRecordReporter> reporter;
  private final Map<TopicPartition, Long> offsets = new HashMap<>();
  private final Set<TopicPartition> paused = new HashSet<>();
  private long timeout = -1;

  HarnessContext(
      KafkaConsumer<byte[], byte[]> consumer,
      Map<String, String> settings,
      Optional<ErrantRecordReporter> reporter) {
    this.consumer = consumer;
    this.settings = settings;
    this.reporter = reporter;
  }

  long takeTimeout() {
    long taken = timeout;
    timeout = -1;
    return taken;
  }

  Map<TopicPartition, Long> takeOffsets() {
    Map<TopicPartition, Long> taken = Map.copyOf(offsets);
    offsets.clear();
    return taken;
  }

  boolean rewinds() {
    return !offsets.isEmpty();
  }

  Set<TopicPartition> pausedByTask() {
    return Set.copyOf(paused);
  }

  void retainPaused(Collection<TopicPartition> assignment) {
    paused.retainAll(assignment);
    consumer.pause(paused);
  }

  @Override
  public Map<String, String> configs() {
    return settings;
  }

  @Override
  public void offset(Map<TopicPartition, Long> rewinds) {
    offsets.putAll(rewinds);
  }

  @Override
  public void offset(TopicPartition partition, long offset) {
    offsets.put(partition, offset);
  }

  @Override
  public void timeout(long timeoutMs) {
    timeout = timeoutMs;
  }

  @Override
  public Set<TopicPartition> assignment() {
    return consumer.assignment();
  }

  @Override
  public void pause(TopicPartition... partitions) {
    try {
      paused.addAll(List.of(partitions));
      consumer.pause(List.of(partitions));
    } catch (IllegalStateException e) {
      throw new IllegalWorkerStateException("not assigned: " + Arrays.toString(partitions), e);
    }
  }

  @Override
  public void resume(TopicPartition... partitions) {
    try {
      paused.removeAll(List.of(partitions));
      consumer.resume(List.of(partitions));
    } catch (IllegalStateException e) {
      throw new IllegalWorkerStateException("not assigned: " + Arrays.toString(partitions), e);
    }
  }

  /** None, as in a worker older than 4.1: the task then shows its meters in JMX. */
  @Override
  public PluginMetrics pluginMetrics() {
    return null;
  }

  @Override
  public void requestCommit() {
    // the test commits when it wants to
  }

  @Override
  public ErrantRecordReporter errantRecordReporter() {
    return reporter.orElse(null);
  }
}
