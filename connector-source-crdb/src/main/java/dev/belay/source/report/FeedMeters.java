package dev.belay.source.report;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanServer;
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
  private Runnable close = () -> {};

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
    meters.showInJmx(connector);
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

  private void showInJmx(String connector) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName name =
          new ObjectName("dev.belay:type=source-task,connector=" + ObjectName.quote(connector));
      FeedBean bean = new FeedBean(() -> last);
      synchronized (FeedMeters.class) {
        if (server.isRegistered(name)) {
          server.unregisterMBean(name);
        }
        server.registerMBean(bean, name);
      }
      close =
          () -> {
            synchronized (FeedMeters.class) {
              try {
                if (server.isRegistered(name)) {
                  server.unregisterMBean(name);
                }
              } catch (JMException e) {
                LOG.debug("Leaving JMX: {}", e.getMessage());
              }
            }
          };
    } catch (JMException e) {
      LOG.warn("Metrics are not in JMX: {}", e.getMessage());
    }
  }

  /** Worker metrics leave with the task. */
  @Override
  public void close() {
    close.run();
  }
}
