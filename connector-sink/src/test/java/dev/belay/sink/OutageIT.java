package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.Network.Point;
import dev.belay.sink.harness.RealParts;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.harness.TargetKind;
import dev.belay.sink.harness.TaskHarness;
import dev.belay.sink.harness.Wire;
import dev.belay.testkit.DatabaseServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The target goes away in every way that passes by itself: the task heals by itself, nothing is
 * lost and nothing written twice. The server is this class's own, since it is stopped and started.
 */
@Tag("any-target")
@Tag("each-target")
class OutageIT {
  @RegisterExtension static final RealParts PARTS = new RealParts();
  private static DatabaseServer server;

  private Feed feed;
  private TargetDatabase db;

  @BeforeAll
  static void startServer() throws IOException {
    server = TargetKind.ofThisRun().startOldest();
  }

  @AfterAll
  static void stopServer() {
    if (server != null) { // null: skipped for want of one
      server.close();
    }
  }

  @BeforeEach
  void makeFeedAndTarget() throws SQLException {
    feed = new Feed(PARTS);
    db = TargetDatabase.on(server);
    makeOrders();
    feed.create("orders", 2);
  }

  private void makeOrders() {
    db.sql("CREATE TABLE orders (id int PRIMARY KEY, v bigint)");
    db.audit("orders", "id", "v");
  }

  @AfterEach
  void closeFeed() {
    feed.close();
  }

  @Test
  void aTargetThatIsDownAtTheStartIsWaitedFor() throws IOException {
    server.stop();
    try (TaskHarness task = task().start()) {
      put(1, 11);
      feed.resolved("orders", 15);
      task.until("it waits", () -> task.retries() > 2);
      server.restart();
      untilWritten(task, 15, "1@11");
    }
  }

  @Test
  void brokersWhoseNamesNobodyKnowsAreWaitedFor() {
    try (TaskHarness task =
        task()
            .set("kafka.admin.bootstrap.servers", "kafka.invalid:9092")
            .consumer("bootstrap.servers", PARTS.bootstrapServers())
            .start()) {
      task.until("it waits", () -> task.retries() > 2);
      assertThat(task.lastRetry()).contains("kafka.admin.bootstrap.servers can be resolved");
    }
  }

  @Test
  void aTargetThatIsDownDuringARebalanceIsWaitedFor() throws IOException {
    try (TaskHarness task = task().start()) {
      put(1, 11);
      feed.resolved("orders", 15);
      untilWritten(task, 15, "1@11");
      server.stop();
      put(1, 21);
      put(2, 22);
      put(3, 23);
      feed.resolved("orders", 25);
      task.until("it waits", () -> task.retries() > 2);
      try (KafkaConsumer<byte[], byte[]> member = task.otherMember(RangeAssignor.class.getName())) {
        task.until(
            "a partition has gone to another member",
            () -> {
              member.poll(Duration.ofMillis(10));
              return task.assignment().size() == 1;
            });
        task.steps(3);
      }
      task.until("both are back", () -> task.assignment().size() == 2);
      task.steps(3);
      server.restart();
      untilWritten(task, 25, "1@21", "2@22", "3@23");
      assertThat(db.history("orders", "1")).containsExactly("11", "21");
    }
  }

  @Test
  void aTargetThatCrashesAndComesBackGoesOn() throws IOException {
    try (TaskHarness task = task().start()) {
      put(1, 11);
      feed.resolved("orders", 15);
      untilWritten(task, 15, "1@11");
      task.network().at(Point.BEFORE_COMMIT, () -> server.stopImmediately());
      put(1, 21);
      feed.resolved("orders", 25);
      task.until("it waits", () -> task.retries() > 2);
      server.restart();
      untilWritten(task, 25, "1@21");
      server.restart(); // between windows
      put(1, 31);
      feed.resolved("orders", 35);
      untilWritten(task, 35, "1@31");
      assertThat(db.history("orders", "1")).containsExactly("11", "21", "31");
    }
  }

