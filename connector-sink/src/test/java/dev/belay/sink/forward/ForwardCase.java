package dev.belay.sink.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.connect.ConnectorStatus;
import dev.belay.testkit.docs.ConnectorFile;
import dev.belay.testkit.docs.Repository;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The forward direction as it is shipped: real Debezium, set as config/forward has it and with the
 * rights that config/sql gives, a real broker and worker, the zip of the sink, and the stand-in for
 * CockroachDB as the target. Every part is killed on the way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ForwardCase {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String SOURCE = "forward-source";
  private static final String SINK = "forward-sink";

  @TempDir static Path dir;
  private OldDatabase old;
  private StandIn target;
  private KafkaProcess kafka;
  private ConnectWorker worker;

  abstract OldDatabase startOld() throws Exception;

  abstract Shop.Dialect dialect();

  /** The schema, or database, that the tables' topics name. */
  abstract String schema();

  /** The files of config/forward for this database. */
  abstract String files();

  /** Ends all of Debezium's sessions. */
  abstract void cut(Connection admin) throws Exception;

  /** How long Debezium may take to notice that its sessions were ended. */
  abstract Duration untilNoticed();

  @BeforeAll
  void start() throws Exception {
    old = startOld();
    target = StandIn.start();
    kafka = KafkaProcess.start(dir.resolve("kafka"));
    worker =
        ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
            .plugin(List.of(Path.of(System.getProperty("belay.sink.zip"))))
            .plugin(List.of(old.plugin()))
            .properties(Map.of("exactly.once.source.support", "enabled"))
            .start();
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable part : new AutoCloseable[] {worker, kafka, target, old}) {
      if (part != null) {
        part.close();
      }
    }
  }

  private Map<String, String> source() throws IOException {
    Map<String, String> config = old.source(kafka.bootstrapServers());
    config.put("table.include.list", schema() + "\\..*,belay\\.debezium_heartbeat");
    return config;
  }

  private Map<String, String> sink() throws IOException {
    Map<String, String> config =
        ConnectorFile.read(Repository.ROOT.resolve("config/forward/sink-" + files() + ".json"))
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

  @Test
  void allRowsAreEqualThoughEveryPartIsKilled() throws Exception {
    Shop shop = new Shop(17);
    try (Connection from = old.connect()) {
      OldDatabase.execute(from, dialect().tables());
      try (Connection to = target.connect()) {
        OldDatabase.execute(to, Shop.Dialect.COCKROACHDB.tables());
      }
      shop.open(from);
      old.admitDebezium(Shop.TABLES.stream().map(table -> schema() + "." + table).toList());
      assertTakesEveryKey(source());

      worker.rest().create(SOURCE, source());
      worker.rest().awaitRunning(SOURCE, LIMIT);
      awaitTopics();
      worker.rest().create(SINK, sink());
      worker.rest().awaitRunning(SINK, LIMIT);
      shop.trade(from, 40);
      awaitEqual(from);

      shop.trade(from, 60);
      worker.kill9();
      shop.trade(from, 40);
      worker.restart();
      shop.trade(from, 40);
      awaitEqual(from);

      kafka.kill9();
      shop.trade(from, 40);
      kafka.restart();
      runAgain();
      shop.trade(from, 40);
      awaitEqual(from);

      try (Connection admin = old.connect()) {
        cut(admin);
      }
      target.connections().cutAll();
      shop.trade(from, 40);
      runAgain();
      awaitEqual(from, untilNoticed().plus(LIMIT));
    }
    assertThat(worker.rest().status(SINK).orElseThrow().failure()).isEmpty();
  }

  private List<String> topics() {
    return Shop.TABLES.stream()
        .map(table -> OldDatabase.PREFIX + "." + schema() + "." + table)
        .toList();
  }

  /** A sink that asked for them first would have the broker make them, with one partition. */
  private void awaitTopics() {
    try (Topics all = new Topics(kafka.bootstrapServers())) {
      await().atMost(LIMIT).until(() -> all.names().containsAll(topics()));
    }
  }

  /** What a person does about a task that Connect has given up: restart it. */
  private void runAgain() {
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(
            () -> {
              ConnectorStatus source = worker.rest().status(SOURCE).orElseThrow();
              if (source.failure().isPresent()) {
                worker.rest().restartTask(SOURCE, 0);
              }
              return source.isRunning() && worker.rest().status(SINK).orElseThrow().isRunning();
            });
  }

  /** A key that Debezium does not know would be passed over without a word. */
  private void assertTakesEveryKey(Map<String, String> config) {
    Map<String, String> named = new HashMap<>(config);
    named.put("name", SOURCE);
    var validation = worker.rest().validate(config.get("connector.class"), named);
    assertThat(validation.isValid()).as("%s", validation).isTrue();
  }

  private void awaitEqual(Connection from) throws Exception {
    awaitEqual(from, LIMIT);
  }

  private void awaitEqual(Connection from, Duration atMost) throws Exception {
    try (Connection to = target.connect()) {
      compare(from, to, atMost);
    }
    assertThat(Shop.rows(from, "order_lines")).hasSizeGreaterThan(10);
  }

  private void compare(Connection from, Connection to, Duration atMost) throws Exception {
    try {
      await()
          .atMost(atMost)
          .pollInterval(Duration.ofMillis(250))
          .untilAsserted(
              () -> {
                for (String table : Shop.TABLES) {
                  assertThat(Shop.rows(to, table)).as(table).isEqualTo(Shop.rows(from, table));
                }
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(state(from, to), e);
    }
  }

  /** Keys and states, what a person would look at. */
  private String state(Connection from, Connection to) throws Exception {
    StringBuilder state = new StringBuilder("The rows are not equal.\n");
    for (String table : Shop.TABLES) {
      Set<String> wanted = new TreeSet<>(Shop.rows(from, table));
      Set<String> found = new TreeSet<>(Shop.rows(to, table));
      Set<String> missing = new TreeSet<>(wanted);
      missing.removeAll(found);
      found.removeAll(wanted);
      state.append(table).append(": of ").append(wanted.size()).append(" missing ");
      state.append(first(missing)).append(", not there any more ").append(first(found));
      state.append('\n');
    }
    for (String connector : List.of(SOURCE, SINK)) {
      state.append(worker.rest().status(connector)).append('\n');
    }
    return state.toString();
  }

  private static String first(Set<String> rows) {
    return rows.size()
        + rows.stream()
            .limit(5)
            .map(row -> row.length() > 80 ? row.substring(0, 80) : row)
            .collect(Collectors.joining(" ; ", " (", ")"));
  }
}
