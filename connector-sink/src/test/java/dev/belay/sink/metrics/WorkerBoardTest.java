package dev.belay.sink.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.HlcTimestamp;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.junit.jupiter.api.Test;

/** The worker's registry is Kafka's own. */
class WorkerBoardTest {
  private static final TopicPartition PARTITION = new TopicPartition("orders", 0);

  private final Metrics registry = new Metrics();

  /** Connect starts a task again while the one before waits for the database and cannot end. */
  @Test
  void metersOfASuccessorComeWhenItsPredecessorHasEnded() throws Exception {
    PluginMetricsImpl predecessor = new PluginMetricsImpl(registry, Map.of("task", "0"));
    PluginMetricsImpl successor = new PluginMetricsImpl(registry, Map.of("task", "0"));
    SinkMetrics old = metrics();
    SinkMetrics fresh = metrics();
    MeterBoard oldBoard = new WorkerBoard(predecessor, old);
    oldBoard.show(PARTITION, new PartitionMeter.Reading(old));
    fresh.retried();

    MeterBoard board = new WorkerBoard(successor, fresh);
    board.show(PARTITION, new PartitionMeter.Reading(fresh));
    assertThat(value("retries-total")).hasValue(0L);
    predecessor.close();
    assertThat(value("retries-total")).isEmpty();
    board.refresh();
    assertThat(value("retries-total")).hasValue(1L);
    assertThat(value("partition-resolved")).hasValue(HlcTimestamp.NONE.toString());
    board.hide(PARTITION);
    assertThat(value("partition-resolved")).isEmpty();
  }

  @Test
  void aPartitionThatGoesBeforeItsNameIsFreeIsForgotten() throws Exception {
    PluginMetricsImpl predecessor = new PluginMetricsImpl(registry, Map.of("task", "0"));
    MeterBoard oldBoard = new WorkerBoard(predecessor, metrics());
    oldBoard.show(PARTITION, new PartitionMeter.Reading(metrics()));
    MeterBoard board =
        new WorkerBoard(new PluginMetricsImpl(registry, Map.of("task", "0")), metrics());
    board.show(PARTITION, new PartitionMeter.Reading(metrics()));
    board.hide(PARTITION);
    predecessor.close();
    board.refresh();
    assertThat(value("retries-total")).isPresent();
    assertThat(value("partition-resolved")).isEmpty();
  }

  private static SinkMetrics metrics() {
    return new SinkMetrics("c", "0", () -> 0);
  }

  private Optional<Object> value(String name) {
    return registry.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals(name))
        .map(KafkaMetric::metricValue)
        .findFirst();
  }
}