  @Test
  void aTargetThatIsReadOnlyIsWaitedFor() {
    try (TaskHarness task = task().start()) {
      put(1, 11);
      feed.resolved("orders", 15);
      untilWritten(task, 15, "1@11");
      db.setReadOnly(true);
      put(1, 21);
      feed.resolved("orders", 25);
      task.until("it waits", () -> task.retries() > 2);
      assertThat(task.lastRetry()).contains("read-only");
      db.setReadOnly(false);
      untilWritten(task, 25, "1@21");
    }
  }

  @Test
  void aTargetThatIsOutOfConnectionsIsWaitedFor() throws SQLException {
    try (TaskHarness task = task().start()) {
      put(1, 11);
      feed.resolved("orders", 15);
      untilWritten(task, 15, "1@11");
      try (TargetDatabase.Exhaustion none = db.exhaustConnections()) {
        put(1, 21);
        feed.resolved("orders", 25);
        task.until("it waits", () -> task.retries() > 2);
        assertThat(task.lastRetry()).contains("Too many connections");
        assertThat(none).isNotNull();
      }
      untilWritten(task, 25, "1@21");
    }
  }

  @Test
  void aSessionThatAnAdministratorEndsIsReplaced() {
    try (TaskHarness task = task().start()) {
      task.untilClaimed();
      task.network().at(Point.BEFORE_COMMIT, db::endSessions);
      put(1, 11);
      feed.resolved("orders", 15);
      untilWritten(task, 15, "1@11");
      task.network().at(Point.BEFORE_APPLY, db::endSessions);
      put(1, 21);
      feed.resolved("orders", 25);
      untilWritten(task, 25, "1@21");
      db.endSessions();
      put(1, 31);
      feed.resolved("orders", 35);
      untilWritten(task, 35, "1@31");
      assertThat(db.history("orders", "1")).containsExactly("11", "21", "31");
    }
  }

  @Test
  void aRowThatSomebodyElseHasLockedIsWaitedForOutsideOfPut() throws SQLException {
    try (TaskHarness task = task().set("target.lock.timeout.ms", "200").start();
        Connection user = db.connect();
        Statement statement = user.createStatement()) {
      put(1, 11);
      feed.resolved("orders", 15);
      untilWritten(task, 15, "1@11");
      user.setAutoCommit(false);
      statement.execute("SELECT * FROM orders FOR UPDATE");
      put(1, 21);
      feed.resolved("orders", 25);
      task.until("it waits", () -> task.retries() > 1);
      user.rollback();
      untilWritten(task, 25, "1@21");
    }
  }

  /** A peer that vanishes without a word answers neither yes nor no. */
  @Test
  void aConnectionThatGoesDeadIsGivenUp() throws IOException {
    try (Wire wire = new Wire(server.port());
        TaskHarness task =
            task()
                .set(
                    "target.connection.url",
                    db.url().replace(":" + server.port() + "/", ":" + wire.port() + "/"))
                .set("target.jdbc.socketTimeout", db.driverTime(1))
                .start()) {
      task.untilClaimed();
      task.network().at(Point.BEFORE_COMMIT, wire::goDead);
      put(1, 11);
      feed.resolved("orders", 15);
      untilWritten(task, 15, "1@11");
      assertThat(db.history("orders", "1")).containsExactly("11");
    }
  }

  private TaskHarness.Builder task() {
    return TaskHarness.of(PARTS, feed, db, "orders");
  }

  private void put(int id, long time) {
    feed.upsert("orders", "[" + id + "]", "{\"id\": " + id + ", \"v\": " + time + "}", time);
  }

  private void untilWritten(TaskHarness task, long frontier, String... rows) {
    task.until(
        "the frontier is " + frontier, () -> db.hasFrontier(task.connector(), Feed.hlc(frontier)));
    assertThat(db.rows("SELECT id || '@' || v FROM orders ORDER BY id")).containsExactly(rows);
    assertThat(db.stepsBack()).isEmpty();
  }
}
