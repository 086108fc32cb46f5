package dev.belay.cli.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.sink.metrics.SinkMeter;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.docs.Repository;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.postgres.PostgresServer;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the containers of {@code docker-compose.yml} do, without containers: the scripts, tables and
 * connectors that are mounted into them, on real PostgreSQL, Kafka and Connect, with the stand-in
 * for CockroachDB; and the metrics of that worker, as the JMX exporter shows them by our rules.
 */
class ComposeIT {
  private static final Logger LOG = LoggerFactory.getLogger(ComposeIT.class);
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final Path DOCKER = Repository.ROOT.resolve("config/docker");

  /** Asked for by dashboards or alerts, and not of this worker. */
  private static final Set<String> ELSEWHERE = Set.of("up", "debezium_milliseconds_behind_source");

  @TempDir static Path dir;

  private static PostgresServer old;
  private static StandIn standIn;
  private static KafkaProcess kafka;
  private static ConnectWorker worker;
  private static int metricsPort;
  private static Said setUp;
  private static Said posted;

  @BeforeAll
  static void start() throws Exception {
    for (String tool : List.of("bash", "psql", "curl")) {
      boolean there = isThere(tool);
      if (!there) {
        // Maven's summary leaves out why a whole class is skipped
        LOG.warn("ComposeIT is skipped: the containers' scripts need {}, which is not here", tool);
      }
      assumeTrue(there, "the containers' scripts need " + tool + ", which is not here");
    }
    old = PostgresServer.start(PostgresServer.Version.NEW, Map.of("wal_level", "logical"));
    standIn = StandIn.start();
    kafka = KafkaProcess.start(dir.resolve("kafka"));
    Path plugins = Path.of(System.getProperty("belay.cli.jar")).resolveSibling("plugins");
    metricsPort = LoopbackPort.free();
    worker =
        ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
            .plugin(List.of(plugins.resolve("belay-connector-sink-plugin.zip")))
            .plugin(List.of(plugins.resolve("belay-connector-source-crdb-plugin.zip")))
            .jvmOptions(
                List.of(
                    "-javaagent:"
                        + System.getProperty("belay.jmx.exporter")
                        + "="
                        + LoopbackPort.HOST
                        + ":"
                        + metricsPort
                        + ":"
                        + Repository.ROOT
                            .resolve("config/metrics/jmx-exporter.yml")
                            .toAbsolutePath()
                            .normalize()))
            .start();
    setUp = setUpOldDatabase();
    setUpNewDatabase();
    posted = post(connectors());
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable part : new AutoCloseable[] {worker, kafka, standIn, old}) {
      try {
        if (part != null) {
          part.close();
        }
      } catch (Exception e) {
        LOG.warn("A part does not stop: {}", e.toString());
      }
    }
  }

  private static boolean isThere(String tool) throws InterruptedException {
    try {
      return new ProcessBuilder(tool, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException notThere) {
      return false;
    }
  }

  private record Said(int code, String text) {}

  private static Said run(Map<String, String> environment, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), text);
  }

  /** As the image of PostgreSQL does when its volume is empty. */
  private static Said setUpOldDatabase() throws Exception {
    old.createDatabase("shop");
    // the container's places, as they are in this checkout
    Path passwords = Files.createDirectory(dir.resolve("passwords"));
    Files.writeString(passwords.resolve("target"), "p'1\"");
    Files.writeString(passwords.resolve("debezium"), "p2");
    String script =
        Files.readString(DOCKER.resolve("postgresql/init.sh"))
            .replace("/passwords/", passwords + "/")
            .replace("/belay/tables.sql", DOCKER.resolve("tables.sql").toString())
            .replace("/belay/sql", Repository.ROOT.resolve("config/sql/postgresql").toString());
    Path copy = dir.resolve("init.sh");
    Files.writeString(copy, script);
    return run(
        Map.of(
            "PGHOST",
            LoopbackPort.HOST,
            "PGPORT",
            Integer.toString(old.port()),
            "POSTGRES_USER",
            old.superuser(),
            "POSTGRES_DB",
            "shop"),
        "bash",
        copy.toString());
  }

  @Test
  void theOldDatabaseIsSetUp() throws Exception {
    assertThat(setUp.code()).as(setUp.text()).isZero();
    assertThat(ask(old.connect("shop"), "SELECT count(*) FROM suppliers")).isEqualTo("1");
    assertThat(
            ask(
                old.connect("shop"),
                "SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_authid"
                    + " WHERE rolcanlogin AND NOT rolsuper AND rolpassword IS NOT NULL"))
        .isEqualTo("belay debezium");
  }

  /** As the container that runs once does with CockroachDB, and the one that makes the topics. */
  private static void setUpNewDatabase() throws Exception {
    standIn.createDatabase("shop");
    for (String file : List.of("tables.sql", "cockroachdb/shop.sql")) {
      String sql = Files.readString(DOCKER.resolve(file)).replaceAll("(?m)^--.*$", "");
      try (Connection connection = standIn.connect("shop");
          Statement statement = connection.createStatement()) {
        for (String one : sql.split(";\\s*\\n")) {
          if (!one.isBlank()) {
            statement.execute(one.strip());
          }
        }
      }
    }
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      topics.create("shop.public.customers", 3);
      topics.create("shop.public.orders", 3);
    }
  }

  @Test
  void theConnectorsRunAndARowThatIsChangedInTheNewDatabaseIsSeenInTheOldOne() throws Exception {
    assertThat(posted.code()).as(posted.text()).isZero();
    assertThat(posted.text().lines())
        .containsExactly(
            "shop-feed: made",
            "shop-feed: RUNNING",
            "shop-failback: made",
            "shop-failback: RUNNING");
    await("the first rows", "SELECT count(*) FROM orders", "1");
    try (Connection connection = standIn.connect("shop");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "UPDATE customers SET name = 'Ada, Countess of Lovelace' WHERE email = 'ada@example.com'");
    }
    await(
        "the change",
        "SELECT name FROM customers WHERE email = 'ada@example.com'",
        "Ada, Countess of Lovelace");
    // as at the next start of the containers
    assertThat(post(connectors()).text().lines())
        .containsExactly(
            "shop-feed: there already",
            "shop-feed: RUNNING",
            "shop-failback: there already",
            "shop-failback: RUNNING");
  }

  @Test
  void aConnectorThatTheWorkerRefusesEndsTheScript() throws Exception {
    Path folder = Files.createDirectory(dir.resolve("refused"));
    String sink = Files.readString(connectors().resolve("2-sink.json"));
    Files.writeString(
        folder.resolve("sink.json"),
        sink.replace("\"shop-failback\"", "\"other\"").replace("\"topics\"", "\"tropics\""));
    Said said = post(folder);
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.text()).contains("other: refused by the worker").contains("topics");
  }

  /** The shipped files, with the addresses of this machine, where nothing has TLS. */
  private static Path connectors() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("connectors"));
    for (String name : List.of("1-feed.json", "2-sink.json")) {
      String text =
          Files.readString(DOCKER.resolve("connectors/failback").resolve(name))
              .replaceAll("(?m)^.*\"source\\.jdbc\\..*\n", "")
              .replace("jdbc:postgresql://cockroach:26257/shop", standIn.url("shop"))
              .replace("jdbc:postgresql://postgres:5432/shop", old.jdbcUrl("shop"))
              .replace("${file:/etc/belay/secrets.properties:target.password}", "p'1\\\"")
              .replace("kafka:19092", kafka.bootstrapServers());
      Files.writeString(folder.resolve(name), text);
    }
    return folder;
  }

  private static Said post(Path folder) throws Exception {
    return run(
        Map.of("CONNECT", worker.restUrl().toString().replaceAll("/$", ""), "RETRY_SECONDS", "0.2"),
        "sh",
        DOCKER.resolve("connectors.sh").toString(),
        folder.toString());
  }

  private static void await(String what, String sql, String expected) {
    Deadline.in(LIMIT)
        .await(
            what,
            () -> {
              try {
                return ask(old.connect("shop"), sql).equals(expected);
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  /** The one value of a statement; closes the session. */
  private static String ask(Connection connection, String sql) throws SQLException {
    try (connection;
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }

  @Test
  void whatDashboardsAndAlertsAskForIsShown() throws Exception {
    Set<String> wanted = new TreeSet<>();
    for (Path dashboard : MetricsFilesTest.dashboards().toList()) {
      MetricsFilesTest.queries(dashboard)
          .values()
          .forEach(query -> wanted.addAll(PromQuery.metrics(query)));
    }
    MetricsFilesTest.alerts()
        .values()
        .forEach(rule -> wanted.addAll(PromQuery.metrics(rule.path("expr").asText())));
    wanted.removeAll(ELSEWHERE);
    assertThat(wanted).hasSizeGreaterThan(30);
    awaitShown(wanted);
  }

  /** Some come with the first resolved times only. */
  private static void awaitShown(Set<String> wanted) {
    Set<String> missing = new TreeSet<>();
    Deadline.in(LIMIT)
        .await(
            () -> "metrics " + missing,
            () -> {
              missing.clear();
              missing.addAll(wanted);
              samples().forEach(sample -> missing.remove(sample.name()));
              return missing.isEmpty();
            });
  }

  @Test
  void everyMeterOfTheSinkIsShownAsTheRulesSay() {
    Set<String> wanted =
        new TreeSet<>(
            Set.of(
                "belay_frontier_timestamp_seconds", "belay_partition_resolved_timestamp_seconds"));
    Stream.of(SinkMeter.values())
        .map(SinkMeter::shown)
        .filter(name -> !Set.of("frontier", "stall", "unverified").contains(name))
        .forEach(name -> wanted.add("belay_" + name.replace('-', '_')));
    awaitShown(wanted);
    assertThat(scrape()).contains("# TYPE belay_applied_total counter");
  }

  @Test
  void valuesAreThoseOfTheTasks() {
    String sink = "connector=\"shop-failback\",";
    Deadline.in(LIMIT)
        .await(
            "a caught-up target",
            () ->
                value("belay_snapshot", sink) == 1
                    && value("belay_stalled", sink) == 0
                    && value("belay_applied_total", sink) >= 3
                    && value("belay_delivering", "mode=\"consistent\"") == 1
                    && value("belay_state", "state=\"RUNNING\"") == 1
                    && value("kafka_connect_task_status", "status=\"running\"") == 1
                    && value("kafka_consumer_records_lag", "topic=\"shop.public.orders\"") >= 0);
    double now = System.currentTimeMillis() / 1000.0;
    assertThat(value("belay_frontier_timestamp_seconds", sink)).isBetween(now - 300, now + 5);
  }

  private record Sample(String name, String labels, double value) {}

  /** The first sample of this name with such a label; NaN if there is none. */
  private static double value(String name, String label) {
    return samples().stream()
        .filter(sample -> sample.name().equals(name) && sample.labels().contains(label))
        .mapToDouble(Sample::value)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    Matcher line = Pattern.compile("(?m)^([a-z]\\w*)(?:\\{(.*)})? (\\S+)$").matcher(scrape());
    while (line.find()) {
      samples.add(
          new Sample(
              line.group(1),
              line.group(2) == null ? "" : line.group(2),
              Double.parseDouble(
                  line.group(3).replace("+Inf", "Infinity").replace("-Inf", "-Infinity"))));
    }
    return samples;
  }

  private static String scrape() {
    try {
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create(
                              "http://" + LoopbackPort.HOST + ":" + metricsPort + "/metrics"))
                      .timeout(Duration.ofSeconds(30))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
