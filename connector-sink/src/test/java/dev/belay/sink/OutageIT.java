package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.Network.Point;
import dev.belay.sink.harness.RealParts;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.harness.TaskHarness;
import dev.belay.sink.harness.Wire;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The target goes away in every way that passes by itself: the task heals by itself, nothing is
 * lost and nothing written twice. The server is this class's own, since it is stopped and started.
 */
class OutageIT {
  @RegisterExtension static final RealParts PARTS = new RealParts();
  private static PostgresServer server;

  private Feed feed;
  private TargetDatabase db;

  @BeforeAll
  static void startServer() throws IOException {
    server = PostgresServer.start(PostgresServer.Version.OLD);
  }

  @AfterAll
  static void stopServer() {
    server.close();
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

  /** The URL names both servers. The first one comes back as a standby, the second takes over. */
  @Test
  void aTargetThatFailsOverToAnotherServerIsFollowed(@TempDir Path dir) throws Exception {
    Path firstFiles = dir.resolve("first");
    Path secondFiles = dir.resolve("second");
    int secondPort = LoopbackPort.free();
    try (PostgresServer first =
        PostgresServer.start(PostgresServer.Version.NEW, firstFiles, 0, false)) {
      db = TargetDatabase.on(first);
      makeOrders();
      String both =
          db.url()
              .replace(
                  ":" + first.port() + "/", ":" + first.port() + ",127.0.0.1:" + secondPort + "/");
      try (TaskHarness task =
          task().set("target.connection.url", both + "?targetServerType=primary").start()) {
        put(1, 11);
        feed.resolved("orders", 15);
        untilWritten(task, 15, "1@11");
        task.network().at(Point.BEFORE_COMMIT, first::stopImmediately);
        put(1, 21);
        put(2, 22);
        feed.resolved("orders", 25);
        task.until("it waits", () -> task.retries() > 2);
        copy(firstFiles, secondFiles);
        Files.createFile(firstFiles.resolve("standby.signal"));
        first.restart();
        int before = task.retries();
        task.until("it does not take the standby", () -> task.retries() > before + 2);
        try (PostgresServer second =
            PostgresServer.start(PostgresServer.Version.NEW, secondFiles, secondPort, false)) {
          db = db.copiedTo(second);
          untilWritten(task, 25, "1@21", "2@22");
          assertThat(db.history("orders", "1")).containsExactly("11", "21");
        }
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    Files.deleteIfExists(to.resolve("postmaster.pid"));
  }

  @Test
  void aTargetThatIsReadOnlyIsWaitedFor() {
    try (TaskHarness task = task().start()) {
      put(1, 11);
      feed.resolved("orders", 15);
      untilWritten(task, 15, "1@11");
      asSuperuser(
          "ALTER ROLE " + db.role() + " SET default_transaction_read_only = on", endSessions());
      put(1, 21);
      feed.resolved("orders", 25);
      task.until("it waits", () -> task.retries() > 2);
      assertThat(task.lastRetry()).contains("read-only");
      asSuperuser("ALTER ROLE " + db.role() + " RESET default_transaction_read_only");
      untilWritten(task, 25, "1@21");
    }
  }

  @Test
  void aTargetThatIsOutOfConnectionsIsWaitedFor() {
    try (TaskHarness task = task().start()) {
      put(1, 11);
      feed.resolved("orders", 15);
      untilWritten(task, 15, "1@11");
      asSuperuser("ALTER ROLE " + db.role() + " CONNECTION LIMIT 0", endSessions());
      put(1, 21);
      feed.resolved("orders", 25);
      task.until("it waits", () -> task.retries() > 2);
      assertThat(task.lastRetry()).contains("Too many connections");
      asSuperuser("ALTER ROLE " + db.role() + " CONNECTION LIMIT -1");
      untilWritten(task, 25, "1@21");
    }
  }

  @Test
  void aSessionThatAnAdministratorEndsIsReplaced() {
    try (TaskHarness task = task().start()) {
      task.untilClaimed();
      task.network().at(Point.BEFORE_COMMIT, () -> asSuperuser(endSessions()));
      put(1, 11);
      feed.resolved("orders", 15);
      untilWritten(task, 15, "1@11");
      task.network().at(Point.BEFORE_APPLY, () -> asSuperuser(endSessions()));
      put(1, 21);
      feed.resolved("orders", 25);
      untilWritten(task, 25, "1@21");
      asSuperuser(endSessions());
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
                .set("target.jdbc.socketTimeout", "1")
                .start()) {
      task.untilClaimed();
      task.network().at(Point.BEFORE_COMMIT, wire::goDead);
      put(1, 11);
      feed.resolved("orders", 15);
      untilWritten(task, 15, "1@11");
      assertThat(db.history("orders", "1")).containsExactly("11");
    }
  }

  @Test
  void aConnectionIsGivenUpInTimeAlsoWhenTheUserSetNothing() {
    assertThat(Databases.POSTGRESQL.limits(Duration.ofSeconds(10), Duration.ofSeconds(30)))
        .containsEntry("socketTimeout", "120")
        .containsEntry("connectTimeout", "10");
    assertThat(Databases.POSTGRESQL.limits(Duration.ofSeconds(10), Duration.ofMinutes(10)))
        .containsEntry("socketTimeout", "660");
  }

  @Test
  void timeLimitsOfTheDriverAreRoundedUpToItsSeconds() {
    assertThat(Databases.POSTGRESQL.limits(Duration.ofMillis(1_001), Duration.ofMillis(90_001)))
        .containsEntry("connectTimeout", "2")
        .containsEntry("loginTimeout", "2")
        .containsEntry("socketTimeout", "151");
    assertThat(Databases.POSTGRESQL.limits(Duration.ofMillis(100), Duration.ofSeconds(1)))
        .containsEntry("connectTimeout", "1");
  }

  private TaskHarness.Builder task() {
    return TaskHarness.of(PARTS, feed, db, "orders");
  }

  private void put(int id, long time) {
    feed.upsert("orders", "[" + id + "]", "{\"id\": " + id + ", \"v\": " + time + "}", time);
  }

  private void untilWritten(TaskHarness task, long frontier, String... rows) {
    BooleanSupplier written =
        () ->
            db.value("SELECT to_regclass('belay.belay_frontier') IS NOT NULL").equals("t")
                && db.rows("SELECT frontier FROM belay.belay_frontier")
                    .equals(List.of(Feed.hlc(frontier)));
    task.until("the frontier is " + frontier, written);
    assertThat(db.rows("SELECT id || '@' || v FROM orders ORDER BY id")).containsExactly(rows);
    assertThat(db.stepsBack()).isEmpty();
  }

  private String endSessions() {
    return "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
        + db.name()
        + "' AND usename = '"
        + db.role()
        + "'";
  }

  private static void asSuperuser(String... statements) {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      for (String text : statements) {
        statement.execute(text);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
