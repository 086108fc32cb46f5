package dev.belay.source.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.management.ObjectName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the feed's status as metrics: of the worker where it takes them from plugins (KIP-877,
 * Kafka 4.1 and newer), else by ourselves as {@code dev.belay:type=source-task,connector=NAME}. The
 * task's thread shows; metrics are read from any.
 */
public final class FeedMeters implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedMeters.class);

  private volatile List<FeedStatus> last = List.of();
  private Optional<JmxBean> shown = Optional.empty();

  private FeedMeters() {}

  public static FeedMeters of(SourceTaskContext context, String connector) {
    FeedMeters meters = new FeedMeters();
    try {
      PluginMetrics worker = context.pluginMetrics();
      if (worker != null) {
        meters.showIn(worker);
        return meters;
      }
    } catch (LinkageError olderWorker) {
      LOG.debug("The worker takes no metrics from plugins");
    }
    meters.shown =
        Optional.of(
            JmxBean.show(
                new FeedBean(() -> meters.last),
                "source-task",
                Map.of("connector", ObjectName.quote(connector))));
    return meters;
  }

  /** What the metrics say from now on. */
  public void show(List<FeedStatus> all) {
    last = List.copyOf(all);
  }

  private void showIn(PluginMetrics worker) {
    for (FeedMeter meter : FeedMeter.values()) {
      Gauge<Object> gauge = (config, now) -> meter.value(last);
      try {
        worker.addMetric(
            worker.metricName(meter.shown(), meter.meaning(), new LinkedHashMap<>()), gauge);
      } catch (IllegalArgumentException taken) {
        // by a predecessor that was abandoned and has not ended
        LOG.info("Metric {} is shown by a predecessor of this task until that ends", meter.shown());
      }
    }
  }

  /** Worker metrics leave with the task. */
  @Override
  public void close() {
    shown.ifPresent(JmxBean::close);
  }
}
