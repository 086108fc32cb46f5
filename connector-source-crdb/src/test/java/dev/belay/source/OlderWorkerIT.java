package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.Deadline;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A worker older than Kafka 4.1 takes no metrics from plugins: a task shows its own in JMX. All is
 * real but the worker, of which this build has one version: its context lacks the method.
 */
class OlderWorkerIT extends SourceCase {
  private static final MBeanServer JMX = ManagementFactory.getPlatformMBeanServer();

  @ParameterizedTest
  @ValueSource(strings = {"kafka", "sinkless"})
  void aTaskShowsItsMetricsItself(String delivery) throws Exception {
    Map<String, String> config = settings();
    config.put("name", name);
    config.put("feed.delivery", delivery);
    config.put("task.class", CockroachSourceTask.class.getName());
    // places of config providers, which only a worker fills in
    config.values().removeIf(value -> value.contains("${"));
    if (delivery.equals("sinkless")) {
      config.remove("feed.sink.uri");
      config.remove("supervise.interval.ms");
    }
    CockroachSourceConnector connector = new CockroachSourceConnector();
    connector.start(config);
    ObjectName bean =
        new ObjectName(
            "dev.belay:type=source-task,connector="
                + ObjectName.quote(name)
                + (delivery.equals("sinkless") ? ",task=0" : ""));
    CockroachSourceTask task = new CockroachSourceTask();
    Map<Map<String, ?>, Map<String, Object>> stored = new HashMap<>();
    task.initialize(new OlderContext(config, stored));
    task.start(connector.taskConfigs(1).get(0));
    try {
      Deadline.in(LIMIT)
          .await(
              "a metric says that it runs",
              () -> {
                poll(task, stored);
                return metric(bean, "state").equals("RUNNING")
                    && ((Number) metric(bean, "gc-window-left-seconds")).longValue() > 0;
              });
      assertThat(((Number) metric(bean, "seconds-behind")).longValue()).isNotNegative();
    } finally {
      task.stop();
      connector.stop();
    }
    assertThat(JMX.isRegistered(bean)).isFalse();
  }

  /** And stores the offsets, as the worker does some time after the records were written. */
  private static void poll(
      CockroachSourceTask task, Map<Map<String, ?>, Map<String, Object>> stored) {
    try {
      for (SourceRecord record : Optional.ofNullable(task.poll()).orElse(List.of())) {
        if (record.sourcePartition() != null) {
          stored.put(record.sourcePartition(), new HashMap<>(record.sourceOffset()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The empty text before there is a bean. */
  private static Object metric(ObjectName bean, String metric) {
    try {
      return JMX.isRegistered(bean) ? JMX.getAttribute(bean, metric) : "";
    } catch (JMException e) {
      throw new AssertionError(e);
    }
  }

  /** Of a task that begins. */
  private record OlderContext(
      Map<String, String> configs, Map<Map<String, ?>, Map<String, Object>> stored)
      implements SourceTaskContext {
    @Override
    public OffsetStorageReader offsetStorageReader() {
      return new OffsetStorageReader() {
        @Override
        public <T> Map<String, Object> offset(Map<String, T> partition) {
          return stored.get(partition);
        }

        @Override
        public <T> Map<Map<String, T>, Map<String, Object>> offsets(
            Collection<Map<String, T>> partitions) {
          Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
          partitions.forEach(partition -> found.put(partition, stored.get(partition)));
          return found;
        }
      };
    }

    /** What the virtual machine throws where the interface of the worker has no such method. */
    @Override
    public PluginMetrics pluginMetrics() {
      throw new NoSuchMethodError("pluginMetrics");
    }
  }
}
