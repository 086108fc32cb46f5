package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Invariant I4 Snapshot of a feed of Debezium's: after every commit the target is the source as of
 * the end of one transaction, however its events and its end are spread over partitions.
 */
class TransactionsIT extends TaskCase {
  private static final int PARTITIONS = DebeziumBank.PARTITIONS;
  private static final int ACCOUNTS = DebeziumBank.ACCOUNTS;
  private static final int FRONTIERS = 100;
  private static final String TABLES =
      "SELECT 'account ' || id || ' ' || balance FROM account"
          + " UNION ALL SELECT 'entry ' || id || ' ' || account || ' ' || amount FROM entry";

  private static final String PREFIX = DebeziumBank.PREFIX;

  private TaskHarness.Builder bank() {
    return TaskHarness.of(
            PARTS,
            feed,
            db,
            PREFIX + "public.account",
            PREFIX + "public.entry",
            PREFIX + "transaction")
        .set("feed.topic.prefix", "")
        .set("feed.envelope", "debezium")
        .set("feed.transaction.topic", feed.topic(PREFIX + "transaction"))
        .set("origin.filter", "belay_");
  }

  private void makeTables() {
    db.sql(
        "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)",
        "CREATE TABLE entry (id int PRIMARY KEY, amount int NOT NULL,"
            + " account int NOT NULL REFERENCES account (id))");
    feed.create(PREFIX + "public.account", PARTITIONS);
    feed.create(PREFIX + "public.entry", PARTITIONS);
    feed.create(PREFIX + "transaction", 1);
  }

  private List<String> bankRows() {
    return db.rows(TABLES).stream().sorted().toList();
  }

  @Test
  void everySnapshotOfTheTargetIsTheSourceAsOfTheEndOfOneTransaction() {
    makeTables();
    DebeziumBank source = new DebeziumBank(feed);
    source.snapshot();
    source.flushAll();
    source.echo();
    TaskHarness task = bank().start().untilClaimed();
    task.until("the first rows", () -> db.rows(TABLES).size() == ACCOUNTS);
    try (SnapshotObserver observer = new SnapshotObserver(db, TABLES)) {
      for (int frontier = 0; frontier < FRONTIERS; frontier++) {
        source.transfer();
        source.transfer();
        if (frontier % 5 == 0) {
          source.echo();
        }
        if (frontier % 7 == 0) {
          source.again();
        }
        source.flush();
        task.steps(3);
        observer.seesAnother();
        if (frontier % 30 == 29) {
          task.crash();
          task = bank().start().untilClaimed();
        }
      }
      source.flushAll();
      List<String> last = source.now();
      task.until("all has come", () -> bankRows().equals(last));
      observer.end();
      assertThat(observer.faults()).isEmpty();
      assertThat(observer.seen()).hasSizeGreaterThan(FRONTIERS / 4);
      observer
          .seen()
          .forEach(
              (frontier, rows) ->
                  assertThat(rows)
                      .as("as of %s", frontier)
                      .isEqualTo(
                          source.history.get(
                              Long.parseLong(frontier.substring(0, frontier.indexOf('.'))))));
    }
    assertThat(task.meter("snapshot")).isEqualTo(true);
    assertThat(task.count("echoes-total")).isPositive();
    task.close();
  }

  /** A partition whose rows of the snapshot were not read yet when transactions are complete. */
  @Test
  void rowsOfTheSnapshotThatAreReadLateAreNotTakenForReplays() {
    makeTables();
    DebeziumBank source = new DebeziumBank(feed);
    source.snapshot();
    String late = "public.account-1";
    source.unsent.keySet().stream().filter(p -> !p.equals(late)).toList().forEach(source::flush);
    TaskHarness first = bank().start();
    first.until("the others", () -> db.rows(TABLES).size() == ACCOUNTS - 2);
    first.crash();
    try (TaskHarness task = bank().start().untilClaimed()) {
      DebeziumBank.Transaction one = source.new Transaction("");
      source.balances[2] = 7;
      one.change("account", "u", 2, source.account(2));
      one.end();
      source.flush("public.account-2");
      source.flush("transaction-0");
      task.until("the transaction", () -> bankRows().contains("account 2 7"));
      assertThat(db.rows(TABLES)).hasSize(ACCOUNTS - 2);
      source.flushAll();
      task.until("all rows", () -> bankRows().equals(source.now()));
      assertThat(task.count("suspects-total")).isZero();
    }
  }

