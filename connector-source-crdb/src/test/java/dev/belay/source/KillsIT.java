package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.Trees;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The worker and the broker die at each step of a job's life, and no row is missing afterwards. */
class KillsIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Pattern ID = Pattern.compile("\"id\": (\\d+)");
  private static Path dir;
  private static KafkaProcess kafka;
  private static StandIn standIn;
  private static ConnectWorker worker;

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

  @Test
  void aWorkerKilledWhileTheJobIsMadeLeavesOneJob() throws Exception {
    standIn.execute("CREATE TABLE made (id INT8 PRIMARY KEY)");
    insert("made", 0, 50);
    create("made");
    await().atMost(LIMIT).until(() -> !jobs("made").isEmpty());
    worker.kill9();
    insert("made", 50, 100);
    worker.restart();
    worker.awaitHealthy(LIMIT);
    worker.rest().awaitRunning("made", LIMIT);
    allArrive("made", 100);
    assertThat(jobs("made")).hasSize(1);
  }

  @Test
  void aWorkerKilledBetweenTheEndOfAJobAndItsSuccessorGoesOnWithoutAGap() throws Exception {
    standIn.execute("CREATE TABLE succeeded (id INT8 PRIMARY KEY)");
    insert("succeeded", 0, 50);
    create("succeeded");
    JobStatus first = running("succeeded");
    // the predecessor's end is asked for and does not come: the worker dies in between
    standIn.holdJobs(JobState.CANCEL_REQUESTED);
    try {
      Map<String, String> changed = settings("succeeded");
      changed.put("feed.diff", "true");
      worker.rest().put("succeeded", changed);
      await()
          .atMost(LIMIT)
          .until(() -> jobs("succeeded").get(0).state() == JobState.CANCEL_REQUESTED);
      worker.kill9();
      insert("succeeded", 50, 100);
    } finally {
      standIn.releaseJobs(JobState.CANCEL_REQUESTED);
    }
    worker.restart();
    worker.awaitHealthy(LIMIT);
    worker.rest().awaitRunning("succeeded", LIMIT);
    allArrive("succeeded", 100);
    await().atMost(LIMIT).until(() -> live("succeeded").size() == 1);
    assertThat(live("succeeded").get(0).id()).isNotEqualTo(first.id());
    assertThat(live("succeeded").get(0).description()).contains("initial_scan = 'no'");
    assertThat(jobs("succeeded")).hasSize(2);
  }

  @Test
  void aWorkerKilledWhileAJobIsPausedByAnErrorResumesItAfterwards() throws Exception {
    standIn.execute("CREATE TABLE resumed (id INT8 PRIMARY KEY)");
    insert("resumed", 0, 50);
    create("resumed");
    JobStatus job = running("resumed");
    worker.kill9();
    standIn.failJob(job.id(), "a node is gone");
    await()
        .atMost(LIMIT)
        .until(() -> standIn.job(job.id()).orElseThrow().state() == JobState.PAUSED);
    insert("resumed", 50, 100);
    worker.restart();
    worker.awaitHealthy(LIMIT);
    allArrive("resumed", 100);
    assertThat(jobs("resumed")).hasSize(1);
  }

  @Test
  void aBrokerThatIsKilledAndComesBackHasEveryRow() throws Exception {
    standIn.execute("CREATE TABLE broker (id INT8 PRIMARY KEY)");
    insert("broker", 0, 50);
    create("broker");
    running("broker");
    kafka.kill9();
    insert("broker", 50, 100);
    kafka.restart();
    allArrive("broker", 100);
    insert("broker", 100, 120);
    allArrive("broker", 120);
    assertThat(jobs("broker")).hasSize(1);
  }

  private static void insert(String table, int from, int to) throws Exception {
    for (int id = from; id < to; id++) {
      standIn.execute("INSERT INTO " + table + " VALUES (" + id + ")");
    }
  }

  private static void create(String table) {
    worker.rest().create(table, settings(table));
  }

  private static Map<String, String> settings(String table) {
    Map<String, String> config = new HashMap<>();
    config.put("name", table);
    config.put("connector.class", "dev.belay.source.CockroachSourceConnector");
    config.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    config.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    config.put("source.connection.url", standIn.url());
    config.put("source.connection.user", StandIn.USER);
    config.put("feed.tables", table);
    config.put("feed.sink.uri", "kafka://" + kafka.bootstrapServers());
    config.put("feed.resolved.interval.ms", "200");
    config.put("supervise.interval.ms", "200");
    config.put("resume.backoff.ms", "200");
    config.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    return config;
  }

  private static List<JobStatus> jobs(String table) {
    return standIn.jobs().stream()
        .filter(job -> job.description().contains("belay." + table + "."))
        .toList();
  }

  private static List<JobStatus> live(String table) {
    return jobs(table).stream().filter(job -> !job.state().isFinal()).toList();
  }

  private static JobStatus running(String table) throws Exception {
    Callable<Optional<JobStatus>> find =
        () ->
            live(table).stream()
                .filter(job -> job.state() == JobState.RUNNING && job.highWater().isPresent())
                .findFirst();
    return await().atMost(LIMIT).until(find, Optional::isPresent).orElseThrow();
  }

  /** Every row that was committed, whatever was sent twice. */
  private static void allArrive(String table, int rows) {
    TopicReader topics = new TopicReader(kafka.bootstrapServers());
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              Set<Integer> ids = new TreeSet<>();
              for (String value : topics.values("defaultdb.public." + table)) {
                Matcher id = ID.matcher(value);
                if (id.find()) {
                  ids.add(Integer.parseInt(id.group(1)));
                }
              }
              assertThat(ids).hasSize(rows);
            });
  }
}
