package dev.belay.source.sinkless;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.standin.feed.SinklessFeed;
import dev.belay.testkit.standin.proxy.ConnectionFaults;
import dev.belay.testkit.standin.sql.Refusal;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a task says and does when the cluster fails it. */
class TroubleIT {
  private static Parts parts;

  @BeforeAll
  static void start() throws Exception {
    parts = Parts.exactlyOnce();
  }

  @AfterAll
  static void stop() throws Exception {
    parts.close();
  }

  private static void running(String name, Map<String, String> settings) throws Exception {
    parts.table(name);
    parts.cluster.execute("INSERT INTO " + name + " VALUES (1, 'secret-value', 1)");
    parts.create(name, name, settings);
    Contents.until(parts.bootstrap(), parts.now(), "defaultdb.public." + name);
  }

  private static void fail(String state, String message) {
    Deadline.in(Parts.LIMIT)
        .await("a feed is there", () -> !parts.cluster.sinklessFeeds().isEmpty());
    parts.cluster.sinklessFeeds().forEach(feed -> feed.fail(new Refusal(state, message)));
  }

  private static JsonNode status(String connector, String state) {
    return parts.status(connector, record -> record.path("state").asText().equals(state));
  }

  @Test
  void errorThatPassesIsMetByAnotherTry() throws Exception {
    running("passing", Map.of());
    fail("XXUUU", "node unavailable; try another peer");
    assertThat(status("passing", "RETRYING").path("error").asText()).contains("another peer");
    parts.cluster.execute("INSERT INTO passing VALUES (2, 'b', 2)");
    Map<String, List<String>> rows =
        Contents.until(parts.bootstrap(), parts.now(), "defaultdb.public.passing")
            .rowsByKey(parts.now(), "");
    assertThat(rows).hasSize(2);
    assertThat(rows.values()).allMatch(versions -> versions.size() == 1);
    parts.rest().delete("passing");
  }

  @Test
  void lossByGarbageCollectionIsForAPerson() throws Exception {
    running("collected", Map.of());
    fail("XXUUU", "batch timestamp 1.0 must be after replica GC threshold 2.0");
    assertThat(parts.rest().awaitTaskFailure("collected", Parts.LIMIT))
        .contains("garbage-collected")
        .contains("delete the connector's offsets");
    JsonNode status = status("collected", "NEEDS_ACTION");
    assertThat(status.path("remedy").asText()).isNotEmpty();
    assertThat(status.path("delivery").asText()).isEqualTo("sinkless");
    assertThat(status.path("cursor").asText()).isNotEmpty();
    parts.rest().delete("collected");
  }

  @Test
  void timeOfAScanThatIsCollectedIsForAPerson() throws Exception {
    parts.table("scanned");
    parts.cluster.execute("INSERT INTO scanned SELECT i, 'v', i FROM generate_series(1, 20) i");
    // of the second page
    parts
        .cluster
        .connections()
        .failNext(
            ") > (",
            "XXUUU",
            "batch timestamp 1.0 must be after replica GC threshold 2.0",
            Integer.MAX_VALUE);
    try {
      parts.rest().create("scanned", parts.settings("scanned", Map.of("scan.page.rows", "5")));
      assertThat(parts.rest().awaitTaskFailure("scanned", Parts.LIMIT))
          .contains("garbage-collected")
          .contains("Raise gc.ttlseconds of the table above what its scan takes");
    } finally {
      parts.cluster.connections().clear();
    }
    JsonNode status = status("scanned", "NEEDS_ACTION");
    // counted from the scan's time: there is no cursor yet
    assertThat(status.path("gc_window_left_seconds").asLong()).isPositive();
    assertThat(status.has("cursor")).isFalse();
    parts.rest().delete("scanned");
  }

  @Test
  void rightThatIsTakenAwayFailsTheTaskWithTheGrant() throws Exception {
    parts.table("revoked");
    parts.cluster.execute("CREATE USER reader");
    parts.cluster.execute("GRANT SELECT ON TABLE revoked TO reader");
    parts.create("revoked", "revoked", Map.of("source.connection.user", "reader"));
    Contents.until(parts.bootstrap(), parts.now(), "defaultdb.public.revoked");
    parts.cluster.execute("REVOKE SELECT ON TABLE revoked FROM reader");
    parts.cluster.sinklessFeeds().stream()
        .filter(feed -> feed.user().equals("reader"))
        .forEach(SinklessFeed::cut);
    assertThat(parts.rest().awaitTaskFailure("revoked", Parts.LIMIT))
        .contains("SELECT")
        .contains("then restart the task");
    assertThat(status("revoked", "NEEDS_ACTION").path("remedy").asText()).contains("Grant");
    // and a task that starts says so before it asks for a feed
    parts.rest().restartTask("revoked", 0);
    parts.status(
        "revoked",
        record ->
            record.path("error").asText().contains("GRANT SELECT ON TABLE")
                && record.path("state").asText().equals("NEEDS_ACTION"));
    parts.rest().delete("revoked");
  }

