package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.ConflictScript;
import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.RealParts;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.harness.TaskHarness;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.capture.Entry;
import dev.belay.testkit.standin.proxy.ConnectionFaults.Moment;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Invariant I1 ExactlyOnce where CockroachDB asks for a transaction to be restarted, or cannot tell
 * whether it was committed. On the stand-in, which can be made to say so.
 */
class CockroachRestartsIT {
  @RegisterExtension static final RealParts PARTS = new RealParts();

  private static final String RESTART =
      "restart transaction: TransactionRetryWithProtoRefreshError: ReadWithinUncertaintyIntervalError";
  private static final String AMBIGUOUS =
      "result is ambiguous: error=rpc error: code = Unavailable [exhausted]";

  private static StandIn standIn;

  private Feed feed;
  private TargetDatabase db;

  @BeforeAll
  static void start() throws Exception {
    standIn = StandIn.start();
  }

  @AfterAll
  static void stop() {
    standIn.close();
  }

  @BeforeEach
  void open() throws Exception {
    feed = new Feed(PARTS);
    db = TargetDatabase.on(standIn);
    db.sql("CREATE TABLE orders (id INT8 PRIMARY KEY, v INT8 NOT NULL)");
    db.audit("orders", "id", "v");
    feed.create("orders", 1);
  }

  @AfterEach
  void close() {
    standIn.connections().clear();
    feed.close();
  }

  private void put(int id, long time) {
    feed.upsert("orders", "[" + id + "]", "{\"id\": " + id + ", \"v\": " + time + "}", time);
  }

  private void untilFrontier(TaskHarness task, long time) {
    task.until("the frontier is " + time, () -> db.hasFrontier(task.connector(), Feed.hlc(time)));
  }

  @ParameterizedTest
  @CsvSource({
    "INSERT INTO, 40001, BEFORE",
    "belay_checkpoint AS c, 40001, BEFORE",
    "COMMIT, 40001, BEFORE",
    "COMMIT, 40003, BEFORE",
    "COMMIT, 40003, AFTER"
  })
  void everyVersionIsWrittenOnce(String statement, String code, Moment moment) {
    try (TaskHarness task = TaskHarness.of(PARTS, feed, db, "orders").start()) {
      put(1, 11);
      feed.resolved("orders", 15);
      untilFrontier(task, 15);
      standIn
          .connections()
          .failNext(statement, code, code.equals("40001") ? RESTART : AMBIGUOUS, 2, moment);

      put(1, 21);
      put(2, 22);
      feed.resolved("orders", 25);
      untilFrontier(task, 25);

      assertThat(db.history("orders", "1")).containsExactly("11", "21");
      assertThat(db.history("orders", "2")).containsExactly("22");
      assertThat(db.rows("SELECT id, v FROM orders ORDER BY id")).containsExactly("1|21", "2|22");
      assertThat(db.stepsBack()).isEqualTo(List.of());
    }
  }

  /** With a COMMIT that happened, and with one that did not, while its answer was lost. */
  @ParameterizedTest
  @EnumSource(Moment.class)
  void conflictOfATransactionInDoubtIsWrittenDownOnce(Moment moment) {
    // makes schema belay
    TaskHarness.of(PARTS, feed, db, "orders").start().untilClaimed().close();
    ConflictScript.run(db, "orders", TargetDatabase.SOMEBODY);
    db.sql("INSERT INTO orders VALUES (1, 5)");
    try (TaskHarness task =
        TaskHarness.of(PARTS, feed, db, "orders")
            .set("conflict.policy", "target-wins")
            .set("conflict.history", "on")
            .start()
            .untilClaimed()) {
      standIn.connections().failNext("COMMIT", "40003", AMBIGUOUS, 2, moment);
      feed.raw(
          "orders",
          0,
          "[1]",
          "{\"after\": {\"id\": 1, \"v\": 11}, \"before\": {\"id\": 1, \"v\": 1},"
              + " \"updated\": \"%s\", \"mvcc_timestamp\": \"%s\"}"
                  .formatted(Feed.hlc(11), Feed.hlc(11)));
      feed.resolved("orders", 15);
      untilFrontier(task, 15);
    }
    assertThat(db.rows("SELECT record_offset, decision FROM belay.belay_conflict"))
        .containsExactly("0|target");
  }

  @Test
  void whatIsMarkedAtItsOriginStaysOutOfChangefeeds() throws Exception {
    try (TaskHarness task =
        TaskHarness.of(PARTS, feed, db, "orders").set("origin.mark", "on").start()) {
      put(1, 11);
      feed.resolved("orders", 15);
      untilFrontier(task, 15);

      assertThat(db.history("orders", "1")).containsExactly("11");
      assertThat(standIn.commits(db.name()))
          .filteredOn(entry -> !entry.changes().isEmpty())
          .isNotEmpty()
          .allMatch(Entry::hidden);
    }
  }
}
