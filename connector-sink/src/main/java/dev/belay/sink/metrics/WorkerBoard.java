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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the meters as metrics of the worker (KIP-877, Kafka 4.1 and newer), which tags them with
 * connector and task and removes them with the task. A class of its own, so that an older worker
 * never loads it.
 *
 * <p>A task that does not end in time is abandoned by Connect, and its names stay taken until it
 * does, while its successor runs. The successor's meters wait for the names.
 */
final class WorkerBoard implements MeterBoard {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerBoard.class);

  private final PluginMetrics worker;
  private final Map<MetricName, Gauge<Object>> waiting = new LinkedHashMap<>();
  private final Map<TopicPartition, List<MetricName>> partitions = new HashMap<>();

  WorkerBoard(PluginMetrics worker, SinkMetrics metrics) {
    this.worker = worker;
    for (SinkMeter meter : SinkMeter.values()) {
      add(
          worker.metricName(meter.shown(), meter.meaning(), new LinkedHashMap<>()),
          (config, now) -> meter.value(metrics));
    }
    if (!waiting.isEmpty()) {
      LOG.info("A predecessor of this task has not ended yet; metrics come when it has");
    }
  }

  /**
   * @return empty if the worker takes no metrics
   * @throws LinkageError on a worker that is older
   */
  static Optional<MeterBoard> open(SinkTaskContext context, SinkMetrics metrics) {
    PluginMetrics worker = context.pluginMetrics();
    return worker == null ? Optional.empty() : Optional.of(new WorkerBoard(worker, metrics));
  }

  @Override
  public void show(TopicPartition partition, PartitionMeter.Reading reading) {
    List<MetricName> names = new ArrayList<>();
    for (PartitionMeter meter : PartitionMeter.values()) {
      LinkedHashMap<String, String> tags = new LinkedHashMap<>();
      tags.put("topic", partition.topic());
      tags.put("partition", Integer.toString(partition.partition()));
      MetricName name = worker.metricName(meter.shown(), meter.meaning(), tags);
      add(name, (config, now) -> meter.value(reading));
      names.add(name);
    }
    partitions.put(partition, names);
  }

  @Override
  public void refresh() {
    if (!waiting.isEmpty()) {
      Map<MetricName, Gauge<Object>> again = Map.copyOf(waiting);
      waiting.clear();
      again.forEach(this::add);
    }
  }

  @Override
  public void hide(TopicPartition partition) {
    List<MetricName> names = partitions.remove(partition);
    if (names != null) {
      for (MetricName name : names) {
        if (waiting.remove(name) == null) {
          worker.removeMetric(name);
        }
      }
    }
  }

  /** Nothing else to do: the worker takes them down with the task. */
  @Override
  public void close() {
    partitions.clear();
    waiting.clear();
  }

  private void add(MetricName name, Gauge<Object> gauge) {
    try {
      worker.addMetric(name, gauge);
    } catch (IllegalArgumentException taken) {
      waiting.put(name, gauge);
    }
  }
}