  @Test
  void connectorThatMayNotAskForItsTablesHasATaskThatSaysSo() throws Exception {
    parts.table("locked");
    parts.cluster.execute("CREATE USER leaver");
    parts.cluster.execute("GRANT SELECT ON TABLE locked TO leaver");
    parts.create("locked", "locked", Map.of("source.connection.user", "leaver"));
    Contents.until(parts.bootstrap(), parts.now(), "defaultdb.public.locked");
    parts.rest().stop("locked");
    parts.rest().awaitState("locked", State.STOPPED, Parts.LIMIT);
    parts.cluster.execute("REVOKE SELECT ON TABLE locked FROM leaver");
    parts.cluster.execute("DROP USER leaver");
    parts.rest().resume("locked");
    assertThat(parts.rest().awaitTaskFailure("locked", Parts.LIMIT))
        .contains("CockroachDB refuses")
        .contains("restart the connector");
    JsonNode status = status("locked", "NEEDS_ACTION");
    assertThat(status.path("error").asText()).contains("CockroachDB refuses");
    parts.rest().delete("locked");
  }

  @Test
  void sessionThatGoesDarkIsReplaced() throws Exception {
    parts.table("dark");
    parts.cluster.execute("INSERT INTO dark VALUES (1, 'a', 1)");
    try (Relay relay = Relay.to(parts.cluster.port())) {
      parts.create(
          "dark",
          "dark",
          Map.of(
              "source.connection.url",
              "jdbc:postgresql://127.0.0.1:" + relay.port() + "/defaultdb",
              "stall.timeout.ms",
              "2000"));
      Contents.until(parts.bootstrap(), parts.now(), "defaultdb.public.dark");
      relay.darken();
      parts.cluster.execute("INSERT INTO dark VALUES (2, 'b', 2)");
      HlcTimestamp end = parts.now();
      Contents found = Contents.until(parts.bootstrap(), end, "defaultdb.public.dark");
      TopicsAgainstLog.Findings rows =
          TopicsAgainstLog.of(parts.cluster, end).scanned(found, "defaultdb.public.dark", "dark");
      assertThat(rows.differences()).isEmpty();
      assertThat(rows.repeats()).isZero();
      assertThat(status("dark", "STALLED").path("error").asText()).contains("not moved");
      assertThat(status("dark", "UNREACHABLE").path("error").asText()).contains("session was lost");
      assertThat((Long) parts.metric("dark", ReaderMeter.RECONNECTS)).isPositive();
      parts.rest().delete("dark");
    }
  }

  @Test
  void aHostThatDiesLaterIsFollowedByTheNext() throws Exception {
    parts.table("hosts");
    Relay relay = Relay.to(parts.cluster.port());
    try {
      parts.create(
          "hosts",
          "hosts",
          Map.of(
              "source.connection.url",
              "jdbc:postgresql://127.0.0.1:"
                  + relay.port()
                  + ",127.0.0.1:"
                  + parts.cluster.port()
                  + "/defaultdb"));
      Contents.until(parts.bootstrap(), parts.now(), "defaultdb.public.hosts");
      assertThat(relay.hasClients()).isTrue();
      relay.close();
      parts.cluster.execute("INSERT INTO hosts VALUES (1, 'by the other', 1)");
      Map<String, List<String>> rows =
          Contents.until(parts.bootstrap(), parts.now(), "defaultdb.public.hosts")
              .rowsByKey(parts.now(), "");
      assertThat(rows.values()).hasSize(1).allMatch(versions -> versions.size() == 1);
      assertThat(parts.rest().status("hosts").orElseThrow().isRunning()).isTrue();
    } finally {
      relay.close();
    }
    parts.rest().delete("hosts");
  }

