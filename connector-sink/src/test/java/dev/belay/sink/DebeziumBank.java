package dev.belay.sink;

import dev.belay.sink.harness.Feed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A bank in PostgreSQL, and the records that Debezium's connector sends of it: transfers between
 * accounts, each a transaction over two tables and several partitions.
 */
final class DebeziumBank {
  static final int PARTITIONS = 3;
  static final int ACCOUNTS = 6;

  /** Where its topics are, before the names of tables. */
  static final String PREFIX = "d.";

  private final Feed feed;
  private final Random random = new Random(53);
  final int[] balances = new int[ACCOUNTS + 1];
  final Map<Integer, String> entries = new TreeMap<>();
  final TreeMap<Long, List<String>> history = new TreeMap<>();
  final Map<String, Deque<Message>> unsent = new LinkedHashMap<>();
  private final List<Message> sent = new ArrayList<>();
  private long lsn = 1_000;
  private String lastCommit = "null";
  private int nextEntry;

  private record Message(String topic, int partition, String key, String value) {
    String place() {
      return topic + "-" + partition;
    }
  }

  DebeziumBank(Feed feed) {
    this.feed = feed;
  }

  /** The events of one transaction. */
  final class Transaction {
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
                      "{\"data_collection\": \"%s\", \"event_count\": %d}".formatted(name, count)));
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

  String account(int id) {
    return "{\"id\": " + id + ", \"balance\": " + balances[id] + "}";
  }

  static String entry(int id, int account, int amount) {
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

  void send(
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
