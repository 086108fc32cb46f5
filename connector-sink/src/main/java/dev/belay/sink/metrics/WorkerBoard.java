package dev.belay.sink.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * Shows the meters as metrics of the worker (KIP-877, Kafka 4.1 and newer), which tags them with
 * connector and task and removes them with the task. A class of its own, so that an older worker
 * never loads it.
 */
final class WorkerBoard implements MeterBoard {
  private final PluginMetrics worker;
  private final Map<TopicPartition, List<MetricName>> partitions = new HashMap<>();

  private WorkerBoard(PluginMetrics worker) {
    this.worker = worker;
  }

  /**
   * @return empty if the worker takes no metrics
   * @throws LinkageError on a worker that is older
   */
  static Optional<MeterBoard> open(SinkTaskContext context, SinkMetrics metrics) {
    PluginMetrics worker = context.pluginMetrics();
    if (worker == null) {
      return Optional.empty();
    }
    for (SinkMeter meter : SinkMeter.values()) {
      Gauge<Object> gauge = (config, now) -> meter.value(metrics);
      worker.addMetric(
          worker.metricName(meter.shown(), meter.meaning(), new LinkedHashMap<>()), gauge);
    }
    return Optional.of(new WorkerBoard(worker));
  }

  @Override
  public void show(TopicPartition partition, PartitionMeter.Reading reading) {
    List<MetricName> names = new ArrayList<>();
    for (PartitionMeter meter : PartitionMeter.values()) {
      LinkedHashMap<String, String> tags = new LinkedHashMap<>();
      tags.put("topic", partition.topic());
      tags.put("partition", Integer.toString(partition.partition()));
      MetricName name = worker.metricName(meter.shown(), meter.meaning(), tags);
      Gauge<Object> gauge = (config, now) -> meter.value(reading);
      worker.addMetric(name, gauge);
      names.add(name);
    }
    partitions.put(partition, names);
  }

  @Override
  public void hide(TopicPartition partition) {
    List<MetricName> names = partitions.remove(partition);
    if (names != null) {
      names.forEach(worker::removeMetric);
    }
  }

  /** Nothing to do: the worker takes them down with the task. */
  @Override
  public void close() {
    partitions.clear();
  }
}
