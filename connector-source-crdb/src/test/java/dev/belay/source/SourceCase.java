package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.sql.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A connector of its own for each test, over REST, on a table that has the test's name. */
abstract class SourceCase {
  static final Duration LIMIT = Duration.ofSeconds(60);
  private static final JsonMapper JSON = new JsonMapper();

  @RegisterExtension static final SourceParts PARTS = new SourceParts();

  /** Of the test, its connector, its feed and its table. */
  String name;

  TopicReader topics;

  @BeforeEach
  void prepare(TestInfo info) throws Exception {
    String method = info.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
    // PostgreSQL, which the stand-in keeps its tables in, cuts names at 63 bytes
    name =
        method.substring(0, Math.min(method.length(), 40))
            + Integer.toHexString(info.getDisplayName().hashCode());
    topics = new TopicReader(PARTS.kafka().bootstrapServers());
    sql("CREATE TABLE " + name + " (id INT8 PRIMARY KEY, note STRING)");
    sql("INSERT INTO " + name + " VALUES (1, 'before')");
  }

  @AfterEach
  void remove() {
    if (PARTS.worker().rest().connectors().contains(name)) {
      PARTS.worker().rest().delete(name);
    }
    for (JobStatus job : jobs()) {
      if (!job.state().isFinal()) {
        try {
          standIn().cancel(job.id());
        } catch (Refusal endsByItself) {
          continue;
        }
      }
    }
  }

  static StandIn standIn() {
    return PARTS.standIn();
  }

  static void sql(String statement) throws Exception {
    standIn().execute(statement);
  }

  /** The configuration that every test begins with. */
  Map<String, String> settings() {
    Map<String, String> config = new HashMap<>();
    config.put("connector.class", "dev.belay.source.CockroachSourceConnector");
    config.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    config.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    config.put("source.connection.url", standIn().url());
    config.put("source.connection.user", StandIn.USER);
    config.putAll(PlantedSecrets.ofTheRun().settings());
    config.put("feed.tables", name);
    config.put("feed.sink.uri", "kafka://" + PARTS.kafka().bootstrapServers());
    config.put("feed.resolved.interval.ms", "200");
    config.put("supervise.interval.ms", "200");
    config.put("resume.backoff.ms", "200");
    config.put("status.interval.ms", "500");
    config.put("kafka.admin.bootstrap.servers", PARTS.kafka().bootstrapServers());
    return config;
  }

  void create(Map<String, String> more) {
    Map<String, String> config = settings();
    config.putAll(more);
    PARTS.worker().rest().create(name, config);
  }

  /** Changes the configuration of the connector that is there. */
  void change(Map<String, String> more) {
    Map<String, String> config = settings();
    config.putAll(more);
    config.put("name", name);
    PARTS.worker().rest().put(name, config);
  }

  /** All jobs of the test's feed, the oldest first. */
  List<JobStatus> jobs() {
    return standIn().jobs().stream()
        .filter(job -> job.description().contains("belay." + name + "."))
        .toList();
  }

  List<JobStatus> live() {
    return jobs().stream().filter(job -> !job.state().isFinal()).toList();
  }

  /** The only job there is, once it runs and has a high-water mark. */
  JobStatus awaitRunning() {
    eventually(
        () -> {
          assertThat(live()).hasSize(1);
          assertThat(live().get(0).state()).isEqualTo(JobState.RUNNING);
          assertThat(live().get(0).highWater()).isPresent();
        });
    return live().get(0);
  }

  String topic() {
    return "defaultdb.public." + name;
  }

  void awaitRow(String note) {
    eventually(
        () ->
            assertThat(topics.values(topic()))
                .anyMatch(value -> value.contains("\"note\": \"" + note + "\"")));
  }

  /** The latest status records of the feed, tombstones left out. */
  List<JsonNode> status() throws Exception {
    List<JsonNode> found = new ArrayList<>();
    for (String value : topics.latest("belay-status").values()) {
      if (!value.isEmpty() && JSON.readTree(value).path("feed").asText().equals(name)) {
        found.add(JSON.readTree(value));
      }
    }
    return found;
  }

  /** Waits until one of the status records is in a state, and gives it. */
  JsonNode awaitStatus(String state) throws Exception {
    // kept as it was seen: the next record may say something else already
    List<JsonNode> seen = new ArrayList<>();
    eventually(
        () -> {
          seen.clear();
          seen.addAll(status());
          seen.removeIf(record -> !record.path("state").asText().equals(state));
          assertThat(seen).as("in state %s", state).isNotEmpty();
        });
    return seen.get(0);
  }

  /** Waits until one of the status records has been in a state, whatever it is in by now. */
  void awaitEver(String state) {
    eventually(
        () ->
            assertThat(topics.values("belay-status"))
                .as("ever in state %s", state)
                .anyMatch(
                    value ->
                        value.contains("\"feed\":\"" + name + "\"")
                            && value.contains("\"state\":\"" + state + "\"")));
  }

  /** Lines of the worker's log that have a text; the log itself is too long for a message. */
  static long logged(String text) throws IOException {
    try (Stream<String> lines = Files.lines(PARTS.worker().logFile())) {
      return lines.filter(line -> line.contains(text)).count();
    }
  }

  static void eventually(ThrowingRunnable claim) {
    await().atMost(LIMIT).pollInterval(Duration.ofMillis(200)).untilAsserted(claim);
  }
}
