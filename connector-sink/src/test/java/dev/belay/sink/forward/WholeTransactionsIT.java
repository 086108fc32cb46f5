package dev.belay.sink.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.docs.ConnectorFile;
import dev.belay.testkit.docs.Repository;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant I4 Snapshot with real Debezium: the sink of {@code sink-postgres-consistent.json} in a
 * real worker, killed in the middle. At every look the books of the target balance, which are
 * spread over two tables and many partitions.
 */
@EnabledIfSystemProperty(
    named = "belay.forward",
    matches = "true",
    disabledReason =
        "takes a minute, and Debezium: mvn -pl connector-sink -am verify -Dit.test=WholeTransactionsIT"
            + " -Dbelay.forward=true")
class WholeTransactionsIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String SOURCE = "forward-source";
  private static final String SINK = "forward-sink";
  private static final int ACCOUNTS = 20;
  private static final int BALANCE = 1_000;
  private static final List<String> TABLES = List.of("account", "entry");

  /** What each account has, beside what its entries say that it has. */
  private static final String BOOKS =
      "SELECT a.id, a.balance, "
          + BALANCE
          + " + coalesce((SELECT sum(e.amount) FROM entry e WHERE e.account = a.id), 0)"
          + " FROM account a ORDER BY a.id";

  @TempDir Path dir;

  @Test
  void booksOfTheTargetBalanceAtEveryLook() throws Exception {
    try (OldDatabase old = OldPostgres.start();
        StandIn target = StandIn.start();
        KafkaProcess kafka = KafkaProcess.start(dir.resolve("kafka"));
        ConnectWorker worker =
            ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
                .plugin(List.of(Path.of(System.getProperty("belay.sink.zip"))))
                .plugin(List.of(old.plugin()))
                .properties(Map.of("exactly.once.source.support", "enabled"))
                .start();
        Connection one = old.connect();
        Connection other = old.connect()) {
      makeTables(one, "int");
      try (Connection to = target.connect()) {
        makeTables(to, "INT8");
      }
      open(one);
      old.admitDebezium(TABLES.stream().map(table -> "public." + table).toList());
      worker.rest().create(SOURCE, source(old, kafka));
      worker.rest().awaitRunning(SOURCE, LIMIT);
      Bank bank = new Bank(one, other);
      // the topic of transactions is made by the first of them
      bank.trade(1);
      awaitTopics(kafka);
      Map<String, String> sink = sink(target, kafka);
      assertThat(worker.rest().validate(sink.get("connector.class"), named(sink)).isValid())
          .as("%s", worker.rest().validate(sink.get("connector.class"), named(sink)))
          .isTrue();
      worker.rest().create(SINK, sink);
      worker.rest().awaitRunning(SINK, LIMIT);
      awaitEqual(one, target);

      try (Observer observer = new Observer(target)) {
        bank.trade(150);
        worker.kill9();
        bank.trade(50);
        worker.restart();
        bank.trade(150);
        awaitEqual(one, target);
        observer.end();
        assertThat(observer.faults).isEmpty();
        assertThat(observer.states).as("different states seen").hasSizeGreaterThan(5);
      }
      assertThat(worker.rest().status(SINK).orElseThrow().failure()).isEmpty();
    }
  }

  private static Map<String, String> named(Map<String, String> config) {
    Map<String, String> named = new HashMap<>(config);
    named.put("name", SINK);
    return named;
  }

  private static void makeTables(Connection db, String integer) throws SQLException {
    OldDatabase.execute(
        db,
        "CREATE TABLE account (id %s PRIMARY KEY, balance %s NOT NULL)".formatted(integer, integer),
        "CREATE TABLE entry (id %s PRIMARY KEY, account %s NOT NULL REFERENCES account (id), amount %s NOT NULL)"
            .formatted(integer, integer, integer));
  }

  private static void open(Connection db) throws SQLException {
    for (int id = 1; id <= ACCOUNTS; id++) {
      OldDatabase.execute(db, "INSERT INTO account VALUES (" + id + ", " + BALANCE + ")");
    }
  }

  private static Map<String, String> source(OldDatabase old, KafkaProcess kafka)
      throws IOException {
    Map<String, String> config = old.source(kafka.bootstrapServers());
    config.put("table.include.list", "public\\.account,public\\.entry,belay\\.debezium_heartbeat");
    return config;
  }

  private static List<String> topics() {
    return List.of(
        OldDatabase.PREFIX + ".public.account",
        OldDatabase.PREFIX + ".public.entry",
        OldDatabase.PREFIX + ".transaction");
  }

  private static Map<String, String> sink(StandIn target, KafkaProcess kafka) throws IOException {
    Map<String, String> config =
        ConnectorFile.read(Repository.ROOT.resolve("config/forward/sink-postgres-consistent.json"))
            .config();
    config.put("topics", String.join(",", topics()));
    config.put(
        "target.connection.url", target.url().replace("jdbc:postgresql:", "jdbc:cockroachdb:"));
    config.put("target.connection.user", StandIn.USER);
    config.remove("target.connection.password");
    config.keySet().removeIf(key -> key.startsWith("target.jdbc."));
    config.put("checkpoint.create", "auto");
    config.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    return config;
  }

  private static void awaitTopics(KafkaProcess kafka) {
    try (Topics all = new Topics(kafka.bootstrapServers())) {
      await().atMost(LIMIT).until(() -> all.names().containsAll(topics()));
    }
  }

  private static void awaitEqual(Connection from, StandIn target) throws SQLException {
    try (Connection to = target.connect()) {
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(250))
          .untilAsserted(
              () -> {
                for (String table : TABLES) {
                  assertThat(rows(to, "SELECT * FROM " + table + " ORDER BY id"))
                      .as(table)
                      .isEqualTo(rows(from, "SELECT * FROM " + table + " ORDER BY id"));
                }
              });
    }
  }

  private static List<String> rows(Connection db, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = db.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int c = 1; c <= columns; c++) {
          row.append(c == 1 ? "" : "|").append(result.getLong(c));
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  /** Moves money, in transactions of two sessions that are open at the same time. */
  private static final class Bank {
    private final Random random = new Random(29);
    private final Connection[] sessions;
    private int entries;

    Bank(Connection... sessions) {
      this.sessions = sessions;
    }

    void trade(int rounds) throws SQLException {
      for (Connection session : sessions) {
        session.setAutoCommit(false);
      }
      for (int i = 0; i < rounds; i++) {
        // accounts of one half each, so that the sessions do not wait for each other
        for (int s = 0; s < sessions.length; s++) {
          int first = s * ACCOUNTS / 2 + 1;
          int from = first + random.nextInt(ACCOUNTS / 2);
          int to = first + (from - first + 1 + random.nextInt(ACCOUNTS / 2 - 1)) % (ACCOUNTS / 2);
          int amount = 1 + random.nextInt(50);
          book(sessions[s], from, -amount);
          book(sessions[s], to, amount);
        }
        for (int s = sessions.length - 1; s >= 0; s--) {
          sessions[s].commit();
        }
      }
      for (Connection session : sessions) {
        session.setAutoCommit(true);
      }
    }

    private void book(Connection session, int account, int amount) throws SQLException {
      try (PreparedStatement update =
              session.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?");
          PreparedStatement insert =
              session.prepareStatement("INSERT INTO entry VALUES (?, ?, ?)")) {
        update.setInt(1, amount);
        update.setInt(2, account);
        update.executeUpdate();
        insert.setInt(1, ++entries);
        insert.setInt(2, account);
        insert.setInt(3, amount);
        insert.executeUpdate();
      }
    }
  }

  /** Reads the target without pause, each time in one snapshot of it. */
  private static final class Observer implements AutoCloseable {
    final Set<String> states = new HashSet<>();
    final List<String> faults = new ArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final CompletableFuture<Void> looking;

    Observer(StandIn target) {
      this.looking = CompletableFuture.runAsync(() -> lookAt(target));
    }

    private void lookAt(StandIn target) {
      try (Connection db = target.connect()) {
        while (!over.get()) {
          List<String> books = rows(db, BOOKS);
          states.add(books.toString());
          long total = 0;
          for (String account : books) {
            String[] numbers = account.split("\\|");
            total += Long.parseLong(numbers[1]);
            if (!numbers[1].equals(numbers[2])) {
              faults.add("account, balance, by its entries: " + account);
            }
          }
          if (total != (long) ACCOUNTS * BALANCE) {
            faults.add("all accounts together: " + total);
          }
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Lets it finish the look that it takes. */
    void end() {
      over.set(true);
      looking.join();
    }

    @Override
    public void close() {
      end();
    }
  }
}
