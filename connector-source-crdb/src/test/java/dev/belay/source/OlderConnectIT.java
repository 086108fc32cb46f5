package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.postgres.PostgresServer;
import dev.belay.testkit.standin.StandIn;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both plugins as they are shipped, on another version of Connect than this build's: the oldest one
 * that they are for. Its jars are in a folder that is named by {@value #JARS}; CONTRIBUTING.md has
 * the command that fills it.
 */
class OlderConnectIT {
  private static final String JARS = "belay.connect.older";
  private static final Duration LIMIT = Duration.ofSeconds(120);

  @TempDir Path dir;

  @Test
  void rowsOfBothDeliveriesComeToTheTarget() throws Exception {
    String jars = System.getProperty(JARS, "");
    assumeTrue(!jars.isEmpty(), "no jars of an older Connect: -D" + JARS + " names no folder");
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"));
        StandIn standIn = StandIn.start();
        PostgresServer old = PostgresServer.start(PostgresServer.Version.OLD);
        Connection to =
            DriverManager.getConnection(old.createDatabase("target"), old.superuser(), "");
        ConnectWorker worker =
            ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
                .connect(Path.of(jars))
                .plugins(
                    List.of(
                        Path.of(System.getProperty("belay.source.zip")),
                        Path.of(System.getProperty("belay.sink.zip"))))
                .properties(Map.of("exactly.once.source.support", "enabled"))
                .start()) {
      assertThat(version(worker)).contains("\"version\":\"3.9");
      for (String table : List.of("written", "read")) {
        standIn.execute("CREATE TABLE " + table + " (id INT8 PRIMARY KEY, n INT8)");
        standIn.execute("INSERT INTO " + table + " VALUES (1, 10)");
        execute(to, "CREATE TABLE " + table + " (id INT8 PRIMARY KEY, n INT8)");
      }
      worker.rest().create("jobs", source(standIn, kafka, "written", "kafka"));
      worker.rest().create("reader", source(standIn, kafka, "read", "sinkless"));
      worker.rest().create("sink", sink(kafka, to.getMetaData().getURL(), old.superuser()));
      for (String table : List.of("written", "read")) {
        standIn.execute("UPDATE " + table + " SET n = 11 WHERE id = 1");
        await().atMost(LIMIT).untilAsserted(() -> assertThat(n(to, table)).isEqualTo(11));
      }
      for (String connector : List.of("jobs", "reader", "sink")) {
        worker.rest().awaitRunning(connector, LIMIT);
      }
    }
  }

  private static String version(ConnectWorker worker) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(worker.restUrl()).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  private static Map<String, String> source(
      StandIn standIn, EmbeddedKafka kafka, String table, String delivery) {
    Map<String, String> settings = new HashMap<>(bytes());
    settings.put("connector.class", "dev.belay.source.CockroachSourceConnector");
    settings.put("source.connection.url", standIn.url());
    settings.put("source.connection.user", StandIn.USER);
    settings.put("feed.delivery", delivery);
    settings.put("feed.tables", table);
    settings.put("feed.resolved.interval.ms", "200");
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    if (delivery.equals("kafka")) {
      settings.put("feed.sink.uri", "kafka://" + kafka.bootstrapServers());
    }
    return settings;
  }

  private static Map<String, String> sink(EmbeddedKafka kafka, String url, String user) {
    Map<String, String> settings = new HashMap<>(bytes());
    settings.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    settings.put("topics", "defaultdb.public.written,defaultdb.public.read");
    settings.put("target.connection.url", url);
    settings.put("target.connection.user", user);
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    settings.put("consumer.override.isolation.level", "read_committed");
    settings.put("delivery.mode", "immediate");
    return settings;
  }

  private static Map<String, String> bytes() {
    String converter = "org.apache.kafka.connect.converters.ByteArrayConverter";
    return Map.of("key.converter", converter, "value.converter", converter);
  }

  private static void execute(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long n(Connection session, String table) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery("SELECT n FROM " + table + " WHERE id = 1")) {
      return row.next() ? row.getLong(1) : 0;
    }
  }
}
