package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.source.Addresses;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.TableName;
import dev.belay.source.report.SourceOffsets;
import dev.belay.source.report.StatusRecords;
import dev.belay.source.report.TaskMetrics;
import dev.belay.testkit.Trees;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The time at which a table begins, on a worker that stores offsets when it likes to: without
 * exactly-once that is {@code offset.flush.interval.ms} after the record, and here when the test
 * says so.
 */
class FirstTimeIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;

  /** What Connect has stored, by table. */
  private final Map<TableName, Map<String, Object>> stored = new HashMap<>();

  /** What the records carried that were handed over, which Connect may store later. */
  private final Map<TableName, Map<String, Object>> handedOver = new HashMap<>();

  private final List<String> states = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();
  private final List<String> rows = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    dir = Files.createTempDirectory("belay-first-");
    kafka = EmbeddedKafka.start(dir);
    standIn = StandIn.start();
  }

  @AfterAll
  static void stop() throws Exception {
    standIn.close();
    kafka.close();
    Trees.delete(dir);
  }

  @Test
  void nothingDependsOnATimeThatIsNotStored_FirstTimeIsKept() throws Exception {
    standIn.execute("CREATE TABLE kept (id INT8 PRIMARY KEY, note STRING)");
    try (SinklessFeed dies = feed("kept", "no")) {
      poll(dies);
      standIn.execute("INSERT INTO kept VALUES (1, 'for the one that dies')");
      poll(dies);
      poll(dies);
      assertThat(handedOver).hasSize(1);
      assertThat(states).isNotEmpty().containsOnly("STARTING");
      assertThat(standIn.sinklessFeeds()).isEmpty();
    }
    handedOver.clear();
    // it has left nothing; the next one begins now, and says so only when that is stored
    try (SinklessFeed next = feed("kept", "no")) {
      poll(next);
      assertThat(states).containsOnly("STARTING");
      store();
      standIn.execute("INSERT INTO kept VALUES (2, 'since the time that is stored')");
      pollUntilRow(next, "since the time that is stored");
      assertThat(states).contains("RUNNING");
    }
    // nothing was stored since: everything after that first time comes again
    rows.clear();
    standIn.execute("INSERT INTO kept VALUES (3, 'while nobody read')");
    try (SinklessFeed after = feed("kept", "no")) {
      pollUntilRow(after, "while nobody read");
      assertThat(rows).anyMatch(row -> row.contains("since the time that is stored"));
      assertThat(rows).noneMatch(row -> row.contains("for the one that dies"));
    }
  }

  /** A page of a scan as of a time that nobody knows later leaves rows that were deleted since. */
  @Test
  void aScanBeginsWhenItsTimeIsStored_FirstTimeIsKept() throws Exception {
    standIn.execute("CREATE TABLE scanned (id INT8 PRIMARY KEY, note STRING)");
    standIn.execute("INSERT INTO scanned VALUES (1, 'there at first')");
    try (SinklessFeed dies = feed("scanned", "yes")) {
      poll(dies);
      poll(dies);
      assertThat(states).containsOnly("STARTING");
      assertThat(rows).isEmpty();
      store();
    }
    standIn.execute("DELETE FROM scanned WHERE id = 1");
    try (SinklessFeed next = feed("scanned", "yes")) {
      pollUntilRow(next, "\"after\": null");
      assertThat(rows).anyMatch(row -> row.contains("there at first"));
    }
  }

  /** Connect stores nothing; with it went, once, the rows of all other tables of the task. */
  @Test
  void tablesThatHaveBegunDoNotWaitForOneThatHasNotAndTheCauseIsTold_FirstTimeIsKept()
      throws Exception {
    standIn.execute("CREATE TABLE begun (id INT8 PRIMARY KEY, note STRING)");
    try (SinklessFeed first = feed("begun", "no")) {
      poll(first);
      store();
    }
    standIn.execute("CREATE TABLE added (id INT8 PRIMARY KEY, note STRING)");
    standIn.execute("INSERT INTO added VALUES (1, 'of the table that is added')");
    standIn.execute("INSERT INTO begun VALUES (1, 'of the table that has begun')");
    try (SinklessFeed both = feed("1500", "yes", "begun", "added")) {
      pollUntilRow(both, "of the table that has begun");
      assertThat(states).containsOnly("STARTING");
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                poll(both);
                return states.contains("STALLED");
              });
      assertThat(errors).anyMatch(error -> error.contains("has not stored"));
      assertThat(rows).noneMatch(row -> row.contains("of the table that is added"));
      store();
      pollUntilRow(both, "of the table that is added");
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                poll(both);
                return states.get(states.size() - 1).equals("RUNNING");
              });
    }
  }

  /** It was thought dead, and Connect stores what it had handed over after our own. */
  @Test
  void aTimeThatAPredecessorStoresLateIsGoneBy_FirstTimeIsKept() throws Exception {
    standIn.execute("CREATE TABLE late (id INT8 PRIMARY KEY, note STRING)");
    standIn.execute("INSERT INTO late VALUES (1, 'there at first')");
    try (SinklessFeed predecessor = feed("late", "yes")) {
      poll(predecessor);
    }
    Map<TableName, Map<String, Object>> its = Map.copyOf(handedOver);
    assertThat(its).hasSize(1);
    handedOver.clear();
    standIn.execute("DELETE FROM late WHERE id = 1");
    try (SinklessFeed next = feed("1500", "yes", "late")) {
      poll(next);
      assertThat(handedOver).hasSize(1).isNotEqualTo(its);
      stored.putAll(its);
      poll(next);
      assertThat(states).containsOnly("STARTING");
      // as of the predecessor's time the row was there
      pollUntilRow(next, "\"after\": null");
      assertThat(rows).anyMatch(row -> row.contains("there at first"));
      assertThat(states).doesNotContain("STALLED");
    }
  }

  private void store() {
    stored.putAll(handedOver);
  }

  private void pollUntilRow(SinklessFeed feed, String text) {
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              poll(feed);
              return rows.stream().anyMatch(row -> row.contains(text));
            });
  }

  private void poll(SinklessFeed feed) throws InterruptedException {
    for (SourceRecord record : Optional.ofNullable(feed.poll()).orElse(List.of())) {
      String value = record.value() == null ? "" : new String((byte[]) record.value());
      if (record.topic().equals("belay-status")) {
        states.add(json(value).path("state").asText());
        errors.add(json(value).path("error").asText());
      } else if (record.key() != null) {
        rows.add(value);
      }
      if (record.sourcePartition() != null) {
        TableName table =
            TableName.parse(String.valueOf(record.sourcePartition().get(SourceOffsets.TABLE)), "")
                .orElseThrow();
        handedOver.put(table, new HashMap<>(record.sourceOffset()));
      }
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SinklessFeed feed(String table, String scan) {
    return feed("300000", scan, table);
  }

  private SinklessFeed feed(String stall, String scan, String... tables) {
    String table = tables[0];
    Map<String, String> settings = new HashMap<>();
    settings.put("name", table);
    settings.put("source.connection.url", standIn.url());
    settings.put("source.connection.user", StandIn.USER);
    settings.put("feed.delivery", "sinkless");
    settings.put("feed.tables", String.join(",", tables));
    settings.put("stall.timeout.ms", stall);
    settings.put("feed.initial.scan", scan);
    settings.put("feed.resolved.interval.ms", "100");
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    SourceConfig config = new SourceConfig(settings);
    TreeSet<TableName> names = new TreeSet<>();
    for (String each : tables) {
      names.add(new TableName("defaultdb", "public", each));
    }
    states.clear();
    return new SinklessFeed(
        Setup.of(config, 0, names, Addresses.of(config)),
        wanted -> {
          Map<TableName, Map<String, Object>> found = new HashMap<>(stored);
          found.keySet().retainAll(wanted);
          return found;
        },
        (cluster, positions) -> Map.of(),
        new StatusRecords(
                table, table, "sinkless", "belay-status", Duration.ZERO, Clock.systemUTC())
            .ofTask(0),
        metrics -> TaskMetrics.show(new WithoutMetrics(), metrics, Map.of("connector", table)),
        () -> Admin.create(config.admin()));
  }

  /** As of a worker that takes no metrics; everything else is the test's own. */
  private static final class WithoutMetrics implements SourceTaskContext {
    @Override
    public Map<String, String> configs() {
      return Map.of();
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
      throw new UnsupportedOperationException("the test has the offsets");
    }

    @Override
    public PluginMetrics pluginMetrics() {
      return null;
    }
  }
}
