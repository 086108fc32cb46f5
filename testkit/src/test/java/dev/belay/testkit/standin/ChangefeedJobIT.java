package dev.belay.testkit.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.Deadline;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.TopicReader.Message;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.row.Hlc;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a changefeed sends and when, from its statement to its end. */
class ChangefeedJobIT {

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    standIn = StandIn.builder().rowsKept(100).partitionRefresh(Duration.ofMillis(200)).start();
  }

  @AfterAll
  static void stop() {
    standIn.close();
    kafka.close();
  }

  private static long create(String table, String with) throws SQLException {
    return standIn.createChangefeed(
        "CREATE CHANGEFEED FOR "
            + table
            + " INTO 'kafka://"
            + kafka.bootstrapServers()
            + "' WITH "
            + with);
  }

  private static TopicReader reader(String... topics) {
    return new TopicReader(kafka.bootstrapServers(), topics);
  }

  private static void table(String name, String... rows) throws SQLException {
    standIn.execute("CREATE TABLE " + name + " (id INT PRIMARY KEY, v STRING)");
    for (String row : rows) {
      standIn.execute("INSERT INTO " + name + " VALUES " + row);
    }
  }

  private static JobStatus awaitState(long job, JobState state) {
    await().until(() -> standIn.job(job).orElseThrow().state() == state);
    return standIn.job(job).orElseThrow();
  }

  private static List<String> texts(List<Message> messages) {
    return messages.stream()
        .map(message -> message.key().orElseThrow() + message.json().get("after"))
        .toList();
  }

  @Test
  void initialScanHasOneTimeAndEachRowItsOwnCommitTime() throws Exception {
    table("scanned", "(1, 'a')", "(2, 'b')");
    Hlc before = standIn.now();
    create("scanned", "updated, mvcc_timestamp, resolved = '50ms'");
    standIn.execute("INSERT INTO scanned VALUES (3, 'c')");
    try (TopicReader reader = reader("scanned")) {
      List<Message> rows = TopicReader.rows(reader.untilResolved(standIn.now()));
      assertThat(texts(rows))
          .containsExactly(
              "[1]{\"id\":1,\"v\":\"a\"}",
              "[2]{\"id\":2,\"v\":\"b\"}",
              "[3]{\"id\":3,\"v\":\"c\"}");
      assertThat(rows.get(0).time()).isEqualTo(rows.get(1).time()).isGreaterThan(before);
      assertThat(mvcc(rows.get(0))).isLessThan(mvcc(rows.get(1)));
      assertThat(mvcc(rows.get(1))).isLessThan(before);
      assertThat(rows.get(2).time()).isGreaterThan(rows.get(0).time()).isEqualTo(mvcc(rows.get(2)));
    }
  }

  private static Hlc mvcc(Message message) {
    return Hlc.parse(message.json().get("mvcc_timestamp").asText()).orElseThrow();
  }

  @Test
  void scanOnlySucceedsAndSendsNothingAfterwards() throws Exception {
    table("scan_only", "(1, 'a')");
    long job = create("scan_only", "initial_scan = 'only'");
    assertThat(awaitState(job, JobState.SUCCEEDED).finished()).isPresent();
    standIn.execute("INSERT INTO scan_only VALUES (2, 'b')");
    assertThatThrownBy(() -> standIn.pause(job)).hasMessageContaining("succeeded");
    long next = create("scan_only", "no_initial_scan, updated, resolved = '20ms'");
    try (TopicReader reader = reader("scan_only")) {
      assertThat(texts(TopicReader.rows(reader.untilResolved(standIn.now()))))
          .containsExactly("[1]{\"id\":1,\"v\":\"a\"}");
    }
    standIn.cancel(next);
  }

  @Test
  void resumedJobSendsAgainWhatFollowedItsCheckpoint() throws Exception {
    table("paused");
    // The first checkpoint comes at once, the second in an hour.
    long job = create("paused", "updated, min_checkpoint_frequency = '1h'");
    await().until(() -> standIn.job(job).orElseThrow().runningStatus().contains("resolved="));
    standIn.execute("INSERT INTO paused VALUES (1, 'a'), (2, 'b')");
    try (TopicReader reader = reader("paused")) {
      List<Message> first = reader.untilRows(2);
      standIn.pause(job);
      awaitState(job, JobState.PAUSED);
      standIn.execute("INSERT INTO paused VALUES (3, 'c')");
      standIn.resume(job);
      List<Message> all = reader.untilRows(5);
      assertThat(texts(all.subList(2, 4))).isEqualTo(texts(first));
      assertThat(all.get(2).time()).isEqualTo(first.get(0).time());
      assertThat(all.get(4).key()).contains("[3]");
    }
    standIn.cancel(job);
    awaitState(job, JobState.CANCELED);
  }

  @Test
  void cursorBeginsRightAfterItsTime() throws Exception {
    table("cursed", "(1, 'before')");
    Hlc cursor = standIn.now();
    standIn.execute("INSERT INTO cursed VALUES (2, 'after')");
    create("cursed", "updated, diff, cursor = '" + cursor + "', resolved = '50ms'");
    try (TopicReader reader = reader("cursed")) {
      List<Message> rows = TopicReader.rows(reader.untilResolved(standIn.now()));
      assertThat(texts(rows)).containsExactly("[2]{\"id\":2,\"v\":\"after\"}");
      assertThat(rows.get(0).time()).isGreaterThan(cursor);
    }
  }

  @Test
  void cursorBeforeWhatIsKeptIsRefused() throws Exception {
    table("forgotten");
    Hlc cursor = standIn.now();
    for (int i = 0; i < 3; i++) {
      standIn.execute(
          "INSERT INTO forgotten SELECT " + i + " * 100 + g, 'x' FROM generate_series(1, 100) g");
    }
    // jobs of other tests hold what they have not sent yet
    Hlc after = standIn.now();
    Deadline.in(Duration.ofSeconds(60))
        .await(
            "every job has come so far",
            () ->
                standIn.jobs().stream()
                    .filter(job -> !job.state().isFinal())
                    .allMatch(job -> job.highWater().filter(after::isBefore).isPresent()));
    assertThatThrownBy(() -> create("forgotten", "cursor = '" + cursor + "'"))
        .hasMessageContaining("must be after replica GC threshold");
  }

  @Test
  void transactionShowsOnlyWhatItDidToEachRowInTheEnd() throws Exception {
    table("folded", "(1, 'one')", "(2, 'two')");
    long job = create("folded", "updated, diff, no_initial_scan, resolved = '50ms'");
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("UPDATE folded SET v = 'x' WHERE id = 1");
      statement.execute("UPDATE folded SET v = 'y' WHERE id = 1");
      statement.execute("INSERT INTO folded VALUES (9, 'came and went')");
      statement.execute("DELETE FROM folded WHERE id = 9");
      statement.execute("UPDATE folded SET id = 3 WHERE id = 2");
      connection.commit();
      statement.execute("INSERT INTO folded VALUES (10, 'never happened')");
      connection.rollback();
    }
    try (TopicReader reader = reader("folded")) {
      List<Message> rows = TopicReader.rows(reader.untilResolved(standIn.now()));
      assertThat(texts(rows))
          .containsExactlyInAnyOrder(
              "[1]{\"id\":1,\"v\":\"y\"}", "[2]null", "[3]{\"id\":3,\"v\":\"two\"}");
      assertThat(rows).extracting(Message::time).containsOnly(rows.get(0).time());
      assertThat(rows.get(0).json().get("before").get("v").asText()).isEqualTo("one");
    }
    standIn.cancel(job);
  }

  @Test
  void largeValuesThatDidNotChangeAreThereAllTheSame() throws Exception {
    String large = "abcdefghij".repeat(2_000);
    standIn.execute("CREATE TABLE toasted (id INT PRIMARY KEY, v STRING, n INT)");
    standIn.execute("ALTER TABLE toasted ALTER v SET STORAGE EXTERNAL");
    standIn.execute("INSERT INTO toasted VALUES (1, '" + large + "', 1)");
    create("toasted", "updated, no_initial_scan, resolved = '50ms'");
    standIn.execute("UPDATE toasted SET n = 2");
    try (TopicReader reader = reader("toasted")) {
      Message row = reader.untilRows(1).get(0);
      assertThat(row.json().get("after").get("v").asText()).isEqualTo(large);
      assertThat(row.json().get("after").get("n").asInt()).isEqualTo(2);
    }
  }

  @Test
  void truncatedOrDroppedTableEndsTheJob() throws Exception {
    table("emptied", "(1, 'a')");
    table("gone", "(1, 'a')");
    table("kept", "(1, 'a')");
    long emptied = create("emptied", "updated");
    long gone = create("gone, kept", "updated");
    long pausing = create("emptied", "updated, on_error = 'pause'");
    standIn.execute("TRUNCATE emptied");
    standIn.execute("DROP TABLE gone");
    assertThat(awaitState(emptied, JobState.FAILED).error()).isEqualTo("\"emptied\" was truncated");
    assertThat(awaitState(gone, JobState.FAILED).error()).isEqualTo("\"gone\" was dropped");
    assertThat(awaitState(pausing, JobState.PAUSED).runningStatus())
        .isEqualTo(
            "job failed (\"emptied\" was truncated) but is being paused because of on_error=pause");
  }

  @Test
  void newPartitionsGetRowsAndResolvedMessagesSoon() throws Exception {
    table("grown", "(1, 'a')");
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      topics.create("grown", 1);
      create("grown", "updated, resolved = '50ms'");
      try (TopicReader reader = reader("grown")) {
        reader.untilResolved(standIn.now());
      }
      topics.addPartitions("grown", 4);
    }
    try (TopicReader reader = reader("grown")) {
      reader.untilResolved(standIn.now());
    }
  }

  @Test
  void brokerThatIsNotThereIsToldAtOnce() throws Exception {
    table("nowhere_to_go");
    int closed = LoopbackPort.free();
    assertThatThrownBy(
            () ->
                standIn.createChangefeed(
                    "CREATE CHANGEFEED FOR nowhere_to_go INTO 'kafka://127.0.0.1:" + closed + "'"))
        .hasMessageContaining("client has run out of available brokers");
  }

  @Test
  void jobOutlivesItsBroker() throws Exception {
    Path own = dir.resolve("own");
    EmbeddedKafka broker = EmbeddedKafka.start(own);
    int port = broker.port();
    try {
      table("outlived", "(1, 'a')");
      long job =
          standIn.createChangefeed(
              "CREATE CHANGEFEED FOR outlived INTO 'kafka://"
                  + broker.bootstrapServers()
                  + "' WITH updated, resolved = '50ms'");
      try (TopicReader reader = new TopicReader(broker.bootstrapServers(), "outlived")) {
        reader.untilResolved(standIn.now());
      }
      broker.close();
      standIn.execute("INSERT INTO outlived VALUES (2, 'b')");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> standIn.job(job).orElseThrow().runningStatus().startsWith("transient error"));
      broker = EmbeddedKafka.start(own, port);
      try (TopicReader reader = new TopicReader(broker.bootstrapServers(), "outlived")) {
        List<Message> rows = TopicReader.rows(reader.untilResolved(standIn.now()));
        assertThat(texts(rows)).contains("[1]{\"id\":1,\"v\":\"a\"}", "[2]{\"id\":2,\"v\":\"b\"}");
      }
      standIn.cancel(job);
      awaitState(job, JobState.CANCELED);
    } finally {
      broker.close();
    }
  }

  @Test
  void databasesHaveTheirOwnTablesAndOneClock() throws Exception {
    standIn.createDatabase("other");
    Hlc before = standIn.now();
    try (Connection connection = standIn.connect("other");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE elsewhere (id INT PRIMARY KEY)");
      statement.execute("INSERT INTO elsewhere VALUES (1)");
      statement.execute(
          "CREATE CHANGEFEED FOR other.public.elsewhere INTO 'kafka://"
              + kafka.bootstrapServers()
              + "' WITH updated, full_table_name");
    }
    try (TopicReader reader = reader("other.public.elsewhere")) {
      assertThat(reader.untilRows(1).get(0).time()).isGreaterThan(before);
    }
  }
}
