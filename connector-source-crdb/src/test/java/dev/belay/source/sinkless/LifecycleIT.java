package dev.belay.source.sinkless;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.Secrets;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.proxy.ConnectionFaults.Moment;
import dev.belay.testkit.standin.proxy.HeldStatement;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A connector's life: scans, tasks, offsets over REST, pauses, too little room. */
class LifecycleIT {
  private static Parts parts;

  @BeforeAll
  static void start() throws Exception {
    parts = Parts.exactlyOnce();
  }

  @AfterAll
  static void stop() throws Exception {
    parts.close();
  }

  private static void fill(String table, int rows) throws Exception {
    parts.table(table);
    parts.cluster.execute(
        "INSERT INTO " + table + " SELECT i, 'v' || i, i FROM generate_series(1, " + rows + ") i");
  }

  private static String topic(String table) {
    return "defaultdb.public." + table;
  }

  private static Contents read(String... topics) throws Exception {
    return Contents.until(parts.bootstrap(), parts.now(), topics);
  }

  private static Map<String, JsonNode> offsets(String name) {
    Map<String, JsonNode> offsets = new TreeMap<>();
    for (JsonNode entry : parts.rest().offsets(name).path("offsets")) {
      offsets.put(entry.path("partition").path("table").asText(), entry.path("offset"));
    }
    return offsets;
  }

  /** Whether a scan's offset has values of a key, not its columns alone. */
  private static boolean hasRead(JsonNode offset) {
    return offset.path("key").asText().contains(":\"");
  }

  /** The worker dies when the first of a table's pages is in Kafka, and the second is asked for. */
  private static void killInTheScan(String table) throws Exception {
    HeldStatement second = parts.cluster.connections().holdNext(") > (", Moment.BEFORE);
    parts.create(table, table, Map.of("scan.page.rows", "20"));
    second.awaitMet(Parts.LIMIT);
    Deadline.in(Parts.LIMIT)
        .await(
            "the offset of the first page",
            () -> offsets(table).values().stream().anyMatch(LifecycleIT::hasRead));
    parts.worker.kill9();
    second.cut();
  }

  @Test
  void interruptedScanGoesOnWhereItWas() throws Exception {
    fill("large", 3000);
    killInTheScan("large");
    parts.worker.restart();
    Map<String, List<String>> rows = read(topic("large")).rowsByKey(parts.now(), "");
    assertThat(rows).hasSize(3000);
    assertThat(rows.values()).allMatch(versions -> versions.size() == 1);
    assertThat(Files.readString(parts.worker.logFile())).contains("going on after a key");
    assertThat(offsets("large").get(topic("large")).has("cursor")).isTrue();
    parts.rest().delete("large");
  }

  @Test
  void scannedRowsAreThoseOfAChangefeedsOwnScan() throws Exception {
    parts.cluster.execute(
        "CREATE TABLE kinds (a STRING, b TIMESTAMPTZ, c DECIMAL, i INT8, f FLOAT8, t BOOL, y BYTES,"
            + " d DATE, s TIMESTAMP, u UUID, j JSONB, l INT8[], \"Ü\" STRING, w INTERVAL,"
            + " PRIMARY KEY (b, a, c))");
    for (int i = 0; i < 20; i++) {
      parts.cluster.execute(
          "INSERT INTO kinds VALUES ('k''\"\\ ☃' || "
              + i % 3
              + ", '2020-02-29 12:00:00.5+02:00'::timestamptz + '"
              + i % 2
              + " days'::interval, "
              + i
              + ".50, "
              + (Long.MAX_VALUE - i)
              + ", 1e"
              + i
              + ", true, '\\x00ff', '0044-03-15', '2014-05-28 12:22:35.61', NULL, '{\"b\": [1,"
              + " 1.50, null], \"a\": \"ü\"}', ARRAY[1, NULL], NULL, '1 year 2 mons 03:04:05')");
    }
    parts.topics.create("job_" + topic("kinds"), 3);
    long job =
        parts.cluster.createChangefeed(
            "CREATE CHANGEFEED FOR TABLE kinds INTO 'kafka://"
                + parts.bootstrap()
                + "?topic_prefix=job_' WITH updated, resolved = '100ms', diff,"
                + " min_checkpoint_frequency = '100ms', full_table_name");
    // what an administrator may have set for the user makes no difference
    parts.create(
        "kinds",
        "kinds",
        Map.of(
            "scan.page.rows",
            "3",
            "feed.diff",
            "true",
            "source.jdbc.options",
            "-c intervalstyle=iso_8601 -c bytea_output=escape -c timezone=Asia/Tokyo"
                + " -c extra_float_digits=-3"));
    Map<String, List<String>> own = read(topic("kinds")).rowsByKey(parts.now(), "");
    Map<String, List<String>> theirs = read("job_" + topic("kinds")).rowsByKey(parts.now(), "job_");
    assertThat(withoutTimes(own)).isEqualTo(withoutTimes(theirs)).hasSize(20);
    parts.cluster.cancel(job);
    parts.rest().delete("kinds");
  }

