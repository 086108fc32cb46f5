package dev.belay.source.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows what a task measures: by the worker where it takes metrics from plugins (KIP-877, Kafka 4.1
 * and newer), else by ourselves as {@code dev.belay:type=source-task,...}. Metrics are read from
 * any thread.
 */
public final class TaskMetrics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TaskMetrics.class);

  /**
   * One of them.
   *
   * @param value asked for whenever somebody looks, by any thread
   */
  public record Metric(String name, String meaning, Supplier<Object> value) {}

  private final Optional<JmxBean> shown;

  private TaskMetrics(Optional<JmxBean> shown) {
    this.shown = shown;
  }

  /**
   * Shows metrics from now on.
   *
   * @param place properties of the object name in JMX, as they are written there; the worker has
   *     its own
   */
  public static TaskMetrics show(
      SourceTaskContext context, List<Metric> metrics, Map<String, String> place) {
    try {
      PluginMetrics worker = context.pluginMetrics();
      if (worker != null) {
        metrics.forEach(metric -> show(worker, metric));
        return new TaskMetrics(Optional.empty());
      }
    } catch (LinkageError olderWorker) {
      LOG.debug("The worker takes no metrics from plugins");
    }
    return new TaskMetrics(
        Optional.of(JmxBean.show(new MetricsBean(metrics), "source-task", place)));
  }

  private static void show(PluginMetrics worker, Metric metric) {
    Gauge<Object> gauge = (config, now) -> metric.value().get();
    try {
      worker.addMetric(
          worker.metricName(metric.name(), metric.meaning(), new LinkedHashMap<>()), gauge);
    } catch (IllegalArgumentException taken) {
      // by a predecessor that was abandoned and has not ended
      LOG.info("Metric {} is shown by a predecessor of this task until that ends", metric.name());
    }
  }

  /** Worker metrics leave with the task. */
  @Override
  public void close() {
    shown.ifPresent(JmxBean::close);
  }
}
