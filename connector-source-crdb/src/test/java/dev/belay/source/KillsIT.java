package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.source.CommitLogAudit.Message;
import dev.belay.testkit.Trees;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.proxy.ConnectionFaults.Moment;
import dev.belay.testkit.standin.proxy.HeldStatement;
import dev.belay.testkit.standin.row.Hlc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The worker, the broker or the connection dies at each statement of a job's life, before it and
 * after it, and all that the topics have afterwards is what was committed.
 *
 * <p>Each death is met by six feeds at once, whose statements the stand-in holds: one that is being
 * created, adopted, resumed, created again after a failure, and two that are replaced, at the
 * cancelling of the old job and at the creating of the new one.
 */
class KillsIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final int PARTITIONS = 2;
  private static Path dir;
  private static KafkaProcess kafka;
  private static StandIn standIn;
  private static ConnectWorker worker;

  /** Names of feeds, their connectors and tables, by what is done to them; of one round. */
  private String round = "";

  private int rows;

  enum Death {
    WORKER,
    BROKER,
    CONNECTION
  }

  @BeforeAll
  static void start() throws Exception {
    dir = Files.createTempDirectory("belay-kills-");
    kafka = KafkaProcess.start(dir.resolve("kafka"));
    standIn = StandIn.start();
    worker =
        ConnectWorker.start(
            dir.resolve("connect"),
            kafka.bootstrapServers(),
            List.of(Path.of(System.getProperty("belay.source.zip"))));
    worker.awaitHealthy(LIMIT);
  }

  @AfterAll
  static void stop() throws Exception {
    worker.kill9();
    standIn.close();
    kafka.kill9();
    Trees.delete(dir);
  }

  @AfterEach
  void letGo() {
    standIn.connections().clear();
    worker.rest().connectors().forEach(worker.rest()::delete);
    standIn.jobs().stream()
        .filter(job -> !job.state().isFinal())
        .forEach(job -> standIn.cancel(job.id()));
  }

  @ParameterizedTest
  @CsvSource({
    "WORKER, BEFORE",
    "WORKER, AFTER",
    "BROKER, BEFORE",
    "BROKER, AFTER",
    "CONNECTION, BEFORE",
    "CONNECTION, AFTER"
  })
  void everyStatementSurvivesEveryDeath(Death death, Moment moment) throws Exception {
    round = (death.name() + moment.name()).toLowerCase(Locale.ROOT);
    Map<String, HeldStatement> held = new LinkedHashMap<>();
    List<String> feeds = List.of("created", "adopted", "resumed", "remade", "ended", "succeeded");
    for (String feed : feeds) {
      execute("CREATE TABLE " + name(feed) + " (id INT8 PRIMARY KEY, n INT8)");
      try (Topics topics = new Topics(kafka.bootstrapServers())) {
        topics.create(topic(feed), PARTITIONS);
      }
    }
    work(feeds);
    for (String feed : feeds.subList(1, feeds.size())) {
      create(feed, feed.equals("remade") ? Map.of("feed.option.on_error", "fail") : Map.of());
    }
    Map<String, JobStatus> first = new HashMap<>();
    for (String feed : feeds.subList(1, feeds.size())) {
      first.put(feed, running(feed));
      eventually(() -> assertThat(worker.rest().offsets(name(feed)).path("offsets")).hasSize(1));
    }
    work(feeds);

    held.put("created", hold("belay." + name("created") + ".", moment));
    create("created", Map.of());

    worker.rest().stop(name("adopted"));
    worker.rest().awaitState(name("adopted"), State.STOPPED, LIMIT);
    held.put("adopted", hold("SHOW ZONE CONFIGURATION FROM TABLE " + table("adopted"), moment));
    worker.rest().resume(name("adopted"));

    held.put("resumed", hold("RESUME JOB " + first.get("resumed").id(), moment));
    standIn.failJob(first.get("resumed").id(), "a node is gone");

    held.put("remade", hold("belay." + name("remade") + ".", moment));
    standIn.failJob(first.get("remade").id(), "a node is gone");

    held.put("ended", hold("CANCEL JOB " + first.get("ended").id(), moment));
    change("ended");
    held.put("succeeded", hold("belay." + name("succeeded") + ".", moment));
    change("succeeded");
    for (HeldStatement statement : held.values()) {
      statement.awaitMet(LIMIT);
    }

    Hlc told = standIn.now();
    work(feeds);
    die(death, moment, held, feeds);
    work(feeds);
    for (String feed : feeds) {
      worker.rest().awaitRunning(name(feed), LIMIT);
      running(feed);
      eventually(() -> assertThat(live(feed)).hasSize(1));
    }
    work(feeds);
    Hlc end = standIn.now();
    for (String feed : feeds) {
      List<Message> topic = complete(feed, end);
      assertThat(CommitLogAudit.of(standIn.commits(), name(feed), jobs(feed), end).findings(topic))
          .as("%s, jobs %s", feed, jobs(feed))
          .isEmpty();
    }
    assertThat(jobs("adopted")).hasSize(1);
    assertThat(jobs("resumed")).hasSize(1);
    assertThat(jobs("created")).hasSize(1);
    // whoever comes after it begins when the one that died was to begin
    assertThat(cursor(jobs("created").get(0))).isLessThan(told);
    assertThat(jobs("remade")).hasSize(2);
    assertThat(jobs("ended")).hasSize(2);
    assertThat(jobs("succeeded")).hasSize(2);
  }

  private void die(Death death, Moment moment, Map<String, HeldStatement> held, List<String> feeds)
      throws Exception {
    switch (death) {
      case WORKER -> {
        worker.kill9();
        // what had not reached the server when its sender died never does
        held.values().forEach(HeldStatement::cut);
        work(feeds);
        worker.restart();
        worker.awaitHealthy(LIMIT);
      }
      case BROKER -> {
        kafka.kill9();
        held.values().forEach(HeldStatement::release);
        work(feeds);
        kafka.restart();
      }
      case CONNECTION -> held.values().forEach(HeldStatement::cut);
    }
  }

  private static HeldStatement hold(String text, Moment moment) {
    return standIn.connections().holdNext(text, moment);
  }

  /** Inserts, updates and deletes on every table, each in a transaction of its own. */
  private void work(List<String> feeds) throws SQLException {
    try (Connection session = standIn.connect();
        Statement statement = session.createStatement()) {
      for (int i = 0; i < 10; i++) {
        rows++;
        for (String feed : feeds) {
          statement.execute("INSERT INTO " + name(feed) + " VALUES (" + rows + ", 0)");
          statement.execute("UPDATE " + name(feed) + " SET n = n + 1 WHERE id % 7 = " + rows % 7);
          if (rows % 3 == 0) {
            statement.execute("DELETE FROM " + name(feed) + " WHERE id = " + rows / 3);
          }
        }
      }
    }
  }

  private static void execute(String sql) throws SQLException {
    standIn.execute(sql);
  }

  private String name(String feed) {
    return feed + round;
  }

  private String table(String feed) {
    return "\"defaultdb\".\"public\".\"" + name(feed) + "\"";
  }

  private String topic(String feed) {
    return "defaultdb.public." + name(feed);
  }

  private void create(String feed, Map<String, String> more) {
    Map<String, String> config = settings(feed);
    config.putAll(more);
    worker.rest().create(name(feed), config);
  }

  private void change(String feed) {
    Map<String, String> changed = settings(feed);
    changed.put("name", name(feed));
    changed.put("feed.revision", "2");
    worker.rest().put(name(feed), changed);
  }

  private Map<String, String> settings(String feed) {
    Map<String, String> config = new HashMap<>();
    config.put("connector.class", "dev.belay.source.CockroachSourceConnector");
    config.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    config.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    config.put("source.connection.url", standIn.url());
    config.put("source.connection.user", StandIn.USER);
    // what is held must not be given up
    config.put("source.statement.timeout.ms", "600000");
    config.put("feed.tables", name(feed));
    config.put("feed.sink.uri", "kafka://" + kafka.bootstrapServers());
    config.put("feed.resolved.interval.ms", "200");
    config.put("supervise.interval.ms", "200");
    config.put("status.interval.ms", "500");
    config.put("resume.backoff.ms", "200");
    config.put("resume.backoff.max.ms", "1000");
    config.put("resume.max.attempts", "1000");
    config.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    return config;
  }

  private List<JobStatus> jobs(String feed) {
    return standIn.jobs().stream()
        .filter(job -> job.description().contains("belay." + name(feed) + "."))
        .toList();
  }

  private static Hlc cursor(JobStatus job) {
    Matcher cursor = Pattern.compile("\\bcursor = '([^']*)'").matcher(job.description());
    assertThat(cursor.find()).isTrue();
    return Hlc.parse(cursor.group(1)).orElseThrow();
  }

  private List<JobStatus> live(String feed) {
    return jobs(feed).stream().filter(job -> !job.state().isFinal()).toList();
  }

  private JobStatus running(String feed) throws Exception {
    Callable<Optional<JobStatus>> find =
        () ->
            live(feed).stream()
                .filter(job -> job.state() == JobState.RUNNING && job.highWater().isPresent())
                .findFirst();
    return await().atMost(LIMIT).until(find, Optional::isPresent).orElseThrow();
  }

  /** The topic, once each of its partitions is resolved up to a time. */
  private List<Message> complete(String feed, Hlc end) {
    TopicReader topics = new TopicReader(kafka.bootstrapServers());
    List<Message> found = new ArrayList<>();
    eventually(
        () -> {
          found.clear();
          topics.read(topic(feed)).forEach(record -> found.add(Message.of(record)));
          for (int partition = 0; partition < PARTITIONS; partition++) {
            int which = partition;
            assertThat(found)
                .as("%s-%d is resolved", feed, partition)
                .anyMatch(message -> message.partition() == which && message.resolves(end));
          }
        });
    return found;
  }

  private static void eventually(ThrowingRunnable claim) {
    await().atMost(LIMIT).pollInterval(Duration.ofMillis(200)).untilAsserted(claim);
  }
}
