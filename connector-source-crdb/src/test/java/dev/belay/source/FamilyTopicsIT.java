package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.postgres.PostgresServer;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.feed.JobState;
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
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole line for a table with several column families: a job that gives each a topic of its
 * own, and a sink that puts the rows together again. It is killed on the way.
 */
class FamilyTopicsIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final List<String> TOPICS =
      List.of("defaultdb.public.orders.head", "defaultdb.public.orders.body");

  @TempDir Path dir;

  @Test
  void rowsOfSeveralFamiliesArriveWhole() throws Exception {
    try (KafkaProcess kafka = KafkaProcess.start(dir.resolve("kafka"));
        StandIn cluster = StandIn.start();
        PostgresServer old = PostgresServer.start(PostgresServer.Version.OLD);
        ConnectWorker worker =
            ConnectWorker.start(
                dir.resolve("connect"),
                kafka.bootstrapServers(),
                List.of(
                    Path.of(System.getProperty("belay.source.zip")),
                    Path.of(System.getProperty("belay.sink.zip"))));
        Connection from = cluster.connect();
        Connection to =
            DriverManager.getConnection(old.createDatabase("target"), old.superuser(), "")) {
      execute(
          from,
          "CREATE TABLE orders (id INT8 PRIMARY KEY, n INT8, note STRING, more STRING,"
              + " FAMILY head (id, n), FAMILY body (note, more))");
      execute(to, "CREATE TABLE orders (id INT8 PRIMARY KEY, n INT8, note TEXT, more TEXT)");
      try (Topics topics = new Topics(kafka.bootstrapServers())) {
        TOPICS.forEach(topic -> topics.create(topic, 2));
      }
      Random random = new Random(4);
      work(from, random);
      worker.rest().create("from", source(cluster, kafka));
      worker.rest().awaitRunning("from", LIMIT);
      eventually(
          () ->
              assertThat(cluster.jobs())
                  .singleElement()
                  .matches(job -> job.state() == JobState.RUNNING));
      assertThat(cluster.jobs().get(0).topics().split(","))
          .containsExactlyInAnyOrderElementsOf(TOPICS);
      worker.rest().create("to", sink(to.getMetaData().getURL(), old.superuser(), kafka));
      worker.rest().awaitRunning("to", LIMIT);
      work(from, random);
      eventually(() -> assertThat(rows(to)).isEqualTo(rows(from)).isNotEmpty());
      worker.kill9();
      work(from, random);
      worker.restart();
      work(from, random);
      eventually(() -> assertThat(rows(to)).isEqualTo(rows(from)).isNotEmpty());
      worker.rest().awaitRunning("to", LIMIT);
      worker.rest().awaitRunning("from", LIMIT);
    }
  }

  /** Rows that come and go, with both families changed, with one of them, and with one emptied. */
  private static void work(Connection session, Random random) throws SQLException {
    for (int i = 0; i < 60; i++) {
      int id = random.nextInt(30);
      int n = random.nextInt(1000);
      execute(
          session,
          switch (random.nextInt(6)) {
            case 0 -> "DELETE FROM orders WHERE id = " + id;
            case 1 -> "UPDATE orders SET n = " + n + " WHERE id = " + id;
            case 2 -> "UPDATE orders SET note = 'note " + n + "' WHERE id = " + id;
            case 3 -> "UPDATE orders SET note = NULL, more = NULL WHERE id = " + id;
            case 4 -> "UPSERT INTO orders VALUES (" + id + ", " + n + ", NULL, NULL)";
            default -> "UPSERT INTO orders VALUES (" + id + ", " + n + ", 'note " + n + "', 'm')";
          });
    }
  }

  private static Map<String, String> source(StandIn cluster, KafkaProcess kafka) {
    Map<String, String> settings = bytes("dev.belay.source.CockroachSourceConnector");
    settings.put("source.connection.url", cluster.url());
    settings.put("source.connection.user", StandIn.USER);
    settings.put("feed.tables", "orders");
    settings.put("feed.sink.uri", "kafka://" + kafka.bootstrapServers());
    settings.put("feed.option.split_column_families", "");
    settings.put("feed.option.resolved", "unset");
    settings.put("feed.resolved.interval.ms", "200");
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    return settings;
  }

  private static Map<String, String> sink(String url, String user, KafkaProcess kafka) {
    Map<String, String> settings = bytes("dev.belay.sink.BelaySinkConnector");
    settings.put("topics", String.join(",", TOPICS));
    settings.put("tasks.max", "1");
    settings.put("target.connection.url", url);
    settings.put("target.connection.user", user);
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    settings.put("consumer.override.isolation.level", "read_committed");
    settings.put("delivery.mode", "immediate");
    settings.put("feed.split.column.families", "true");
    // what a task reads first of a family may be its null
    settings.put("family.columns", "orders.head=id,n;orders.body=note,more");
    return settings;
  }

  private static Map<String, String> bytes(String connector) {
    String converter = "org.apache.kafka.connect.converters.ByteArrayConverter";
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", connector);
    settings.put("key.converter", converter);
    settings.put("value.converter", converter);
    return settings;
  }

  private static void execute(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> rows(Connection session) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT id, n, note, more FROM orders ORDER BY id")) {
      while (row.next()) {
        rows.add(
            String.join(
                " ", row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
      }
    }
    return rows;
  }

  private static void eventually(ThrowingRunnable claim) {
    await().atMost(LIMIT).pollInterval(Duration.ofMillis(200)).untilAsserted(claim);
  }
}
