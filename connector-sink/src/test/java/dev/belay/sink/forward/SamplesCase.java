package dev.belay.sink.forward;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records what a real Debezium writes about a history, situation by situation: the samples that the
 * decoders are held against.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SamplesCase {
  static final Duration LIMIT = Duration.ofSeconds(90);

  /** A connector that is set as config/forward has it. */
  static final String LOSSLESS = OldDatabase.PREFIX;

  /** One that is set as Debezium's own defaults are. */
  static final String DEFAULTS = "defaults";

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path dir;

  OldDatabase old;
  ConnectWorker worker;
  EmbeddedKafka kafka;

  private final List<String> lines = new ArrayList<>();
  private final Set<String> onceOnly = new HashSet<>();
  private final Set<String> prefixes = new HashSet<>();
  private TopicTap tap;
  private int marks;

  /** Something that is done to the old database. */
  interface Deed {
    void doIn(Connection connection) throws Exception;
  }

  abstract OldDatabase startOld() throws Exception;

  /** The name of the table of marks as records have it in their topic. */
  abstract String marksTable();

  @BeforeAll
  void start() throws Exception {
    old = startOld();
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    worker =
        ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
            .plugin(List.of(old.plugin()))
            .properties(Map.of("exactly.once.source.support", "enabled"))
            .start();
    tap =
        new TopicTap(
            kafka.bootstrapServers(),
            topic ->
                prefixes.stream()
                    .anyMatch(
                        prefix ->
                            topic.equals(prefix)
                                || topic.startsWith(prefix + ".")
                                || topic.equals("__debezium-heartbeat." + prefix)));
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable part : new AutoCloseable[] {tap, worker, kafka, old}) {
      if (part != null) {
        part.close();
      }
    }
  }

  /** Starts a source connector, whose topics are listened to from now on. */
  void startSource(String prefix, Map<String, String> config) {
    prefixes.add(prefix);
    worker.rest().create(prefix, config);
    worker.rest().awaitRunning(prefix, LIMIT);
  }

  void stopSource(String prefix) {
    worker.rest().stop(prefix);
    prefixes.remove(prefix);
  }

  /** Does something and keeps all records that came of it, under this note. */
  void situation(String note, Deed deed) throws Exception {
    situation(note, recorded -> true, deed);
  }

  void situation(String note, Predicate<Recorded> wanted, Deed deed) throws Exception {
    int mark = ++marks;
    try (Connection connection = old.connect()) {
      deed.doIn(connection);
    }
    try (Connection connection = old.connect()) {
      OldDatabase.execute(connection, "INSERT INTO marks VALUES (" + mark + ")");
    }
    List<Predicate<Recorded>> expected = new ArrayList<>();
    for (String prefix : prefixes) {
      expected.add(r -> r.topic().equals(marksTopic(prefix)) && isMark(r, mark));
    }
    List<Recorded> came = tap.upTo(expected, this::states, LIMIT);
    Set<String> ours = transactionsOfTheHarness(came);
    for (Recorded recorded : came) {
      if (!isNoise(recorded, ours) && wanted.test(recorded)) {
        lines.add(recorded.line(note));
      }
    }
  }

  /** What tells why records did not come. */
  private String states() {
    StringBuilder states = new StringBuilder();
    prefixes.forEach(prefix -> states.append(worker.rest().status(prefix)).append('\n'));
    return states.toString();
  }

  private String marksTopic(String prefix) {
    return prefix + "." + marksTable();
  }

  private static boolean isMark(Recorded recorded, int mark) {
    return recorded.value() != null && recorded.value().contains("\"after\":{\"id\":" + mark + "}");
  }

  /** Transactions of nothing but marks and heartbeats, in the spelling of {@link #transaction}. */
  private Set<String> transactionsOfTheHarness(List<Recorded> came) throws IOException {
    Set<String> ours = new HashSet<>();
    for (Recorded recorded : came) {
      if (isOfTransaction(recorded)) {
        boolean others = false;
        boolean any = false;
        for (JsonNode each : payload(recorded.value()).path("data_collections")) {
          any = true;
          String table = each.path("data_collection").asText();
          others |= !table.equals(marksTable()) && !table.endsWith("debezium_heartbeat");
        }
        if (any && !others) {
          ours.add(transaction(recorded));
        }
      }
    }
    return ours;
  }

  private static boolean isOfTransaction(Recorded recorded) {
    return recorded.topic().endsWith(".transaction");
  }

  /** On PostgreSQL an id goes on behind its colon with a place in the log. */
  private String transaction(Recorded recorded) throws IOException {
    String id = payload(recorded.key()).path("id").asText();
    return recorded.topic() + " " + id.replaceFirst("^(\\d+):\\d+$", "$1");
  }

  private static JsonNode payload(String json) throws IOException {
    return JSON.readTree(json).path("payload");
  }

  /** Marks, heartbeats but the first one of each kind, and the transactions of both. */
  private boolean isNoise(Recorded recorded, Set<String> ours) throws IOException {
    if (recorded.topic().endsWith("." + marksTable())
        || recorded.topic().endsWith("debezium_heartbeat")
        || (isOfTransaction(recorded) && ours.contains(transaction(recorded)))) {
      return true;
    }
    if (recorded.topic().startsWith("__debezium-heartbeat.")) {
      return !onceOnly.add(recorded.topic());
    }
    return false;
  }

  void write(String file) throws IOException {
    Path place = Path.of("src", "test", "resources", "debezium", file);
    Files.createDirectories(place.getParent());
    Files.writeString(place, String.join("\n", lines) + "\n");
  }

  static void run(Connection connection, List<String> statements) throws SQLException {
    OldDatabase.execute(connection, statements.toArray(String[]::new));
  }
}