  private static Map<String, List<String>> withoutTimes(Map<String, List<String>> rows) {
    Map<String, List<String>> without = new TreeMap<>();
    rows.forEach(
        (key, values) ->
            without.put(
                key,
                values.stream()
                    .map(v -> v.replaceFirst("\"updated\": \"[0-9.]+\"}$", "\"updated\": \"\"}"))
                    .toList()));
    return without;
  }

  @Test
  void tablesAreSpreadOverTasksAndKeepTheirCursors() throws Exception {
    fill("s1", 10);
    fill("s2", 10);
    fill("s3", 10);
    parts.create("spread", "s1,s2,s3", Map.of("tasks.max", "2"));
    Deadline.in(Parts.LIMIT)
        .await("two tasks", () -> parts.rest().status("spread").orElseThrow().tasks().size() == 2);
    read(topic("s1"), topic("s2"), topic("s3"));
    parts.cluster.execute("INSERT INTO s2 VALUES (11, 'new', 0)");
    parts.rest().put("spread", parts.settings("s1,s2,s3", Map.of("tasks.max", "1")));
    Deadline.in(Parts.LIMIT)
        .await(
            "one task",
            () -> parts.rest().status("spread").filter(s -> s.tasks().size() == 1).isPresent());
    parts.rest().awaitRunning("spread", Parts.LIMIT);
    parts.cluster.execute("INSERT INTO s3 VALUES (12, 'new', 0)");
    Map<String, List<String>> rows =
        read(topic("s1"), topic("s2"), topic("s3")).rowsByKey(parts.now(), "");
    assertThat(rows).hasSize(32);
    assertThat(rows.values()).allMatch(versions -> versions.size() == 1);
    assertThat(offsets("spread")).hasSize(3);
    parts.rest().delete("spread");
  }

  @Test
  void cursorThatIsMovedBackIsObeyed() throws Exception {
    parts.table("moved");
    HlcTimestamp begin = parts.now();
    parts.create("moved", "moved", Map.of());
    parts.cluster.execute("INSERT INTO moved VALUES (1, 'a', 1)");
    read(topic("moved"));
    parts.rest().stop("moved");
    parts.rest().awaitState("moved", State.STOPPED, Parts.LIMIT);
    ObjectNode body = new JsonMapper().createObjectNode();
    ObjectNode entry = body.putArray("offsets").addObject();
    entry.putObject("partition").put("feed", "moved").put("table", topic("moved"));
    entry.putObject("offset").put("cursor", begin.toString());
    parts.rest().alterOffsets("moved", body);
    parts.rest().resume("moved");
    parts.cluster.execute("INSERT INTO moved VALUES (2, 'b', 1)");
    Map<String, List<String>> rows = read(topic("moved")).rowsByKey(parts.now(), "");
    assertThat(rows.entrySet().stream().filter(e -> e.getKey().endsWith("[1]")).findFirst())
        .hasValueSatisfying(e -> assertThat(e.getValue()).hasSize(2));
    assertThat(rows).hasSize(2);
    parts.rest().delete("moved");
  }

