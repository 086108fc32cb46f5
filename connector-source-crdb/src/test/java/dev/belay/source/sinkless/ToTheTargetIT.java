package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.connect.ConnectWorker;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole line with both plugins: rows read over SQL come to the target as they are. */
class ToTheTargetIT {
  private static final List<String> TABLES = List.of("payments", "orders");

  @TempDir static Path dir;

  @Test
  void rowsOfTheTargetAreThoseOfTheSource() throws Exception {
    try (KafkaProcess kafka = KafkaProcess.start(dir.resolve("kafka"));
        StandIn cluster = StandIn.start();
        PostgresServer old = PostgresServer.start(PostgresServer.Version.OLD);
        ConnectWorker worker =
            ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
                .plugins(
                    List.of(
                        Path.of(System.getProperty("belay.source.zip")),
                        Path.of(System.getProperty("belay.sink.zip"))))
                .properties(Map.of("exactly.once.source.support", "enabled"))
                .start();
        Connection from = cluster.connect();
        Connection to =
            DriverManager.getConnection(old.createDatabase("target"), old.superuser(), "")) {
      for (String table : TABLES) {
        execute(from, "CREATE TABLE " + table + " (id INT PRIMARY KEY, v STRING, n INT)");
        execute(to, "CREATE TABLE " + table + " (id INT PRIMARY KEY, v TEXT, n INT)");
      }
      Random random = new Random(12);
      Parts.work(from, random, 100, "payments", "orders");
      worker.rest().create("from", source(cluster, kafka));
      worker.rest().awaitRunning("from", Parts.LIMIT);
      await()
          .atMost(Parts.LIMIT)
          .until(() -> worker.rest().offsets("from").toString().contains("cursor"));
      worker.rest().create("to", sink(to.getMetaData().getURL(), old.superuser(), kafka));
      worker.rest().awaitRunning("to", Parts.LIMIT);
      Parts.work(from, random, 100, "payments", "orders");
      worker.kill9();
      Parts.work(from, random, 100, "payments", "orders");
      worker.restart();
      worker.awaitHealthy(Parts.LIMIT);
      Parts.work(from, random, 100, "payments", "orders");
      await()
          .atMost(Parts.LIMIT)
          .pollInterval(Duration.ofMillis(250))
          .untilAsserted(
              () -> {
                for (String table : TABLES) {
                  assertThat(rows(to, table)).as(table).isEqualTo(rows(from, table)).isNotEmpty();
                }
              });
      worker.rest().awaitRunning("to", Parts.LIMIT);
      worker.rest().awaitRunning("from", Parts.LIMIT);
    }
  }

  private static Map<String, String> source(StandIn cluster, KafkaProcess kafka) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", "dev.belay.source.CockroachSourceConnector");
    settings.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("source.connection.url", cluster.url());
    settings.put("source.connection.user", StandIn.USER);
    settings.put("feed.delivery", "sinkless");
    settings.put("feed.tables", String.join(",", TABLES));
    settings.put("feed.resolved.interval.ms", "200");
    settings.put("topic.partitions", "2");
    settings.put("producer.override.transaction.timeout.ms", "10000");
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    return settings;
  }

  private static Map<String, String> sink(String url, String user, KafkaProcess kafka) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    settings.put(
        "topics", String.join(",", TABLES.stream().map(t -> "defaultdb.public." + t).toList()));
    settings.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("target.connection.url", url);
    settings.put("target.connection.user", user);
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
    List<String> rows = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery("SELECT id, v, n FROM " + table + " ORDER BY id")) {
      while (row.next()) {
        rows.add(row.getString(1) + " " + row.getString(2) + " " + row.getString(3));
      }
    }
    return rows;
  }
}
