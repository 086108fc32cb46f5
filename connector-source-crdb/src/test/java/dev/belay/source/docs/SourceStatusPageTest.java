package dev.belay.source.docs;

import static dev.belay.testkit.docs.Page.code;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import dev.belay.source.report.FeedMeter;
import dev.belay.source.report.FeedMeters;
import dev.belay.source.report.FeedState;
import dev.belay.source.report.FeedStatus;
import dev.belay.source.report.SourceOffsets;
import dev.belay.source.report.StatusField;
import dev.belay.source.report.StatusRecords;
import dev.belay.source.sinkless.ReaderMeter;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.docs.Page;
import dev.belay.testkit.docs.Repository;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.junit.jupiter.api.Test;

class SourceStatusPageTest {
  private static final String BY_THE_WORKER = "kafka.connect:type=plugins,connector=%s,task=%s";
  private static final String BY_ITSELF = "dev.belay:type=source-task,connector=\"%s\"";

  private static final String OF_A_READER = "dev.belay:type=source-task,connector=\"%s\",task=%s";

  /** Of each constant that {@link SourceOffsets} has. */
  private static final Map<String, String> OFFSET_FIELDS =
      Map.of(
          "feed", "Partition: the feed's identity.",
          "table", "Partition: the table, as `GET` shows it.",
          "cursor", "Offset: everything up to this time is in Kafka. The only field of a `PATCH`.",
          "job",
              "Offset, `feed.delivery=kafka`: the job that came that far. Without it a person moved the table. Without"
                  + " `cursor` the job has not come to its first checkpoint.",
          "replaced",
              "Offset, `feed.delivery=kafka`: the connector has asked for that job's end, to make another one.",
          "ahead",
              "Offset, `sinkless`: rows above `cursor`, up to this time, may be in Kafka already.",
          "scan", "Offset, `sinkless`: the time of an initial scan that has not come to its end.",
          "key",
              "Offset, `sinkless`: the columns of the primary key, and the values up to which that"
                  + " scan has come.");

  @Test
  void thePageOfStatusIsThatOfTheCode() throws Exception {
    Page page =
        new Page("Source: status, offsets, metrics")
            .paragraph(
                """
                What the source connector says of its feed, in three places. Words, fields and names are an interface: they
                change only with a note in the changelog. What to do about each state is in
                [the guide](../source.md#every-state-and-what-to-do).
                """)
            .generatedFrom("FeedState, StatusField, SourceOffsets and FeedMeter")
            .heading("States")
            .head("state", "meaning");
    for (FeedState state : FeedState.values()) {
      page.row(code(state.name()), state.meaning());
    }
    page.heading("Status topic")
        .paragraph(
            """
            `status.topic` is compacted and has the latest record of each job, and one for tables that have no job yet.
            A record is written when its state, job, tables, error, remedy or counts change, and every `status.interval.ms`; it
            also carries the offset of one table. Those of the job's other tables come with records without value, whose keys
            have a `table` besides. When a job is gone, a record without value deletes its last. A record that is older than a few `status.interval.ms` is of a task
            that does not run any more, or of a job that went while none ran: look at `at`.
            """)
        .paragraph(
            """
            The key is JSON with `connector` and `job`; with an empty `job` also `tables`, the names joined by commas; with
            `sinkless` it has `connector` and `task`, and each task has one record. The value is JSON:
            """)
        .head("field", "present", "meaning");
    for (StatusField field : StatusField.values()) {
      page.row(code(field.shown()), field.present(), field.meaning());
    }
    page.paragraph(
        """
        Beside these the topic has records that say when a table begins, by which workers that make a job at the same
        moment [agree on one time](../decisions/feed-marks.md): the key is JSON with `feed`, `database` and `begins`, a time of
        CockroachDB; the value has `tables` and no `state`. They are deleted when the job is there.
        """);
    page.heading("Offsets")
        .paragraph(
            """
            `GET /connectors/NAME/offsets` shows one for each table, whatever `tasks.max` is. They follow the job's high-water
            mark by up to `status.interval.ms` and Connect's `offset.flush.interval.ms`. How to move them is in
            [the guide](../source.md#moving-a-position-by-hand).
            """)
        .head("field", "meaning");
    for (String field : offsetFields()) {
      page.row(code(field), OFFSET_FIELDS.get(field));
    }
    page.block(
        "json",
        """
        {"partition": {"feed": "shop-feed", "table": "shop.public.orders"},
         "offset": {"cursor": "1701102296662969433.0000000000", "job": "927812345678901249"}}
        """);
    page.heading("Metrics of feed.delivery=kafka")
        .head("worker", "JMX object name", "attributes")
        .row(
            "Kafka 4.1 and newer",
            code(BY_THE_WORKER.formatted("<connector>", "<task>")),
            "the names below")
        .row(
            "older",
            code(BY_ITSELF.formatted("<connector>")),
            "the same names; the quotes are part of the object name")
        .head("name", "meaning", "how to read it");
    for (FeedMeter meter : FeedMeter.values()) {
      page.row(code(meter.shown()), meter.meaning(), meter.reading());
    }
    page.heading("Metrics of feed.delivery=sinkless")
        .paragraph("Of each task. Counters begin at zero when the task starts.")
        .head("worker", "JMX object name", "attributes")
        .row(
            "Kafka 4.1 and newer",
            code(BY_THE_WORKER.formatted("<connector>", "<task>")),
            "the names below")
        .row(
            "older",
            code(OF_A_READER.formatted("<connector>", "<task>")),
            "the same names; the quotes are part of the object name")
        .head("name", "meaning", "how to read it");
    for (ReaderMeter meter : ReaderMeter.values()) {
      page.row(code(meter.shown()), meter.meaning(), meter.reading());
    }
    CommittedText.assertCommitted(Repository.docs("reference/source-status.md"), page.text());
  }