  @Test
  void aTableOfTheFiltersThatIsGoneStopsTheFeedUntilItIsSettled() throws Exception {
    parts.table("missed_a");
    parts.table("missed_b");
    Map<String, String> settings =
        new HashMap<>(
            parts.settings("", Map.of("feed.table.filter", "missed_.*", "tasks.max", "2")));
    settings.remove("feed.tables");
    parts.rest().create("missed", settings);
    parts.rest().awaitRunning("missed", Parts.LIMIT);
    Contents.until(
        parts.bootstrap(), parts.now(), "defaultdb.public.missed_a", "defaultdb.public.missed_b");
    Deadline.in(Parts.LIMIT)
        .await("both tasks tell", () -> parts.lastOfEachTask("missed").size() == 2);
    parts.rest().stop("missed");
    parts.rest().awaitState("missed", State.STOPPED, Parts.LIMIT);
    parts.cluster.execute("ALTER TABLE missed_b RENAME TO renamed_b");
    // for every start until somebody has settled it
    for (int start = 0; start < 2; start++) {
      parts.rest().resume("missed");
      assertThat(parts.rest().awaitTaskFailure("missed", Parts.LIMIT))
          .contains("defaultdb.public.missed_b is not in database")
          .contains("feed.table.exclusion.filter");
      parts.rest().stop("missed");
      parts.rest().awaitState("missed", State.STOPPED, Parts.LIMIT);
    }
    assertThat(status("missed", "NEEDS_ACTION").path("tables")).hasSize(2);
    // of the other task, which is no more, nobody reads that it runs
    assertThat(parts.lastOfEachTask("missed"))
        .hasSize(1)
        .allMatch(status -> status.path("state").asText().equals("NEEDS_ACTION"));
    parts.cluster.execute("INSERT INTO missed_a VALUES (1, 'goes on', 1)");
    settings.put("name", "missed");
    settings.put("feed.table.exclusion.filter", "missed_b");
    parts.rest().put("missed", settings);
    parts.rest().resume("missed");
    Map<String, List<String>> rows =
        Contents.until(parts.bootstrap(), parts.now(), "defaultdb.public.missed_a")
            .rowsByKey(parts.now(), "");
    assertThat(rows).hasSize(1);
    parts.rest().delete("missed");
  }

  @Test
  void idleSessionsThatAreDroppedDoNotStopATask() throws Exception {
    parts.table("idle");
    parts.cluster.execute("INSERT INTO idle SELECT i, 'v', i FROM generate_series(1, 20) i");
    // the session of the scan is dropped before each page but the first, until it is done
    ConnectionFaults faults = parts.cluster.connections();
    faults.cutNext(") > (", ConnectionFaults.Moment.BEFORE);
    try {
      parts.create("idle", "idle", Map.of("scan.page.rows", "5"));
      faults.dropIdle(Duration.ofSeconds(1));
      Contents.until(parts.bootstrap(), parts.now(), "defaultdb.public.idle");
      parts.cluster.execute("INSERT INTO idle VALUES (21, 'late', 0)");
      HlcTimestamp end = parts.now();
      Contents found = Contents.until(parts.bootstrap(), end, "defaultdb.public.idle");
      TopicsAgainstLog.Findings rows =
          TopicsAgainstLog.of(parts.cluster, end).scanned(found, "defaultdb.public.idle", "idle");
      assertThat(rows.differences()).isEmpty();
      assertThat(rows.messages()).isEqualTo(21);
      assertThat(parts.rest().status("idle").orElseThrow().isRunning()).isTrue();
    } finally {
      faults.dropIdle(Duration.ZERO);
      faults.clear();
    }
    parts.rest().delete("idle");
  }

  @Test
  void feedWithoutResolvedTimesStallsAndFailsTheTaskIfWanted() throws Exception {
    parts.table("still");
    try (Relay relay = Relay.to(parts.cluster.port())) {
      parts.create(
          "still",
          "still",
          Map.of(
              "source.connection.url",
              "jdbc:postgresql://127.0.0.1:" + relay.port() + "/defaultdb",
              "stall.timeout.ms",
              "2000",
              "stall.action",
              "fail"));
      Contents.until(parts.bootstrap(), parts.now(), "defaultdb.public.still");
      relay.darkenForGood();
      assertThat(parts.rest().awaitTaskFailure("still", Parts.LIMIT))
          .contains("has not moved for 2 seconds");
    }
    assertThat(status("still", "STALLED").path("error").asText()).contains("not moved");
    parts.rest().delete("still");
  }

  @Test
  void taskEndsAtOnceWhateverItWaitsFor() throws Exception {
    running("ending", Map.of());
    long before = System.nanoTime();
    parts.rest().stop("ending");
    parts.rest().awaitState("ending", State.STOPPED, Parts.LIMIT);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
    Deadline.in(Parts.LIMIT)
        .await("its session has ended", () -> parts.cluster.sinklessFeeds().isEmpty());
    assertThat(Files.readString(parts.worker.logFile(), UTF_8)).doesNotContain("secret-value");
    parts.rest().delete("ending");
  }
}
