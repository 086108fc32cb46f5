package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Invariant I4 Snapshot: after every commit the target is CockroachDB as of one time. */
@Tag("any-target")
class SnapshotIT extends TaskCase {
  private static final int PARTITIONS = 4;
  private static final int ACCOUNTS = 8;
  private static final int FRONTIERS = 500;
  private static final String TABLES =
      "SELECT 'account ' || id || ' ' || balance FROM account"
          + " UNION ALL SELECT 'transfer ' || id || ' ' || account FROM transfer"
          + " UNION ALL SELECT 'part ' || id || ' ' || transfer || ' ' || amount FROM part"
          + " ORDER BY 1";

  /** A version of a row; null in JSON for one that is gone. */
  private record Row(String table, int id, String row, long time) {
    int partition() {
      return id % PARTITIONS;
    }
  }

  /** CockroachDB, as far as this test goes: rows, and what they were at each time. */
  private final class Source {
    private final Random random = new Random(41);
    private final int[] balances = new int[ACCOUNTS + 1];
    private final Map<Integer, Integer> transfers = new TreeMap<>();
    private final Map<Integer, String> parts = new TreeMap<>();
    private final TreeMap<Long, List<String>> history = new TreeMap<>();
    private final List<Row> unsent = new ArrayList<>();
    private int nextTransfer;

    void open(long time) {
      for (int id = 1; id <= ACCOUNTS; id++) {
        balances[id] = 1_000;
        account(id, time);
      }
      remember(time);
    }

    /** Moves money between two accounts, with a transfer of two parts; old transfers go. */
    void transaction(long time) {
      int from = 1 + random.nextInt(ACCOUNTS);
      int to = 1 + (from + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
      int amount = random.nextInt(100);
      balances[from] -= amount;
      balances[to] += amount;
      account(from, time);
      account(to, time);
      int id = ++nextTransfer;
      transfers.put(id, to);
      send("transfer", id, "{\"id\": " + id + ", \"account\": " + to + "}", time);
      for (int part : List.of(2 * id, 2 * id + 1)) {
        parts.put(part, id + " " + amount);
        send(
            "part",
            part,
            "{\"id\": " + part + ", \"transfer\": " + id + ", \"amount\": " + amount + "}",
            time);
      }
      int old = id - 3;
      if (transfers.remove(old) != null) {
        send("transfer", old, "null", time);
        for (int part : List.of(2 * old, 2 * old + 1)) {
          parts.remove(part);
          send("part", part, "null", time);
        }
      }
      remember(time);
    }

    private void account(int id, long time) {
      send("account", id, "{\"id\": " + id + ", \"balance\": " + balances[id] + "}", time);
    }

    private void send(String table, int id, String row, long time) {
      unsent.add(new Row(table, id, row, time));
    }

    private void remember(long time) {
      List<String> rows = new ArrayList<>();
      for (int id = 1; id <= ACCOUNTS; id++) {
        rows.add("account " + id + " " + balances[id]);
      }
      transfers.forEach((id, account) -> rows.add("transfer " + id + " " + account));
      parts.forEach((id, rest) -> rows.add("part " + id + " " + rest));
      Collections.sort(rows);
      history.put(time, rows);
    }

    /**
     * Sends rows in any order, since no two are of one key; but not those of a partition that lags,
     * if they are younger than a time.
     */
    void flush(int lagging, long time) {
      List<Row> now = new ArrayList<>(unsent);
      now.removeIf(row -> row.partition() == lagging && row.time() > time);
      unsent.removeAll(now);
      Collections.shuffle(now, random);
      feed.pipelined(
          () ->
              now.forEach(
                  r ->
                      feed.upsert(
                          r.table(), r.partition(), "[" + r.id() + "]", r.row(), r.time())));
    }

    /** The others may be ahead of the one that lags, by so much that they promise the next rows. */
    void resolved(int lagging, long time) {
      feed.pipelined(
          () -> {
            for (String table : List.of("part", "account", "transfer")) {
              for (int p = 0; p < PARTITIONS; p++) {
                feed.resolved(table, p, p == lagging ? time : time + random.nextInt(6));
              }
            }
          });
    }
  }

  private void makeTables() {
    db.sql(
        "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)",
        "CREATE TABLE transfer (id int PRIMARY KEY, account int NOT NULL REFERENCES account (id))",
        "CREATE TABLE part (id int PRIMARY KEY, amount int NOT NULL,"
            + " transfer int NOT NULL REFERENCES transfer (id))");
    for (String table : List.of("account", "transfer", "part")) {
      feed.create(table, PARTITIONS);
    }
  }

  private TaskHarness.Builder bank() {
    return TaskHarness.of(PARTS, feed, db, "account", "transfer", "part");
  }

  @Test
  void everySnapshotOfTheTargetIsTheSourceAsOfItsFrontier() {
    makeTables();
    Source source = new Source();
    try (TaskHarness task = bank().start().untilClaimed()) {
      source.open(10);
      try (SnapshotObserver observer = new SnapshotObserver(db, TABLES)) {
        long time = 20;
        for (int frontier = 0; frontier < FRONTIERS; frontier++) {
          source.transaction(time);
          source.transaction(time + 3);
          // rows of the next transaction come before the resolved times, but for one partition
          int lagging = frontier % PARTITIONS;
          source.flush(lagging, time);
          source.resolved(lagging, time);
          task.until("another frontier is seen", observer::seesAnother);
          time += 10;
        }
        observer.end();
        assertThat(observer.faults()).isEmpty();
        assertThat(observer.seen()).hasSizeGreaterThanOrEqualTo(FRONTIERS);
        observer
            .seen()
            .forEach(
                (frontier, rows) ->
                    assertThat(rows)
                        .as("as of %s", frontier)
                        .isEqualTo(source.history.floorEntry(time(frontier)).getValue()));
      }
      assertThat(task.meter("snapshot")).isEqualTo(true);
    }
  }