  private static List<String> offsetFields() throws Exception {
    List<String> names = new ArrayList<>();
    for (Field field : SourceOffsets.class.getFields()) {
      names.add((String) field.get(null));
    }
    return names;
  }

  @Test
  void everyFieldOfAnOffsetIsOnThePage() throws Exception {
    assertThat(OFFSET_FIELDS.keySet()).containsAll(offsetFields());
  }

  @Test
  void aRecordHasTheFieldsOfThePageInTheirOrder() throws Exception {
    FeedStatus status =
        new FeedStatus(
            Optional.of(7L),
            FeedState.STALLED,
            new TreeSet<>(Set.of(new TableName("shop", "public", "orders"))),
            Optional.of(new HlcTimestamp(1, 0)),
            OptionalLong.of(1),
            OptionalLong.of(2),
            "error",
            "remedy",
            3,
            4,
            new TreeSet<>(Set.of(new TableName("shop", "public", "items"))));
    StatusRecords records =
        new StatusRecords("c", "f", "kafka", "t", Duration.ofSeconds(1), Clock.systemUTC());
    SourceRecord record = records.of(List.of(status)).get(0);
    JsonNode value = new JsonMapper().readTree((byte[]) record.value());
    assertThat(value.fieldNames())
        .toIterable()
        .containsExactlyElementsOf(
            Arrays.stream(StatusField.values()).map(StatusField::shown).toList());
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
        FeedMeters meters = FeedMeters.of(context(plugin), "shop")) {
      meters.show(List.of());
      assertThat(attributes(BY_THE_WORKER.formatted("shop", "0"))).containsAll(names());
    }
  }

  @Test
  void metersAreShownByThemselvesUnderTheNameOnThePage() throws Exception {
    try (FeedMeters meters = FeedMeters.of(context(null), "shop")) {
      meters.show(List.of());
      assertThat(attributes(BY_ITSELF.formatted("shop"))).containsExactlyElementsOf(names());
    }
  }

  private static SourceTaskContext context(Object pluginMetrics) {
    return (SourceTaskContext)
        Proxy.newProxyInstance(
            SourceTaskContext.class.getClassLoader(),
            new Class<?>[] {SourceTaskContext.class},
            (proxy, method, arguments) ->
                method.getName().equals("pluginMetrics") ? pluginMetrics : null);
  }

  private static List<String> names() {
    return Arrays.stream(FeedMeter.values()).map(FeedMeter::shown).toList();
  }

  private static List<String> attributes(String object) throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    return Arrays.stream(server.getMBeanInfo(new ObjectName(object)).getAttributes())
        .map(MBeanAttributeInfo::getName)
        .toList();
  }
}
