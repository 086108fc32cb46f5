package dev.belay.testkit.standin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.TopicReader.Message;
import dev.belay.testkit.standin.encode.Fnv1a;
import dev.belay.testkit.standin.row.Hlc;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bank that moves money between accounts while a changefeed is made over it. */
class ChangefeedToKafkaIT {

  private static final int ACCOUNTS = 20;
  private static final int CLERKS = 4;
  private static final int TRANSFERS_EACH = 100;
  private static final int PARTITIONS = 3;

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    standIn = StandIn.start();
  }

  @AfterAll
  static void stop() {
    standIn.close();
    kafka.close();
  }

  @Test
  void everyCommittedVersionArrivesOnceInOrderAndNoneAfterItsResolvedTime() throws Exception {
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      topics.create("accounts", PARTITIONS);
      topics.create("transfers", PARTITIONS);
      topics.create("audit", PARTITIONS);
    }
    standIn.execute("CREATE TABLE accounts (id INT8 PRIMARY KEY, balance INT8, version INT8)");
    standIn.execute("CREATE TABLE transfers (id TEXT PRIMARY KEY, source INT8, target INT8)");
    standIn.execute("CREATE TABLE audit (id TEXT PRIMARY KEY, amount DECIMAL(10,2))");
    standIn.execute(
        "INSERT INTO accounts SELECT g, 1000, 0 FROM generate_series(1, " + ACCOUNTS + ") g");

    ExecutorService clerks = Executors.newFixedThreadPool(CLERKS);
    List<Future<Integer>> work = new ArrayList<>();
    for (int clerk = 0; clerk < CLERKS; clerk++) {
      work.add(clerks.submit(clerk(clerk)));
    }
    standIn.createChangefeed(
        "CREATE CHANGEFEED FOR accounts, TABLE transfers, audit INTO 'kafka://"
            + kafka.bootstrapServers()
            + "' WITH updated, diff, resolved = '100ms'");
    int committed = 0;
    for (Future<Integer> clerk : work) {
      committed += clerk.get();
    }
    clerks.shutdown();

    Hlc end = standIn.now();
    List<Message> messages;
    try (TopicReader reader =
        new TopicReader(kafka.bootstrapServers(), "accounts", "transfers", "audit")) {
      messages = reader.untilResolved(end);
    }
    assertThat(committed).isEqualTo(CLERKS * TRANSFERS_EACH);
    everyVersionIsThere(messages, committed);
    keysKeepTheirOrder(messages);
    rowsOfOneTransactionShareTheirTime(messages);
    resolvedPromiseHolds(messages);
    partitionsFollowTheKey(messages);
  }

  private static Callable<Integer> clerk(int clerk) {
    return () -> {
      Random random = new Random(clerk);
      int committed = 0;
      try (Connection connection = standIn.connect();
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        for (int i = 0; i < TRANSFERS_EACH; i++) {
          int source = 1 + random.nextInt(ACCOUNTS);
          int target = 1 + random.nextInt(ACCOUNTS);
          transfer(statement, clerk + "-" + i, source, target);
          connection.commit();
          committed++;
        }
      }
      return committed;
    };
  }

  private static void transfer(Statement statement, String id, int source, int target)
      throws SQLException {
    // In the order of their ids, so that clerks do not deadlock.
    for (int account : new int[] {Math.min(source, target), Math.max(source, target)}) {
      int amount = account == source ? -7 : 7;
      statement.addBatch(
          "UPDATE accounts SET balance = balance + "
              + amount
              + ", version = version + 1 WHERE id = "
              + account);
    }
    statement.addBatch(
        "INSERT INTO transfers VALUES ('" + id + "', " + source + ", " + target + ")");
    statement.addBatch("INSERT INTO audit VALUES ('" + id + "', 7)");
    statement.executeBatch();
  }

  private static void everyVersionIsThere(List<Message> messages, int committed)
      throws SQLException {
    Map<Long, List<Long>> versions = new HashMap<>();
    Set<String> transfers = new HashSet<>();
    Set<String> audits = new HashSet<>();
    for (Message message : TopicReader.rows(messages)) {
      JsonNode after = message.json().get("after");
      switch (message.topic()) {
        case "accounts" ->
            versions
                .computeIfAbsent(after.get("id").asLong(), id -> new ArrayList<>())
                .add(after.get("version").asLong());
        case "transfers" -> assertThat(transfers.add(after.get("id").asText())).isTrue();
        default -> {
          assertThat(audits.add(after.get("id").asText())).isTrue();
          assertThat(message.value().orElseThrow()).contains("\"amount\": 7.00");
        }
      }
    }
    assertThat(transfers).hasSize(committed).isEqualTo(audits);
    assertThat(versions).hasSize(ACCOUNTS);
    Map<Long, Long> last = lastVersions();
    versions.forEach(
        (id, seen) -> {
          assertThat(seen.get(seen.size() - 1)).isEqualTo(last.get(id));
          // From the version of the initial scan on, one after another but for transfers to
          // oneself.
          for (int i = 1; i < seen.size(); i++) {
            assertThat(seen.get(i) - seen.get(i - 1)).as("account %d", id).isBetween(1L, 2L);
          }
        });
  }

  private static Map<Long, Long> lastVersions() throws SQLException {
    Map<Long, Long> last = new HashMap<>();
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT id, version FROM accounts")) {
      while (rows.next()) {
        last.put(rows.getLong(1), rows.getLong(2));
      }
    }
    return last;
  }

  private static void keysKeepTheirOrder(List<Message> messages) {
    Map<String, Message> latest = new HashMap<>();
    for (Message message : TopicReader.rows(messages)) {
      Message before = latest.put(message.topic() + message.key(), message);
      if (before != null) {
        assertThat(message.time()).isGreaterThan(before.time());
        assertThat(message.json().get("before")).isEqualTo(before.json().get("after"));
      }
    }
  }

  private static void rowsOfOneTransactionShareTheirTime(List<Message> messages) {
    Map<String, Hlc> transfers = new HashMap<>();
    Map<String, Hlc> audits = new HashMap<>();
    for (Message message : TopicReader.rows(messages)) {
      String id = message.json().get("after").get("id").asText();
      (message.topic().equals("transfers") ? transfers : audits).put(id, message.time());
    }
    transfers.forEach((id, time) -> assertThat(audits.get(id)).isEqualTo(time));
  }

  private static void resolvedPromiseHolds(List<Message> messages) {
    Map<String, Hlc> resolved = new HashMap<>();
    for (Message message : messages) {
      Hlc promised = resolved.getOrDefault(message.place(), new Hlc(0, 0));
      assertThat(message.time()).isGreaterThan(promised);
      if (message.isResolved()) {
        resolved.put(message.place(), message.time());
      }
    }
    assertThat(resolved).hasSize(3 * PARTITIONS);
  }

  private static void partitionsFollowTheKey(List<Message> messages) {
    for (Message message : TopicReader.rows(messages)) {
      byte[] key = message.key().orElseThrow().getBytes(UTF_8);
      assertThat(message.partition()).isEqualTo(Fnv1a.partition(key, PARTITIONS));
    }
  }
}
