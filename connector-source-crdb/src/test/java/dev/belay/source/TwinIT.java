package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.postgres.PostgresServer;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.proxy.ConnectionFaults.Moment;
import dev.belay.testkit.standin.proxy.HeldStatement;
import dev.belay.testkit.standin.row.Hlc;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two workers make the feed's job at the same moment. Both jobs scan and write to the same topics
 * until one is cancelled, and the sink behind them applies what was committed, and stops for
 * nothing.
 */
class TwinIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);

  @TempDir static Path dir;
  private static KafkaProcess kafka;
  private static StandIn standIn;
  private static PostgresServer old;
  private static ConnectWorker one;
  private static ConnectWorker other;

  private final Random random = new Random(9);
  private List<String> tables = List.of();
  private String feed = "";

  @BeforeAll
  static void start() throws Exception {
    kafka = KafkaProcess.start(dir.resolve("kafka"));
    standIn = StandIn.start();
    old = PostgresServer.start(PostgresServer.Version.OLD);
    one = worker("one");
    other = worker("other");
    one.awaitHealthy(LIMIT);
    other.awaitHealthy(LIMIT);
  }

  @AfterAll
  static void stop() {
    other.close();
    one.close();
    old.close();
    standIn.close();
    kafka.close();
  }

  private static ConnectWorker worker(String group) throws Exception {
    return ConnectWorker.in(dir.resolve(group), kafka.bootstrapServers())
        .plugins(
            List.of(
                Path.of(System.getProperty("belay.source.zip")),
                Path.of(System.getProperty("belay.sink.zip"))))
        .properties(
            Map.of(
                "group.id", group,
                "config.storage.topic", group + "-config",
                "offset.storage.topic", group + "-offset",
                "status.storage.topic", group + "-status"))
        .start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"immediate", "consistent"})
  void theTwinHarmsNothingDownstream(String mode) throws Exception {
    feed = "twin" + mode;
    tables = List.of("payments" + mode, "orders" + mode);
    try (Connection from = standIn.connect();
        Connection to =
            DriverManager.getConnection(old.createDatabase("target" + mode), old.superuser(), "")) {
      prepare(from, to);
      work(from);
      // both look at the jobs and find none
      HeldStatement first = hold("belay." + feed + ".");
      HeldStatement second = hold("belay." + feed + ".");
      HeldStatement ends = hold("CANCEL JOB");
      HeldStatement endsToo = hold("CANCEL JOB");
      one.rest().create(feed, source());
      first.awaitMet(LIMIT);
      other.rest().create(feed, source());
      second.awaitMet(LIMIT);
      one.rest().create("to" + feed, sink(to.getMetaData().getURL(), mode));

      work(from);
      first.release();
      eventually(() -> assertThat(jobs()).hasSize(1));
      long firstJob = jobs().get(0).id();
      reached(firstJob, standIn.now());
      // the second scans as of the same time, which the first has resolved long ago; at any moment
      // one of them tells resolved times, and both send rows: the sink stops at two feeds whose
      // times fall
      // back again and again, which no twin lives long enough for
      work(from);
      standIn.stallJob(firstJob);
      second.release();
      eventually(() -> assertThat(jobs()).hasSize(2));
      long secondJob = jobs().get(1).id();
      ends.awaitMet(LIMIT);
      endsToo.awaitMet(LIMIT);
      for (int round = 0; round < 2; round++) {
        work(from);
        reached(secondJob, standIn.now());
        standIn.stallJob(secondJob);
        standIn.releaseStalledJob(firstJob);
        work(from);
        reached(firstJob, standIn.now());
        standIn.stallJob(firstJob);
        standIn.releaseStalledJob(secondJob);
      }
      ends.release();
      endsToo.release();
      eventually(
          () ->
              assertThat(standIn.job(secondJob).orElseThrow().state())
                  .isEqualTo(JobState.CANCELED));
      standIn.releaseStalledJob(firstJob);
      assertThat(standIn.job(firstJob).orElseThrow().state()).isEqualTo(JobState.RUNNING);
      work(from);
      eventually(() -> sameRows(from, to));
      one.rest().awaitRunning("to" + feed, LIMIT);
      one.rest().awaitRunning(feed, LIMIT);
      other.rest().awaitRunning(feed, LIMIT);
      assertThat(jobs()).hasSize(2);
    }
    remove();
  }

  /**
   * A job that began between the changes of a row would send the last of them only, and resolve the
   * others before its twin has sent them: the sink could not tell them from lost ones.
   */
  @ParameterizedTest
  @ValueSource(strings = {"immediate", "consistent"})
  void changesBetweenTheLooksOfTwoWorkersAreSentByBoth(String mode) throws Exception {
    feed = "between" + mode;
    tables = List.of("accounts" + mode);
    String table = tables.get(0);
    try (Connection from = standIn.connect();
        Connection to =
            DriverManager.getConnection(
                old.createDatabase("between" + mode), old.superuser(), "")) {
      prepare(from, to);
      execute(from, "INSERT INTO " + table + " VALUES (1, 0), (2, 0), (3, 0)");
      HeldStatement first = hold("belay." + feed + ".");
      HeldStatement second = hold("belay." + feed + ".");
      HeldStatement ends = hold("CANCEL JOB");
      HeldStatement endsToo = hold("CANCEL JOB");
      one.rest().create(feed, source());
      first.awaitMet(LIMIT);
      execute(from, "UPDATE " + table + " SET n = 1 WHERE id = 1");
      execute(from, "UPDATE " + table + " SET n = 2 WHERE id = 1");
      execute(from, "DELETE FROM " + table + " WHERE id = 2");
      execute(from, "INSERT INTO " + table + " VALUES (4, 0)");
      execute(from, "DELETE FROM " + table + " WHERE id = 4");
      other.rest().create(feed, source());
      second.awaitMet(LIMIT);
      one.rest().create("to" + feed, sink(to.getMetaData().getURL(), mode));

      // the one that looked last is the first to make its job, and the sink has all that it sends
      second.release();
      eventually(() -> assertThat(jobs()).hasSize(1));
      long stays = jobs().get(0).id();
      eventually(() -> sameRows(from, to));
      reached(stays, standIn.now());
      execute(from, "INSERT INTO " + table + " VALUES (5, 0)");
      eventually(() -> sameRows(from, to));
      standIn.stallJob(stays);
      first.release();
      eventually(() -> assertThat(jobs()).hasSize(2));
      long goes = jobs().get(1).id();
      reached(goes, standIn.now());
      ends.release();
      endsToo.release();
      eventually(
          () -> assertThat(standIn.job(goes).orElseThrow().state()).isEqualTo(JobState.CANCELED));
      standIn.releaseStalledJob(stays);
      execute(from, "INSERT INTO " + table + " VALUES (6, 0)");
      eventually(() -> sameRows(from, to));
      // it stops at the first change that it cannot tell from a lost one
      one.rest().awaitRunning("to" + feed, LIMIT);
      assertThat(jobs()).extracting(TwinIT::cursor).hasSize(2).containsOnly(cursor(jobs().get(0)));
    }
    remove();
  }

  private static String cursor(JobStatus job) {
    return job.description().replaceFirst("(?s).*\\bcursor = '([^']*)'.*", "$1");
  }

  private void prepare(Connection from, Connection to) throws SQLException {
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      for (String table : tables) {
        execute(from, "CREATE TABLE " + table + " (id INT8 PRIMARY KEY, n INT8)");
        execute(to, "CREATE TABLE " + table + " (id INT8 PRIMARY KEY, n INT8)");
        topics.create("defaultdb.public." + table, 2);
      }
    }
  }

  private void sameRows(Connection from, Connection to) throws SQLException {
    for (String table : tables) {
      assertThat(rows(to, table)).as(table).isEqualTo(rows(from, table)).isNotEmpty();
    }
  }

  private void remove() {
    one.rest().delete("to" + feed);
    one.rest().delete(feed);
    other.rest().delete(feed);
  }

  private static HeldStatement hold(String text) {
    return standIn.connections().holdNext(text, Moment.BEFORE);
  }

  private static void reached(long job, Hlc time) {
    eventually(
        () -> {
          JobStatus status = standIn.job(job).orElseThrow();
          assertThat(status.highWater()).isPresent();
          assertThat(status.highWater().get()).isGreaterThanOrEqualTo(time);
        });
  }

  private List<JobStatus> jobs() {
    return standIn.jobs().stream()
        .filter(job -> job.description().contains("belay." + feed + "."))
        .toList();
  }

  private void work(Connection session) throws SQLException {
    for (int i = 0; i < 40; i++) {
      String table = tables.get(random.nextInt(tables.size()));
      int id = random.nextInt(60);
      execute(
          session,
          random.nextInt(4) == 0
              ? "DELETE FROM " + table + " WHERE id = " + id
              : "UPSERT INTO " + table + " VALUES (" + id + ", " + random.nextInt(1000) + ")");
    }
  }

  private Map<String, String> source() {
    Map<String, String> settings = new HashMap<>(bytes());
    settings.put("connector.class", "dev.belay.source.CockroachSourceConnector");
    settings.put("source.connection.url", standIn.url());
    settings.put("source.connection.user", StandIn.USER);
    // what is held must not be given up
    settings.put("source.statement.timeout.ms", "600000");
    settings.put("feed.tables", String.join(",", tables));
    settings.put("feed.sink.uri", "kafka://" + kafka.bootstrapServers());
    settings.put("feed.resolved.interval.ms", "200");
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    return settings;
  }

  private Map<String, String> sink(String url, String mode) {
    Map<String, String> settings = new HashMap<>(bytes());
    settings.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    settings.put(
        "topics", String.join(",", tables.stream().map(t -> "defaultdb.public." + t).toList()));
    settings.put("target.connection.url", url);
    settings.put("target.connection.user", old.superuser());
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    settings.put("consumer.override.isolation.level", "read_committed");
    settings.put("delivery.mode", mode);
    return settings;
  }

  private static Map<String, String> bytes() {
    String converter = "org.apache.kafka.connect.converters.ByteArrayConverter";
    return Map.of("key.converter", converter, "value.converter", converter);
  }

  private static void execute(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> rows(Connection session, String table) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery("SELECT id, n FROM " + table + " ORDER BY id")) {
      while (row.next()) {
        rows.add(row.getString(1) + " " + row.getString(2));
      }
    }
    return rows;
  }

  private static void eventually(ThrowingRunnable claim) {
    await().atMost(LIMIT).pollInterval(Duration.ofMillis(200)).untilAsserted(claim);
  }
}