  @Test
  void pausedConnectorHoldsTheFeedBackAndGoesOn() throws Exception {
    fill("paused", 10);
    parts.create(
        "paused",
        "paused",
        Map.of(
            "feed.buffer.bytes", "65536",
            "producer.override.transaction.timeout.ms", "2000"));
    read(topic("paused"));
    long heap = parts.liveHeap();
    parts.rest().pause("paused");
    parts.rest().awaitState("paused", State.PAUSED, Parts.LIMIT);
    parts.cluster.execute(
        "UPDATE paused SET v = repeat('x', 1000)"); // then more than any buffer on the way holds
    parts.cluster.execute(
        "INSERT INTO paused SELECT i, repeat('y', 1000), i FROM generate_series(11, 20000) i");
    Deadline timeout = Deadline.in(Duration.ofSeconds(4));
    Deadline.in(Parts.LIMIT).await("longer than a transaction may take", timeout::hasPassed);
    // 20 MB of rows wait in the cluster, and not here
    assertThat(parts.liveHeap() - heap).isLessThan(6L << 20);
    parts.rest().resume("paused");
    parts.rest().awaitRunning("paused", Parts.LIMIT);
    Map<String, List<String>> rows = read(topic("paused")).rowsByKey(parts.now(), "");
    assertThat(rows).hasSize(20_000);
    assertThat(rows.values().stream().mapToInt(List::size).sum()).isEqualTo(20_010);
    // there was no room for them, and it was said
    assertThat(Files.readString(parts.worker.logFile())).contains("feed.buffer.bytes");
    parts.rest().delete("paused");
  }

  @Test
  void enrichedRowsAreScannedByTheFeed() throws Exception {
    fill("rich", 50);
    parts.create("rich", "rich", Map.of("feed.envelope", "enriched"));
    read(topic("rich"));
    parts.cluster.execute("DELETE FROM rich WHERE id = 7");
    Map<String, List<String>> rows = read(topic("rich")).rowsByKey(parts.now(), "");
    assertThat(rows).hasSize(50);
    assertThat(rows.values().stream().mapToInt(List::size).sum()).isEqualTo(51);
    Set<String> ops = new TreeSet<>();
    for (List<String> versions : rows.values()) {
      for (String value : versions) {
        ops.add(new JsonMapper().readTree(value.getBytes(UTF_8)).path("op").asText());
      }
    }
    assertThat(ops).containsExactly("c", "d");
    parts.rest().delete("rich");
  }

  @Test
  void deletesBetweenTwoTriesOfAScanByTheFeedAreTold() throws Exception {
    fill("phantom", 20_000);
    parts.create(
        "phantom", "phantom", Map.of("feed.envelope", "enriched", "feed.buffer.bytes", "65536"));
    // without a spill.dir the first rows are handed over before the scan has come to its end
    Deadline.in(Parts.LIMIT)
        .await("a part of the scan", () -> offsets("phantom").toString().contains("scan"));
    parts.worker.kill9();
    parts.cluster.execute("DELETE FROM phantom WHERE id <= 20");
    parts.worker.restart();
    Map<String, List<String>> rows = read(topic("phantom")).rowsByKey(parts.now(), "");
    assertThat(rows).hasSize(20_000);
    assertThat(rows.values())
        .filteredOn(versions -> versions.get(versions.size() - 1).contains("\"after\": null"))
        .hasSize(20);
    parts.rest().delete("phantom");
  }

  @Test
  void aColumnThatIsAddedWhileATableIsScannedIsNoObstacle() throws Exception {
    fill("widened", 3000);
    killInTheScan("widened");
    parts.cluster.execute("ALTER TABLE widened ADD COLUMN extra STRING");
    parts.worker.restart();
    parts.cluster.execute("INSERT INTO widened VALUES (0, 'late', 0, 'wide')");
    Map<String, List<String>> rows = read(topic("widened")).rowsByKey(parts.now(), "");
    assertThat(rows).hasSize(3001);
    parts.rest().delete("widened");
  }

  @Test
  void aPrimaryKeyThatChangesWhileATableIsScannedLosesNoRow() throws Exception {
    parts.table("rekeyed");
    parts.cluster.execute(
        "INSERT INTO rekeyed SELECT i, 'v' || i, i + 100000 FROM generate_series(1, 300) i");
    killInTheScan("rekeyed");
    parts.cluster.execute("ALTER TABLE rekeyed DROP CONSTRAINT rekeyed_pkey, ADD PRIMARY KEY (n)");
    parts.worker.restart();
    parts.cluster.execute("INSERT INTO rekeyed VALUES (301, 'late', 100301)");
    Map<String, List<String>> rows = read(topic("rekeyed")).rowsByKey(parts.now(), "");
    assertThat(Files.readString(parts.worker.logFile()))
        .contains("has another primary key than when its scan began");
    // rows of the first page have their old keys, and every row has its new one
    assertThat(rows.keySet()).filteredOn(key -> key.contains("[100")).hasSize(301);
    assertThat(rows.keySet()).filteredOn(key -> !key.contains("[100")).hasSize(20);
    parts.rest().delete("rekeyed");
  }

