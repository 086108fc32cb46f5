package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Invariant I4 Snapshot of a feed of Debezium's: after every commit the target is the source as of
 * the end of one transaction, however its events and its end are spread over partitions.
 */
class TransactionsIT extends TaskCase {
  private static final int PARTITIONS = 3;
  private static final int ACCOUNTS = 6;
  private static final int FRONTIERS = 100;
  private static final String TABLES =
      "SELECT 'account ' || id || ' ' || balance FROM account"
          + " UNION ALL SELECT 'entry ' || id || ' ' || account || ' ' || amount FROM entry";

  /** Where Debezium's topics are, before the names of tables. */
  private static final String PREFIX = "d.";

  private record Message(String topic, int partition, String key, String value) {
    String place() {
      return topic + "-" + partition;
    }
  }

  /** PostgreSQL and Debezium's connector, as far as this test goes. */
  private final class Source {
    private final Random random = new Random(53);
    private final int[] balances = new int[ACCOUNTS + 1];
    private final Map<Integer, String> entries = new TreeMap<>();
    private final TreeMap<Long, List<String>> history = new TreeMap<>();
    private final Map<String, Deque<Message>> unsent = new LinkedHashMap<>();
    private final List<Message> sent = new ArrayList<>();
    private long lsn = 1_000;
    private String lastCommit = "null";
    private int nextEntry;

    /** The events of one transaction. */
    private final class Transaction {
      private final Map<String, Integer> counts = new TreeMap<>();
      private final long id = lsn;
      private final String origin;
      private int total;

      Transaction(String origin) {
        this.origin = origin;
      }

      void change(String table, String op, int row, String after) {
        lsn += 10;
        total++;
        int order = counts.merge("public." + table, 1, Integer::sum);
        String transaction =
            "{\"id\": \"%d:%d\", \"total_order\": %d, \"data_collection_order\": %d}"
                .formatted(id, lsn, total, order);
        send(table, op, row, after, "false", origin, transaction);
      }

      void end() {
        lsn += 10;
        StringBuilder collections = new StringBuilder();
        counts.forEach(
            (name, count) ->
                collections
                    .append(collections.isEmpty() ? "" : ", ")
                    .append(
                        "{\"data_collection\": \"%s\", \"event_count\": %d}"
                            .formatted(name, count)));
        queue(
            new Message(
                "transaction",
                0,
                "null",
                "{\"status\": \"END\", \"id\": \"%d:%d\", \"event_count\": %d,"
                        .formatted(id, lsn, total)
                    + " \"data_collections\": ["
                    + collections
                    + "], \"ts_ms\": 1}"));
        lastCommit = "\"" + lsn + "\"";
        remember();
      }
    }

    /** Rows that are there before anything is streamed. */
    void snapshot() {
      for (int id = 1; id <= ACCOUNTS; id++) {
        balances[id] = 1_000;
        send("account", "r", id, account(id), "true", "", "null");
      }
    }

