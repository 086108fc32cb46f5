package dev.belay.cli.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.cli.files.ExporterRules.Series;
import dev.belay.sink.metrics.PartitionMeter;
import dev.belay.sink.metrics.SinkMeter;
import dev.belay.source.report.FeedMeter;
import dev.belay.source.sinkless.ReaderMeter;
import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dashboards and alerts ask for what the rules of the exporter make of what the tasks show. */
class MetricsFilesTest {
  private static final String HLC = "1701102296662969433.0000000000";

  /** What a task says in words, with the series that comes of it; unverified is a sentence. */
  private static final Map<String, Object> WORDS =
      Map.of(
          "frontier", HLC,
          "partition-resolved", HLC,
          "stall", "Partition 3 of topic shop.public.orders\nhas not resolved",
          "unverified", "rows were applied ahead",
          "delivering", "consistent",
          "state", "NEEDS_ACTION",
          "snapshot", true);

  private static final Map<String, String> NAMES =
      Map.of(
          "frontier", "belay_frontier_timestamp_seconds",
          "partition-resolved", "belay_partition_resolved_timestamp_seconds",
          "stall", "belay_stalled",
          "unverified", "");

  /** Of other people's beans, as a worker shows them. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "kafka.connect<type=connector-task-metrics, connector=shop, task=0><>status: running",
          "kafka_connect_task_status",
          "kafka.connect<type=source-task-metrics, connector=shop, task=0><>source-record-write-total: 5.0",
          "kafka_connect_source_task_source_record_write_total",
          "kafka.connect<type=sink-task-metrics, connector=shop, task=0><>sink-record-read-rate: 5.0",
          "kafka_connect_sink_task_sink_record_read_rate",
          "kafka.consumer<type=consumer-fetch-manager-metrics, client-id=connector-consumer-shop-x-0,"
              + " topic=shop.public.orders, partition=2><>records-lag: 7.0",
          "kafka_consumer_records_lag",
          "debezium.postgres<type=connector-metrics, context=streaming, server=forward>"
              + "<>MilliSecondsBehindSource: 12",
          "debezium_milliseconds_behind_source");

  private static ExporterRules rules;

  @BeforeAll
  static void read() throws IOException {
    rules = ExporterRules.read();
  }

  private static List<String> sinks() {
    return Stream.of(SinkMeter.values()).map(SinkMeter::shown).toList();
  }

  private static Set<String> sources() {
    Set<String> names = new TreeSet<>();
    Stream.of(FeedMeter.values()).map(FeedMeter::shown).forEach(names::add);
    Stream.of(ReaderMeter.values()).map(ReaderMeter::shown).forEach(names::add);
    return names;
  }

  private static Optional<Series> of(String bean, String attribute) {
    return rules.of(bean, attribute, WORDS.getOrDefault(attribute, 5));
  }

  private static String expected(String attribute) {
    return NAMES.getOrDefault(attribute, "belay_" + attribute.replace('-', '_'));
  }

  @Test
  void everyMeterOfATaskIsASeriesOnEveryWorker() {
    Map<String, String> wrong = new LinkedHashMap<>();
    for (String bean :
        List.of(
            "kafka.connect<type=plugins, connector=shop-failback, task=3>",
            "dev.belay<type=sink-task, connector=\"shop-failback\", task=3>")) {
      for (String meter : sinks()) {
        check(wrong, bean, meter, Map.of("connector", "shop-failback", "task", "3"));
      }
    }
    for (String bean :
        List.of(
            "kafka.connect<type=plugins, connector=shop-failback, task=3>",
            "dev.belay<connector=\"shop-failback\", task=3, type=source-task>",
            "dev.belay<type=source-task, task=3, connector=\"shop-failback\">")) {
      for (String meter : sources()) {
        check(wrong, bean, meter, Map.of("connector", "shop-failback", "task", "3"));
      }
    }
    for (FeedMeter meter : FeedMeter.values()) {
      check(
          wrong,
          "dev.belay<type=source-task, connector=\"shop-failback\">",
          meter.shown(),
          Map.of("connector", "shop-failback", "task", ""));
    }
    for (String bean :
        List.of(
            "kafka.connect<type=plugins, connector=shop-failback, task=3,"
                + " topic=shop.public.orders, partition=2>",
            "dev.belay<type=sink-partition, connector=\"shop-failback\", task=3,"
                + " topic=\"shop.public.orders\", partition=2>")) {
      for (PartitionMeter meter : PartitionMeter.values()) {
        check(
            wrong,
            bean,
            meter.shown(),
            Map.of(
                "connector", "shop-failback",
                "task", "3",
                "topic", "shop.public.orders",
                "partition", "2"));
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static void check(
      Map<String, String> wrong, String bean, String meter, Map<String, String> tags) {
    Optional<Series> series = of(bean, meter);
    boolean right =
        expected(meter).isEmpty()
            ? series.isEmpty()
            : series
                .filter(made -> made.name().equals(expected(meter)))
                .filter(made -> made.labels().entrySet().containsAll(tags.entrySet()))
                .isPresent();
    if (!right) {
      wrong.put(bean + " " + meter, String.valueOf(series));
    }
  }

  @Test
  void wordsBecomeNumbers() {
    String bean = "kafka.connect<type=plugins, connector=shop, task=0>";
    assertThat(rules.of(bean, "stall", "").orElseThrow().value()).isZero();
    assertThat(rules.of(bean, "stall", "it\nwaits").orElseThrow().value()).isOne();
    assertThat(rules.of(bean, "snapshot", false).orElseThrow().value()).isZero();
    assertThat(rules.of(bean, "frontier", HLC).orElseThrow().value()).isEqualTo(1701102296);
    assertThat(rules.of(bean, "frontier", "0.0000000000")).isEmpty();
    assertThat(rules.of(bean, "state", "STALLED").orElseThrow().labels())
        .containsEntry("state", "STALLED");
    assertThat(rules.of(bean, "delivering", "immediate").orElseThrow().labels())
        .containsEntry("mode", "immediate");
  }

  @Test
  void whatOthersShowIsTakenTheirWay() {
    OTHERS.forEach(
        (bean, name) -> {
          Matcher parts = Pattern.compile("(.*>)<>([\\w-]+): (.*)").matcher(bean);
          assertThat(parts.matches()).isTrue();
          Object value =
              parts.group(3).matches("[0-9.]+") ? Double.valueOf(parts.group(3)) : parts.group(3);
          assertThat(rules.of(parts.group(1), parts.group(2), value).map(Series::name))
              .contains(name);
        });
  }

  /** All that a query may ask for. */
  static Set<String> known() {
    Set<String> known = new TreeSet<>(OTHERS.values());
    Stream.concat(sinks().stream(), sources().stream())
        .map(MetricsFilesTest::expected)
        .forEach(known::add);
    Stream.of(PartitionMeter.values()).map(meter -> expected(meter.shown())).forEach(known::add);
    known.remove("");
    known.add("up"); // Prometheus' own
    return known;
  }

