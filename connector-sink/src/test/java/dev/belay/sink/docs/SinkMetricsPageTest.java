package dev.belay.sink.docs;

import static dev.belay.testkit.docs.Page.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.metrics.PartitionMeter;
import dev.belay.sink.metrics.SinkMeter;
import dev.belay.sink.metrics.SinkMetrics;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.docs.Page;
import dev.belay.testkit.docs.Repository;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.junit.jupiter.api.Test;

class SinkMetricsPageTest {
  private static final String BY_THE_WORKER = "kafka.connect:type=plugins,connector=%s,task=%s";
  private static final String BY_ITSELF = "dev.belay:type=sink-task,connector=\"%s\",task=%s";

  @Test
  void thePageOfMetricsIsThatOfTheMeters() throws Exception {
    Page page =
        new Page("Sink: metrics")
            .paragraph(
                """
                What each task measures. Counters begin at zero when the task starts. The names are an interface:
                they change only with a note in the changelog.
                """)
            .generatedFrom("SinkMeter")
            .heading("Where they are")
            .head("worker", "JMX object name", "attributes")
            .row(
                "Kafka 4.1 and newer",
                code(BY_THE_WORKER.formatted("<connector>", "<task>")),
                "the names below")
            .row(
                "older",
                code(BY_ITSELF.formatted("<connector>", "<task>")),
                "the same names; the quotes are part of the object name")
            .paragraph(
                """
                On Kafka 4.1 and newer the worker owns them, so its metrics reporters get them as well. Connect's own
                metrics of the task (`kafka.connect:type=sink-task-metrics`) stay as they are. With several tasks
                (`delivery.mode=immediate`, `tasks.max` above 1) no task knows the frontier of all partitions:
                `frontier`, `seconds-behind` and `snapshot` then say nothing, and the lag of the consumer group
                `connect-<connector>` is what to watch.
                """)
            .heading("What they say")
            .head("name", "meaning", "how to read it");
    for (SinkMeter meter : SinkMeter.values()) {
      page.row(code(meter.shown()), meter.meaning(), meter.reading());
    }
    page.heading("Of each partition")
        .paragraph(
            """
            Tagged with topic and partition: `,topic=<topic>,partition=<number>` follows in the worker's object name,
            and without one it is
            `dev.belay:type=sink-partition,connector="<connector>",task=<task>,topic="<topic>",partition=<number>`.
            """)
        .head("name", "meaning", "how to read it");
    for (PartitionMeter meter : PartitionMeter.values()) {
      page.row(code(meter.shown()), meter.meaning(), meter.reading());
    }
    CommittedText.assertCommitted(Repository.docs("reference/sink-metrics.md"), page.text());
  }

  @Test
  void metersAreShownByTheWorkerUnderTheNameOnThePage() throws Exception {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("connector", "shop");
    tags.put("task", "0");
    JmxReporter reporter = new JmxReporter();
    try (Metrics worker =
            new Metrics(
                new MetricConfig(),
                List.of(reporter),
                Time.SYSTEM,
                new KafkaMetricsContext("kafka.connect"));
        PluginMetricsImpl plugin = new PluginMetricsImpl(worker, tags);
        SinkMetrics metrics = new SinkMetrics("shop", "0", () -> 0)) {
      metrics.register(context(plugin));
      assertThat(attributes(BY_THE_WORKER.formatted("shop", "0"))).containsAll(names());
    }
  }

  @Test
  void metersAreShownByThemselvesUnderTheNameOnThePage() throws Exception {
    try (SinkMetrics metrics = new SinkMetrics("shop", "0", () -> 0)) {
      metrics.register(context(null));
      assertThat(attributes(BY_ITSELF.formatted("shop", "0"))).containsExactlyElementsOf(names());
    }
  }

  private static SinkTaskContext context(Object pluginMetrics) {
    return (SinkTaskContext)
        Proxy.newProxyInstance(
            SinkTaskContext.class.getClassLoader(),
            new Class<?>[] {SinkTaskContext.class},
            (proxy, method, arguments) ->
                method.getName().equals("pluginMetrics") ? pluginMetrics : null);
  }

  private static List<String> names() {
    return Arrays.stream(SinkMeter.values()).map(SinkMeter::shown).toList();
  }

  private static List<String> attributes(String object) throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    return Arrays.stream(server.getMBeanInfo(new ObjectName(object)).getAttributes())
        .map(MBeanAttributeInfo::getName)
        .toList();
  }

  @Test
  void aPartitionIsShownForAsLongAsTheTaskHasIt() throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName name =
        new ObjectName(
            "dev.belay:type=sink-partition,connector=\"shop\",task=7,topic=\"orders\",partition=3");
    try (SinkMetrics metrics = new SinkMetrics("shop", "7", () -> 5_000_000_000L)) {
      metrics.register(context(null));
      metrics.partitions(
          Map.of(new TopicPartition("orders", 3), new HlcTimestamp(2_000_000_000L, 0)));
      assertThat(server.getAttribute(name, "partition-seconds-behind")).isEqualTo(3.0);
      assertThat(server.getAttribute(name, "partition-resolved"))
          .isEqualTo("2000000000.0000000000");
      metrics.partitions(Map.of());
      assertThat(server.isRegistered(name)).isFalse();
    }
  }
}
