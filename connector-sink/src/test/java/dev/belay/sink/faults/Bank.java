package dev.belay.sink.faults;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TargetDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * The load: money moves between accounts, each transfer with two entries that sum to zero, and old
 * transfers go with their entries. Three topics, foreign keys between the tables, rows of a
 * transaction in any order, and now and then an old record again, as changefeeds send it. Column
 * {@code v} of each row is the time of its transaction. The same seed gives the same feed.
 *
 * <p>One thread at a time.
 */
final class Bank {
  static final int ACCOUNTS = 8;
  static final int EACH = 1_000;
  private static final int PARTITIONS = 2;
  private static final int KEPT = 20;
  private static final int REMEMBERED = 40;

  private final Feed feed;
  private final Random random;
  private final int[] balances = new int[ACCOUNTS + 1];
  private final Map<Integer, Transfer> live = new TreeMap<>();
  private final List<Runnable> unsent = new ArrayList<>();
  private final List<Runnable> sent = new ArrayList<>();
  private int lastTransfer;
  private long now;

  private record Transfer(int from, int to, int amount) {}

  Bank(Feed feed, long seed) {
    this.feed = feed;
    this.random = new Random(seed);
  }

  /** Names of its tables, parents first. */
  static List<String> tables() {
    return List.of("account", "transfer", "entry");
  }

  static void makeTables(TargetDatabase db) {
    db.sql(
        "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL, v bigint NOT NULL)",
        "CREATE TABLE transfer (id int PRIMARY KEY, v bigint NOT NULL)",
        "CREATE TABLE entry (id int PRIMARY KEY, transfer int NOT NULL, account int NOT NULL,"
            + " amount int NOT NULL, v bigint NOT NULL,"
            + " FOREIGN KEY (transfer) REFERENCES transfer (id),"
            + " FOREIGN KEY (account) REFERENCES account (id))");
  }

  /** Makes the topics. */
  void makeTopics() {
    tables().forEach(table -> feed.create(table, PARTITIONS));
  }

  /** The time of the last transaction. */
  long now() {
    return now;
  }

  /** The accounts as they begin. */
  void open() {
    now += 10;
    for (int id = 1; id <= ACCOUNTS; id++) {
      balances[id] = EACH;
      account(id);
    }
    flush();
    resolved();
  }

  /** Some transactions, with a resolved time after every fourth and at the end. */
  void transactions(int count) {
    for (int i = 1; i <= count; i++) {
      now += 10;
      transfer();
      flush();
      if (i % 4 == 0 || i == count) {
        resolved();
      }
    }
  }

  /** One transaction of many transfers, which is not resolved. */
  void largeTransaction(int transfers) {
    now += 10;
    for (int i = 0; i < transfers; i++) {
      int id = ++lastTransfer;
      live.put(id, new Transfer(1, 2, 0));
      send("transfer", id, "{\"id\": " + id + ", \"v\": " + now + "}");
      entries(id, 1, 2, 0);
    }
    flush();
  }

  /** All entries again, as the initial scan of a changefeed that was made anew. */
  void scanEntries() {
    now += 10;
    live.forEach((id, t) -> entries(id, t.from(), t.to(), t.amount()));
    flush();
    resolved();
  }

  /** Everything up to now is complete. */
  void resolved() {
    feed.pipelined(() -> tables().forEach(table -> feed.resolved(table, now)));
  }

  private void transfer() {
    int from = 1 + random.nextInt(ACCOUNTS);
    int to = 1 + (from + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
    int amount = random.nextInt(100);
    balances[from] -= amount;
    balances[to] += amount;
    account(from);
    account(to);
    int id = ++lastTransfer;
    live.put(id, new Transfer(from, to, amount));
    send("transfer", id, "{\"id\": " + id + ", \"v\": " + now + "}");
    entries(id, from, to, amount);
    if (live.size() > KEPT) {
      int old = live.keySet().iterator().next();
      live.remove(old);
      send("transfer", old, "null");
      send("entry", 2 * old, "null");
      send("entry", 2 * old + 1, "null");
    }
  }

  private void account(int id) {
    send(
        "account",
        id,
        "{\"id\": " + id + ", \"balance\": " + balances[id] + ", \"v\": " + now + "}");
  }

  private void entries(int transfer, int from, int to, int amount) {
    entry(2 * transfer, transfer, from, -amount);
    entry(2 * transfer + 1, transfer, to, amount);
  }

  private void entry(int id, int transfer, int account, int amount) {
    String row =
        "{\"id\": %d, \"transfer\": %d, \"account\": %d, \"amount\": %d, \"v\": %d}"
            .formatted(id, transfer, account, amount, now);
    send("entry", id, row);
  }

  private void send(String table, int id, String row) {
    long time = now;
    unsent.add(() -> feed.upsert(table, "[" + id + "]", row, time));
  }

  private void flush() {
    Collections.shuffle(unsent, random);
    sent.addAll(unsent);
    if (random.nextInt(4) == 0) {
      unsent.add(sent.get(random.nextInt(sent.size())));
    }
    while (sent.size() > REMEMBERED) {
      sent.remove(0);
    }
    feed.pipelined(() -> unsent.forEach(Runnable::run));
    unsent.clear();
  }
}