  @Test
  void olderClusterIsAskedInItsOwnWords() throws Exception {
    try (StandIn older = StandIn.builder().version("v23.1.20").start()) {
      older.execute("CREATE TABLE elder (id INT PRIMARY KEY, v STRING, n INT)");
      older.execute("INSERT INTO elder VALUES (1, 'a', 1)");
      HeldStatement asked =
          older.connections().holdNext("EXPERIMENTAL CHANGEFEED FOR", Moment.BEFORE);
      parts.create("elder", "elder", Map.of("source.connection.url", older.url()));
      asked.awaitMet(Parts.LIMIT);
      asked.release();
      older.execute("INSERT INTO elder VALUES (2, 'b', 2)");
      HlcTimestamp end = HlcTimestamp.parse(older.now().toString()).orElseThrow();
      Contents found = Contents.until(parts.bootstrap(), end, topic("elder"));
      TopicsAgainstLog.Findings rows =
          TopicsAgainstLog.of(older, end).scanned(found, topic("elder"), "elder");
      assertThat(rows.differences()).isEmpty();
      assertThat(rows.messages()).isEqualTo(2);
      parts.rest().delete("elder");
    }
  }

  @Test
  void aTimeToLiveThatIsChangedIsTakenAtTheNextLook() throws Exception {
    parts.table("kept");
    TableName table = new TableName("defaultdb", "public", "kept");
    Properties user = new Properties();
    user.put("user", StandIn.USER);
    Cluster.Address address =
        new Cluster.Address(
            parts.cluster.url(), user, "kept", Duration.ofSeconds(10), Duration.ofSeconds(30));
    try (Cluster cluster = new Cluster(address, new Secrets(List.of()))) {
      GcWindow window = new GcWindow();
      Map<TableName, HlcTimestamp> needed = Map.of(table, window.look(cluster, Set.of(table)));
      long before = System.nanoTime();
      parts.cluster.execute("ALTER TABLE kept CONFIGURE ZONE USING gc.ttlseconds = 90000");
      window.lookAgain(cluster, Set.of(table), before);
      assertThat(window.left(needed, System.nanoTime()).orElseThrow()).isBetween(14_000L, 14_400L);
      window.lookAgain(cluster, Set.of(table), before + Duration.ofMinutes(6).toNanos());
      assertThat(window.left(needed, System.nanoTime()).orElseThrow()).isBetween(89_000L, 90_000L);
    }
  }

  @Test
  void compactedTopicIsRefused() throws Exception {
    parts.table("compacted");
    parts.topics.create(topic("compacted"), 1, Map.of("cleanup.policy", "compact"));
    Map<String, String> settings = parts.settings("compacted", Map.of());
    assertThatThrownBy(() -> parts.rest().create("compacted", settings))
        .hasMessageContaining("cleanup.policy=delete");
  }

  @Test
  void tableThatIsGoneNeedsAPerson() throws Exception {
    fill("gone", 10);
    parts.create("gone", "gone", Map.of());
    read(topic("gone"));
    parts.rest().stop("gone");
    parts.rest().awaitState("gone", State.STOPPED, Parts.LIMIT);
    parts.cluster.execute("DROP TABLE gone");
    parts.rest().resume("gone");
    Deadline.in(Parts.LIMIT)
        .await(
            "the connector says what is wrong",
            () ->
                parts
                    .rest()
                    .status("gone")
                    .filter(s -> s.failure().isPresent() || s.state() == State.FAILED)
                    .isPresent());
    parts.rest().delete("gone");
  }

  @Test
  void addedPartitionsAreFound() throws Exception {
    fill("wide", 10);
    parts.create("wide", "wide", Map.of("topic.partitions", "1"));
    read(topic("wide"));
    try (Connection session = parts.cluster.connect();
        Statement statement = session.createStatement()) {
      parts.topics.addPartitions(topic("wide"), 4);
      Parts.work(session, new Random(2), 20, "wide");
      statement.execute("SELECT 1");
    }
    Contents found = read(topic("wide"));
    assertThat(found.places()).hasSize(4);
    parts.rest().delete("wide");
  }
}