  /** Rows of a snapshot whose parents are in partitions that are read later. */
  @Test
  void rowsOfTheSnapshotWaitForTheirParents() {
    makeTables();
    DebeziumBank source = new DebeziumBank(feed);
    source.snapshot();
    for (int id = 1; id <= 3 * PARTITIONS; id++) {
      source.entries.put(id, "2 " + id);
      source.send("entry", "r", id, DebeziumBank.entry(id, 2, id), "true", "", "null");
    }
    List<String> parents =
        source.unsent.keySet().stream().filter(p -> p.startsWith("public.account")).toList();
    source.unsent.keySet().stream().filter(p -> !parents.contains(p)).forEach(source::flush);
    try (TaskHarness task = bank().start()) {
      task.until("they wait", () -> task.count("blocked-records") == 3 * PARTITIONS);
      source.transfer();
      source.flush("transaction-0");
      task.untilRead();
      task.steps(5);
      assertThat(db.rows(TABLES)).isEmpty();
      source.flushAll();
      task.until("all rows", () -> bankRows().equals(source.now()));
      assertThat(task.count("rejected-total")).isZero();
    }
  }

  /** A row that cannot be read is reported, and its transaction is complete all the same. */
  @Test
  void rejectedEventIsCounted() {
    makeTables();
    DebeziumBank source = new DebeziumBank(feed);
    source.snapshot();
    source.flushAll();
    DebeziumBank.Transaction odd = source.new Transaction("");
    odd.change("account", "u", 1, "{\"id\": 1, \"balance\": {\"odd\": true}}");
    odd.change("account", "u", 2, "{\"id\": 2, \"balance\": 5}");
    odd.end();
    source.flushAll();
    try (TaskHarness task =
        bank().reporter((record, error) -> CompletableFuture.completedFuture(null)).start()) {
      task.until("the other row", () -> bankRows().contains("account 2 5"));
      assertThat(task.count("rejected-total")).isEqualTo(1);
    }
  }

  /** Ends that are in several partitions have no order. */
  @Test
  void endsInSeveralPartitionsStopTheTaskBeforeAnythingIsRead() {
    makeTables();
    feed.grow(PREFIX + "transaction", 2);
    try (TaskHarness task = bank().start()) {
      assertThat(task.untilStopped())
          .contains("has 2 partitions")
          .contains("topic.creation.*.partitions=1");
    }
  }

  /** Nor from a mode that counted nothing. */
  @Test
  void changeFromImmediateStopsTheTask() {
    makeTables();
    DebeziumBank source = new DebeziumBank(feed);
    source.snapshot();
    source.transfer();
    source.flushAll();
    String topics = bank().settings().get("topics");
    try (TaskHarness task =
        bank()
            .immediate()
            .set("feed.transaction.topic", "")
            .set("topics", topics.replace("," + feed.topic(PREFIX + "transaction"), ""))
            .start()) {
      task.until("all rows", () -> bankRows().equals(source.now()));
    }
    for (int start = 0; start < 2; start++) {
      try (TaskHarness task = bank().start()) {
        assertThat(task.untilStopped())
            .contains("Partitions joined this connector")
            .contains("transaction-0");
      }
    }
  }

  /** A topic that joins may have more than is known of it: it is not taken to be as far. */
  @Test
  void topicThatJoinsStopsTheTask() {
    makeTables();
    DebeziumBank source = new DebeziumBank(feed);
    source.snapshot();
    source.flushAll();
    source.transfer();
    source.flushAll();
    try (TaskHarness task = bank().start()) {
      task.until("all rows", () -> bankRows().equals(source.now()));
    }
    feed.create(PREFIX + "public.more", 1);
    try (TaskHarness task =
        bank()
            .set(
                "topics",
                bank().settings().get("topics") + "," + feed.topic(PREFIX + "public.more"))
            .start()) {
      assertThat(task.untilStopped())
          .contains("Partitions joined this connector")
          .contains("public.more-0");
    }
    try (TaskHarness task = bank().immediate().set("feed.transaction.topic", "").start()) {
      assertThat(task.untilStopped()).contains("applied whole transactions before");
    }
  }

  @Test
  void whatIsMissingIsNamed() {
    makeTables();
    DebeziumBank source = new DebeziumBank(feed);
    source.snapshot();
    source.flushAll();
    DebeziumBank.Transaction lossy = source.new Transaction("");
    lossy.change("account", "u", 1, "{\"id\": 1, \"balance\": 1}");
    lossy.change("entry", "c", 1, DebeziumBank.entry(1, 1, 1));
    lossy.end();
    source.unsent.get("public.entry-1").clear();
    source.flushAll();
    long[] ahead = {0};
    try (TaskHarness task =
        bank()
            .set("frontier.stall.ms", "60000")
            .nanoTime(() -> System.nanoTime() + ahead[0])
            .start()) {
      task.until("the rows", () -> db.rows(TABLES).size() == ACCOUNTS);
      task.untilRead();
      task.steps(5);
      ahead[0] = 61_000_000_000L;
      task.until("it is told", () -> !task.meter("stall").equals(""));
      assertThat(task.meter("stall").toString())
          .contains("1 events of topic " + feed.topic(PREFIX + "public.entry"))
          .doesNotContain("public.account");
      assertThat(bankRows()).contains("account 1 1000");
    }
  }
}