  private static long time(String frontier) {
    long epoch = Long.parseLong(Feed.hlc(0).substring(0, 19));
    return Long.parseLong(frontier.substring(0, 19)) - epoch;
  }

  @Test
  void partitionThatDoesNotResolveHoldsTheFrontierBackAndIsNamed() {
    feed.create("orders", 3);
    long minute = 60_000_000_000L;
    AtomicLong ahead = new AtomicLong();
    try (TaskHarness task = task().nanoTime(() -> System.nanoTime() + ahead.get()).start()) {
      put(0, 1, 5);
      resolved(6);
      untilFrontier(task, 6);
      put(0, 2, 10);
      feed.resolved("orders", 0, minute + 10);
      feed.resolved("orders", 2, minute + 10);
      task.untilRead();
      task.steps(5);
      assertThat(task.meter("stall")).isEqualTo("");
      ahead.addAndGet(Laggards.LASTING.toNanos());
      task.until("the stall is told", () -> task.meter("stall").toString().contains("-1 are"));
      assertThat(rows()).containsExactly("1@5");
      feed.resolved("orders", 1, minute + 10);
      untilFrontier(task, minute + 10);
      assertThat(task.meter("stall")).isEqualTo("");
    }
  }

  @Test
  void partitionsOfABacklogThatAreReadOneAfterAnotherAreNoStall() {
    feed.create("orders", 8);
    long minute = 60_000_000_000L;
    resolved(6);
    try (TaskHarness task = task().start()) {
      untilFrontier(task, 6);
    }
    put(0, 1, 10);
    feed.pipelined(
        () -> {
          for (int m = 1; m <= 20; m++) {
            resolved(m * minute);
          }
        });
    Set<Object> told = new HashSet<>();
    try (TaskHarness task = task().consumer("max.poll.records", 1).start()) {
      task.until(
          "the backlog is read",
          () -> {
            told.add(task.meter("stall"));
            return rows().equals(List.of("1@10"));
          });
    }
    assertThat(told).containsExactly("");
  }

  @Test
  void partitionThatNeverResolvesIsNamedOnceTheOthersHaveForLong() {
    feed.create("orders", 2);
    AtomicLong ahead = new AtomicLong();
    try (TaskHarness task = task().nanoTime(() -> System.nanoTime() + ahead.get()).start()) {
      put(0, 1, 5);
      feed.resolved("orders", 0, 6);
      task.untilRead();
      task.steps(5);
      assertThat(task.meter("stall")).isEqualTo("");
      ahead.addAndGet(Duration.ofMinutes(1).toNanos());
      task.until(
          "the stall is told",
          () -> task.meter("stall").toString().contains("-1 have not resolved yet"));
      assertThat(rows()).isEmpty();
      feed.resolved("orders", 1, 7);
      untilRows(task, "1@5");
      task.until("the stall is over", () -> task.meter("stall").equals(""));
    }
  }

  @Test
  void transactionIsNotSplitByAResolvedTimeOfSomePartitions() {
    feed.create("orders", 2);
    try (TaskHarness task = task().start()) {
      put(0, 1, 5);
      feed.resolved("orders", 0, 9);
      task.untilRead();
      task.steps(5);
      assertThat(rows()).isEmpty();
      put(1, 2, 5);
      feed.resolved("orders", 1, 9);
      untilRows(task, "1@5", "2@5");
    }
  }

  @Test
  void frontierSaysNothingOfASnapshotAfterRowsWereWrittenAheadOfIt() {
    feed.create("orders", 2);
    try (TaskHarness task = task().immediate().start()) {
      put(0, 1, 5);
      resolved(6);
      untilFrontier(task, 6);
      put(0, 1, 20);
      untilRows(task, "1@20");
      task.until("told", () -> task.meter("snapshot").equals(false));
      resolved(15);
      untilFrontier(task, 15);
      task.step();
      assertThat(task.meter("snapshot")).isEqualTo(false);
      resolved(20);
      untilFrontier(task, 20);
      task.until("told", () -> task.meter("snapshot").equals(true));
    }
  }

  @Test
  void taskThatReturnsToConsistentIsUnverifiedUntilTheFrontierHasPassedWhatWasAhead() {
    feed.create("orders", 2);
    try (TaskHarness ahead = task().immediate().start()) {
      put(0, 1, 20);
      put(1, 2, 10);
      untilRows(ahead, "1@20", "2@10");
    }
    try (TaskHarness task = task().start()) {
      resolved(15);
      untilFrontier(task, 15);
      task.step();
      assertThat(task.meter("snapshot")).isEqualTo(false);
      resolved(25);
      untilFrontier(task, 25);
      task.until("told", () -> task.meter("snapshot").equals(true));
    }
    assertThat(db.stepsBack()).isEmpty();
  }
}