    /** Moves money between two accounts, with two entries; old entries go. */
    void transfer() {
      Transaction transaction = new Transaction("");
      int from = 1 + random.nextInt(ACCOUNTS);
      int to = 1 + (from + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
      int amount = random.nextInt(100);
      balances[from] -= amount;
      balances[to] += amount;
      transaction.change("account", "u", from, account(from));
      transaction.change("account", "u", to, account(to));
      for (int account : List.of(from, to)) {
        int id = ++nextEntry;
        entries.put(id, account + " " + amount);
        transaction.change("entry", "c", id, entry(id, account, amount));
      }
      if (random.nextInt(3) == 0) {
        // a table whose topic nobody reads
        transaction.change("audit", "c", nextEntry, "{\"id\": 1}");
      }
      for (int old : List.of(nextEntry - 8, nextEntry - 7)) {
        if (entries.remove(old) != null) {
          transaction.change("entry", "d", old, "null");
        }
      }
      transaction.end();
    }

    /** What came from the target, and is to be left out. */
    void echo() {
      Transaction transaction = new Transaction("belay_back");
      transaction.change("account", "u", 1, "{\"id\": 1, \"balance\": -1}");
      transaction.change("entry", "c", 1_000_000, entry(1_000_000, 1, -1));
      transaction.end();
    }

    private String account(int id) {
      return "{\"id\": " + id + ", \"balance\": " + balances[id] + "}";
    }

    private static String entry(int id, int account, int amount) {
      return "{\"id\": " + id + ", \"account\": " + account + ", \"amount\": " + amount + "}";
    }

    private void remember() {
      List<String> rows = new ArrayList<>();
      for (int id = 1; id <= ACCOUNTS; id++) {
        rows.add("account " + id + " " + balances[id]);
      }
      entries.forEach((id, rest) -> rows.add("entry " + id + " " + rest));
      Collections.sort(rows);
      history.put(lsn, rows);
    }

    private void send(
        String table,
        String op,
        int row,
        String after,
        String snapshot,
        String origin,
        String transaction) {
      if (table.equals("audit")) {
        return;
      }
      String source =
          "{\"connector\": \"postgresql\", \"db\": \"bank\", \"schema\": \"public\", \"table\": \"%s\","
                  .formatted(table)
              + " \"snapshot\": \"%s\", \"ts_ms\": 1, \"lsn\": %d,".formatted(snapshot, lsn)
              + " \"sequence\": \"[%s,\\\"%d\\\"]\", \"origin\": \"%s\"}"
                  .formatted(lastCommit.replace("\"", "\\\""), lsn, origin);
      queue(
          new Message(
              "public." + table,
              row % PARTITIONS,
              "{\"schema\": {\"type\": \"struct\", \"fields\": ["
                  + field("id")
                  + "]}, \"payload\": {\"id\": "
                  + row
                  + "}}",
              "{\"schema\": {\"type\": \"struct\", \"fields\": [{\"field\": \"after\", \"type\":"
                  + " \"struct\", \"optional\": true, \"fields\": ["
                  + field("id")
                  + ", "
                  + (table.equals("account")
                      ? field("balance")
                      : field("account") + ", " + field("amount"))
                  + "]}]}, \"payload\": {\"before\": null, \"after\": "
                  + after
                  + ", \"source\": "
                  + source
                  + ", \"op\": \""
                  + op
                  + "\", \"transaction\": "
                  + transaction
                  + "}}"));
    }

    private static String field(String name) {
      return "{\"type\": \"int32\", \"optional\": false, \"field\": \"" + name + "\"}";
    }

    private void queue(Message message) {
      unsent.computeIfAbsent(message.place(), p -> new ArrayDeque<>()).add(message);
      sent.add(message);
    }

    /** As after a crash of the connector, which does not know that it sent them. */
    void again() {
      int from = Math.max(ACCOUNTS, sent.size() - 1 - random.nextInt(30));
      for (Message message : List.copyOf(sent.subList(from, sent.size()))) {
        queue(message);
      }
    }

    /** Some partitions get all that is theirs, and some a part; each in its order. */
    void flush() {
      List<Deque<Message>> some = new ArrayList<>(unsent.values());
      Collections.shuffle(some, random);
      feed.pipelined(
          () -> {
            for (Deque<Message> queue : some) {
              int count = random.nextBoolean() ? queue.size() : random.nextInt(queue.size() + 1);
              write(queue, count);
            }
          });
    }

    void flushAll() {
      feed.pipelined(() -> unsent.values().forEach(queue -> write(queue, queue.size())));
    }

    void flush(String place) {
      feed.pipelined(() -> write(unsent.get(place), unsent.get(place).size()));
    }

    private void write(Deque<Message> queue, int count) {
      for (int i = 0; i < count; i++) {
        Message message = queue.removeFirst();
        feed.raw(PREFIX + message.topic(), message.partition(), message.key(), message.value());
      }
    }

    List<String> now() {
      return history.lastEntry().getValue();
    }
  }

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
    Source source = new Source();
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
    Source source = new Source();
    source.snapshot();
    String late = "public.account-1";
    source.unsent.keySet().stream().filter(p -> !p.equals(late)).toList().forEach(source::flush);
    TaskHarness first = bank().start();
    first.until("the others", () -> db.rows(TABLES).size() == ACCOUNTS - 2);
    first.crash();
    try (TaskHarness task = bank().start().untilClaimed()) {
      Source.Transaction one = source.new Transaction("");
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
    Source source = new Source();
    source.snapshot();
    for (int id = 1; id <= 3 * PARTITIONS; id++) {
      source.entries.put(id, "2 " + id);
      source.send("entry", "r", id, Source.entry(id, 2, id), "true", "", "null");
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
    Source source = new Source();
    source.snapshot();
    source.flushAll();
    Source.Transaction odd = source.new Transaction("");
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

  /** Nor from a mode that counted nothing. */
  @Test
  void changeFromImmediateStopsTheTask() {
    makeTables();
    Source source = new Source();
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
    Source source = new Source();
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
    Source source = new Source();
    source.snapshot();
    source.flushAll();
    Source.Transaction lossy = source.new Transaction("");
    lossy.change("account", "u", 1, "{\"id\": 1, \"balance\": 1}");
    lossy.change("entry", "c", 1, Source.entry(1, 1, 1));
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
