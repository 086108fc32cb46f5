package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The zip that is shipped, in a stock worker, making and watching jobs of the stand-in. */
class SupervisedFeedIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;
  private static ConnectWorker worker;

  private String name;
  private TopicReader topics;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
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
    if (worker != null) {
      worker.close();
    }
    if (standIn != null) {
      standIn.close();
    }
    if (kafka != null) {
      kafka.close();
    }
  }

  @BeforeEach
  void prepare(TestInfo info) throws Exception {
    name = info.getTestMethod().orElseThrow().getName().toLowerCase(java.util.Locale.ROOT);
    topics = new TopicReader(kafka.bootstrapServers());
    standIn.execute("CREATE TABLE " + name + " (id INT8 PRIMARY KEY, note STRING)");
    standIn.execute("INSERT INTO " + name + " VALUES (1, 'before')");
  }

  @Test
  void oneConnectorIsOneJobWhoseRowsComeToKafka() throws Exception {
    create(Map.of());
    standIn.execute("INSERT INTO " + name + " VALUES (2, 'after')");

    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(topics.values("defaultdb.public." + name))
                    .anyMatch(value -> value.contains("\"note\": \"before\""))
                    .anyMatch(value -> value.contains("\"note\": \"after\""))
                    .anyMatch(value -> value.contains("\"resolved\"")));
    assertThat(jobs()).hasSize(1);
    awaitState("RUNNING");
  }

  @Test
  void theJobOutlivesTheWorkerAndIsAdoptedAfterwards() throws Exception {
    create(Map.of());
    awaitState("RUNNING");
    long job = jobs().get(0).id();
    worker.kill9();
    worker.restart();
    worker.awaitHealthy(LIMIT);
    worker.rest().awaitRunning(name, LIMIT);
    standIn.pause(job);
    awaitState("PAUSED");
    assertThat(jobs()).extracting(JobStatus::id).containsExactly(job);
  }

  @Test
  void theOffsetsShowHowFarEachTableIs() throws Exception {
    create(Map.of());
    awaitState("RUNNING");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              JsonNode offsets = worker.rest().offsets(name).path("offsets");
              assertThat(offsets).as("%s", offsets).hasSize(1);
              assertThat(offsets.get(0).path("partition").path("table").asText())
                  .isEqualTo("defaultdb.public." + name);
              assertThat(offsets.get(0).path("offset").path("cursor").asText())
                  .as("%s", offsets)
                  .matches("\\d{19}\\.\\d{10}");
            });
  }

  @Test
  void deletingTheConnectorLeavesItsJob() throws Exception {
    create(Map.of());
    awaitState("RUNNING");
    worker.rest().delete(name);
    assertThat(jobs()).extracting(JobStatus::state).containsExactly(JobState.RUNNING);
  }

  private void create(Map<String, String> more) {
    Map<String, String> config = new HashMap<>();
    config.put("connector.class", "dev.belay.source.CockroachSourceConnector");
    config.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    config.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    config.put("source.connection.url", standIn.url());
    config.put("source.connection.user", StandIn.USER);
    config.put("feed.tables", name);
    config.put("feed.sink.uri", "kafka://" + kafka.bootstrapServers());
    config.put("feed.resolved.interval.ms", "200");
    config.put("supervise.interval.ms", "200");
    config.put("status.interval.ms", "500");
    config.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    config.putAll(more);
    worker.rest().create(name, config);
    worker.rest().awaitRunning(name, LIMIT);
  }

  private List<JobStatus> jobs() {
    return standIn.jobs().stream().filter(job -> job.description().contains(name)).toList();
  }

  private void awaitState(String state) {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(topics.latest("belay-status").values())
                    .filteredOn(value -> value.contains("\"feed\":\"" + name + "\""))
                    .last()
                    .asString()
                    .contains("\"state\":\"" + state + "\""));
  }
}