  static Stream<Path> dashboards() throws IOException {
    return Repository.files(".json").stream()
        .filter(
            file -> file.startsWith(Repository.ROOT.resolve("config/metrics/grafana/dashboards")));
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(Files.readString(file));
  }

  /** Queries of panels, with the place of each. */
  static Map<String, String> queries(Path dashboard) throws IOException {
    Map<String, String> queries = new LinkedHashMap<>();
    JsonNode board = json(dashboard);
    for (JsonNode panel : board.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.put(
            panel.path("title").asText() + "/" + target.path("refId").asText(),
            target.path("expr").asText());
      }
    }
    for (JsonNode variable : board.path("templating").path("list")) {
      if (variable.path("type").asText().equals("query")) {
        queries.put(
            variable.path("name").asText(),
            // its second argument is a label
            variable.path("query").path("query").asText().replaceFirst(", \\w+\\)$", ")"));
      }
    }
    return queries;
  }

  @Test
  void aDashboardForEachUse() throws Exception {
    assertThat(dashboards().map(file -> file.getFileName().toString()))
        .containsExactly("bidirectional.json", "failback.json", "forward.json");
    Set<String> ids = new HashSet<>();
    for (Path file : dashboards().toList()) {
      assertThat(ids.add(json(file).path("uid").asText())).as("%s", file).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void panelsAskForWhatIsThere(Path dashboard) throws Exception {
    Map<String, String> queries = queries(dashboard);
    assertThat(queries).hasSizeGreaterThan(10);
    queries.forEach(
        (place, query) ->
            assertThat(PromQuery.metrics(query)).as(place).isNotNull().isSubsetOf(known()));
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void panelsHaveAPlaceAndSayWhatTheyShow(Path dashboard) throws Exception {
    Set<Integer> ids = new HashSet<>();
    Set<String> cells = new HashSet<>();
    for (JsonNode panel : json(dashboard).path("panels")) {
      assertThat(ids.add(panel.path("id").asInt())).isTrue();
      assertThat(panel.path("title").asText()).isNotEmpty();
      assertThat(panel.path("description").asText()).isNotEmpty();
      JsonNode place = panel.path("gridPos");
      assertThat(place.path("x").asInt() + place.path("w").asInt()).isBetween(1, 24);
      for (int x = 0; x < place.path("w").asInt(); x++) {
        for (int y = 0; y < place.path("h").asInt(); y++) {
          String cell = (place.path("x").asInt() + x) + "," + (place.path("y").asInt() + y);
          assertThat(cells.add(cell))
              .as("%s is on another at %s", panel.path("title"), cell)
              .isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void theReaderChoosesTheDataSource(Path dashboard) throws Exception {
    JsonNode board = json(dashboard);
    List<JsonNode> sources = board.findValues("datasource");
    assertThat(sources).isNotEmpty();
    assertThat(sources).allMatch(source -> source.path("uid").asText().equals("${datasource}"));
    assertThat(board.path("templating").path("list").path(0).path("type").asText())
        .isEqualTo("datasource");
    Set<String> variables = new TreeSet<>(Set.of("__rate_interval", "__all"));
    board.path("templating").path("list").forEach(v -> variables.add(v.path("name").asText()));
    Matcher used = Pattern.compile("\\$\\{?(\\w+)").matcher(board.toString());
    while (used.find()) {
      assertThat(variables).contains(used.group(1));
    }
  }

  static Map<String, JsonNode> alerts() throws IOException {
    Map<String, JsonNode> alerts = new LinkedHashMap<>();
    for (JsonNode group : YamlFile.read("config/metrics/alerts.yml").path("groups")) {
      assertThat(group.path("name").asText()).isNotEmpty();
      for (JsonNode rule : group.path("rules")) {
        JsonNode before = alerts.put(rule.path("alert").asText(), rule);
        assertThat(before).as("%s stands twice", rule.path("alert")).isNull();
      }
    }
    return alerts;
  }

  @Test
  void alertsAskForWhatIsThere() throws Exception {
    alerts()
        .forEach(
            (name, rule) ->
                assertThat(PromQuery.metrics(rule.path("expr").asText()))
                    .as(name)
                    .isNotEmpty()
                    .isSubsetOf(known()));
  }

  @Test
  void alertsSayWhatAndWhatToDo() throws Exception {
    Map<String, JsonNode> alerts = alerts();
    assertThat(alerts.keySet())
        .contains(
            "BelayStalled",
            "BelayBehindRpo",
            "BelayGcWindowShort",
            "BelayDeadLetters",
            "BelayEpochLost",
            "BelayEchoCaught",
            "BelayTaskFailed",
            "BelayFeedNeedsAction");
    alerts.forEach(
        (name, rule) -> {
          assertThat(name).matches("Belay[A-Z]\\w+");
          List<String> words = new ArrayList<>();
          rule.fieldNames().forEachRemaining(words::add);
          assertThat(words).isSubsetOf("alert", "expr", "for", "labels", "annotations");
          assertThat(rule.path("for").asText("1m")).matches("\\d+m");
          assertThat(rule.path("labels").path("severity").asText())
              .isIn("critical", "warning", "info");
          assertThat(rule.path("annotations").path("summary").asText()).isNotEmpty();
          assertThat(rule.path("annotations").path("description").asText()).isNotEmpty();
          // a label that the query does not leave would be empty in the text
          Matcher label =
              Pattern.compile("\\$labels\\.(\\w+)").matcher(rule.path("annotations").toString());
          while (label.find()) {
            assertThat(label.group(1)).isIn("connector", "task", "state", "instance");
          }
        });
  }

  @Test
  void everyAlertIsOnThePage() throws Exception {
    String page = Files.readString(Repository.docs("metrics.md"));
    assertThat(alerts().keySet()).allMatch(name -> page.contains("`" + name + "`"));
  }

  @Test
  void thePageNamesWhatIsThere() throws Exception {
    Matcher name =
        Pattern.compile("`(belay_[a-z0-9_]+)[`{]")
            .matcher(Files.readString(Repository.docs("metrics.md")));
    Set<String> named = new TreeSet<>();
    while (name.find()) {
      named.add(name.group(1));
    }
    assertThat(named).isNotEmpty().isSubsetOf(known());
  }

  @Test
  void prometheusLooksWhereTheWorkerShows() throws Exception {
    JsonNode scrape = YamlFile.read("config/metrics/prometheus.yml");
    assertThat(scrape.path("rule_files").path(0).asText()).isEqualTo("alerts.yml");
    String target =
        scrape
            .path("scrape_configs")
            .path(0)
            .path("static_configs")
            .path(0)
            .path("targets")
            .path(0)
            .asText();
    assertThat(Compose.read().services()).containsKey(target.split(":")[0]);
    assertThat(Files.readString(Repository.ROOT.resolve("config/docker/connect/Dockerfile")))
        .contains("=" + target.split(":")[1] + ":/opt/connect/jmx-exporter.yml");
    assertThat(scrape.path("scrape_configs").path(0).path("job_name").asText())
        .isEqualTo("belay-connect");
    JsonNode grafana = YamlFile.read("config/metrics/grafana/datasources.yml");
    assertThat(Compose.read().services())
        .containsKey(
            grafana
                .path("datasources")
                .path(0)
                .path("url")
                .asText()
                .replaceAll("http://|:\\d+", ""));
    String folder =
        YamlFile.read("config/metrics/grafana/dashboards.yml")
            .path("providers")
            .path(0)
            .path("options")
            .path("path")
            .asText();
    assertThat(Compose.read().services().get("grafana").onHost(folder)).isPresent();
  }

  @Test
  void whatIsNoQueryIsSeen() {
    assertThat(PromQuery.metrics("max by (a) (x{b=~\"c, (\"} and on (d) y) > 60"))
        .containsExactly("x", "y");
    assertThatThrownBy(() -> PromQuery.metrics("max(x")).hasMessageContaining("do not close");
    assertThatThrownBy(() -> PromQuery.metrics("mix(x)")).hasMessageContaining("mix");
    assertThatThrownBy(() -> PromQuery.metrics("x{a=b}")).hasMessageContaining("No query");
    assertThatThrownBy(() -> PromQuery.metrics("rate(x[5 m])")).hasMessageContaining("No query");
  }
}
