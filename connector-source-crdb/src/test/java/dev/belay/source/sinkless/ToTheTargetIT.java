package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.connect.RecordGate;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.postgres.PostgresServer;
import dev.belay.testkit.standin.StandIn;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole line with both plugins: rows read over SQL come to the target as they are. */
class ToTheTargetIT {
  private static final List<String> TABLES = List.of("payments", "orders");

  /** Rows of a window that takes several transactions, and how many each of them has. */
  private static final int ROWS = 10;

  private static final int TOGETHER = 4;

  @TempDir static Path dir;
  private static KafkaProcess kafka;
  private static StandIn cluster;
  private static PostgresServer old;
  private static ConnectWorker worker;
  private static Jmx jmx;
  private static Connection from;
  private static Connection to;

  @BeforeAll
  static void start() throws Exception {
    kafka = KafkaProcess.start(dir.resolve("kafka"));
    cluster = StandIn.start();
    old = PostgresServer.start(PostgresServer.Version.OLD);
    jmx = new Jmx();
    worker =
        ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
            .plugins(
                List.of(
                    Path.of(System.getProperty("belay.source.zip")),
                    Path.of(System.getProperty("belay.sink.zip"))))
            .properties(Map.of("exactly.once.source.support", "enabled"))
            .jvmOptions(jmx.options())
            .start();
    from = cluster.connect();
    to = DriverManager.getConnection(old.createDatabase("target"), old.superuser(), "");
  }

  @AfterAll
  static void stop() throws Exception {
    to.close();
    from.close();
    worker.close();
    old.close();
    cluster.close();
    kafka.close();
  }

  @Test
  void rowsOfTheTargetAreThoseOfTheSource() throws Exception {
    for (String table : TABLES) {
      execute(from, "CREATE TABLE " + table + " (id INT PRIMARY KEY, v STRING, n INT)");
      execute(to, "CREATE TABLE " + table + " (id INT PRIMARY KEY, v TEXT, n INT)");
    }
    Random random = new Random(12);
    Parts.work(from, random, 100, "payments", "orders");
    worker.rest().create("from", source(TABLES));
    worker.rest().awaitRunning("from", Parts.LIMIT);
    await()
        .atMost(Parts.LIMIT)
        .until(() -> worker.rest().offsets("from").toString().contains("cursor"));
    worker.rest().create("to", sink(TABLES));
    worker.rest().awaitRunning("to", Parts.LIMIT);
    Parts.work(from, random, 100, "payments", "orders");
    worker.kill9();
    Parts.work(from, random, 100, "payments", "orders");
    worker.restart();
    worker.awaitHealthy(Parts.LIMIT);
    Parts.work(from, random, 100, "payments", "orders");
    for (String table : TABLES) {
      awaitSameRows(table);
    }
    worker.rest().awaitRunning("to", Parts.LIMIT);
    worker.rest().awaitRunning("from", Parts.LIMIT);
    worker.rest().delete("to");
    worker.rest().delete("from");
  }

  /** The cursor of before went with the first transactions of a window, and so they come again. */
  @Test
  void whatAWindowInPiecesRepeatsAfterACrashIsDroppedAsReplay() throws Exception {
    execute(from, "CREATE TABLE pieces (id INT PRIMARY KEY, v STRING, n INT)");
    execute(to, "CREATE TABLE pieces (id INT PRIMARY KEY, v TEXT, n INT)");
    execute(to, "CREATE TABLE written (id INT, v TEXT)");
    execute(
        to,
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " INSERT INTO written VALUES (NEW.id, NEW.v); RETURN NEW; END $$");
    execute(
        to,
        "CREATE TRIGGER note AFTER INSERT OR UPDATE ON pieces FOR EACH ROW EXECUTE FUNCTION note()");
    execute(from, "INSERT INTO pieces VALUES (0, 'before', 0)");
    Path gate = dir.resolve("gate");
    Map<String, String> source = source(List.of("pieces"));
    source.putAll(RecordGate.settings(gate));
    source.put("transaction.max.records", Integer.toString(TOGETHER));
    worker.rest().create("pieces-from", source);
    worker.rest().awaitRunning("pieces-from", Parts.LIMIT);
    Map<String, String> sink = sink(List.of("pieces"));
    sink.put("triggers", "allow");
    worker.rest().create("pieces-to", sink);
    worker.rest().awaitRunning("pieces-to", Parts.LIMIT);
    awaitSameRows("pieces");

    RecordGate.Held third =
        RecordGate.hold(gate, "defaultdb.public.pieces", "\"id\": " + (2 * TOGETHER + 1) + ",");
    execute(from, "INSERT INTO pieces SELECT i, 'w', i FROM generate_series(1, " + ROWS + ") i");
    third.awaitReached(Parts.LIMIT);
    // two transactions of the window are in Kafka, with the cursor of before
    worker.kill9();
    third.release();
    worker.restart();
    worker.awaitHealthy(Parts.LIMIT);
    worker.rest().awaitRunning("pieces-from", Parts.LIMIT);
    awaitSameRows("pieces");
    await()
        .atMost(Parts.LIMIT)
        .untilAsserted(
            () ->
                assertThat(jmx.count("pieces-from", ReaderMeter.ROWS_REPEATED.shown()))
                    .isEqualTo(ROWS));
    await()
        .atMost(Parts.LIMIT)
        .untilAsserted(
            () -> assertThat(jmx.count("pieces-to", "replayed-total")).isEqualTo(2 * TOGETHER));
    assertThat(values(to, "SELECT count(*) || ' ' || count(DISTINCT id) FROM written"))
        .containsExactly((ROWS + 1) + " " + (ROWS + 1));
    worker.rest().awaitRunning("pieces-to", Parts.LIMIT);
    worker.rest().delete("pieces-to");
    worker.rest().delete("pieces-from");
  }

  private static void awaitSameRows(String table) {
    await()
        .atMost(Parts.LIMIT)
        .pollInterval(Duration.ofMillis(250))
        .untilAsserted(
            () -> assertThat(rows(to, table)).as(table).isEqualTo(rows(from, table)).isNotEmpty());
  }

  private static Map<String, String> source(List<String> tables) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", "dev.belay.source.CockroachSourceConnector");
    settings.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("source.connection.url", cluster.url());
    settings.put("source.connection.user", StandIn.USER);
    settings.put("feed.delivery", "sinkless");
    settings.put("feed.tables", String.join(",", tables));
    settings.put("feed.resolved.interval.ms", "200");
    settings.put("topic.partitions", "2");
    settings.put("producer.override.transaction.timeout.ms", "10000");
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    return settings;
  }

  private static Map<String, String> sink(List<String> tables) throws SQLException {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    settings.put(
        "topics", String.join(",", tables.stream().map(t -> "defaultdb.public." + t).toList()));
    settings.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("target.connection.url", to.getMetaData().getURL());
    settings.put("target.connection.user", old.superuser());
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    settings.put("consumer.override.isolation.level", "read_committed");
    settings.put("delivery.mode", "consistent");
    return settings;
  }

  private static void execute(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> rows(Connection session, String table) throws SQLException {
    return values(
        session,
        "SELECT concat(id, ' ', coalesce(v, 'NULL'), ' ', n) FROM " + table + " ORDER BY id");
  }

  private static List<String> values(Connection session, String query) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        values.add(row.getString(1));
      }
    }
    return values;
  }
}
