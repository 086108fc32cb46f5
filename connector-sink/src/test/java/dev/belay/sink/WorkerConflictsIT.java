package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.sink.harness.ConflictScript;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.StandIn;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A policy for conflicts where it is used: the shipped zip in a stock worker, a changefeed of the
 * stand-in through Kafka, PostgreSQL with times of commits. What both databases write while the
 * connector is paused it decides when it goes on, counts, and writes down.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkerConflictsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String NAME = "back";
  private static final String ROWS = "SELECT id, note FROM stock ORDER BY id";

  @TempDir static Path dir;

  private EmbeddedKafka kafka;
  private StandIn standIn;
  private TargetDatabase old;
  private ConnectWorker worker;
  private int jmxPort;

  @BeforeAll
  void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    standIn = StandIn.start();
    old = TargetDatabase.on(standIn.server());
    jmxPort = LoopbackPort.free();
    worker =
        ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
            .plugin(List.of(Path.of(System.getProperty("belay.sink.zip"))))
            .jvmOptions(
                List.of(
                    "-Dcom.sun.management.jmxremote.host=" + LoopbackPort.HOST,
                    "-Djava.rmi.server.hostname=" + LoopbackPort.HOST,
                    "-Dcom.sun.management.jmxremote.port=" + jmxPort,
                    "-Dcom.sun.management.jmxremote.rmi.port=" + jmxPort,
                    "-Dcom.sun.management.jmxremote.authenticate=false",
                    "-Dcom.sun.management.jmxremote.ssl=false"))
            .start();
    worker.awaitHealthy(LIMIT);
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable part : new AutoCloseable[] {worker, standIn, kafka}) {
      if (part != null) {
        part.close();
      }
    }
  }

  @Test
  void conflictsAreDecidedCountedAndWrittenDown() throws Exception {
    makeTables();
    worker.rest().create(NAME, settings());
    worker.rest().awaitRunning(NAME, LIMIT);
    standIn.createChangefeed(
        "CREATE CHANGEFEED FOR TABLE stock INTO 'kafka://"
            + kafka.bootstrapServers()
            + "' WITH updated, diff, mvcc_timestamp, resolved = '200ms',"
            + " min_checkpoint_frequency = '200ms'");
    untilRows("1|o", "2|o", "3|o", "4|o");

    worker.rest().pause(NAME);
    worker.rest().awaitState(NAME, State.PAUSED, LIMIT);
    // the old database first, but for row 3
    old.sql("UPDATE stock SET note = 'old' WHERE id = 1", "DELETE FROM stock WHERE id = 2");
    standIn.execute("UPDATE stock SET note = 'new' WHERE id <= 4");
    old.sql("UPDATE stock SET note = 'old' WHERE id = 3");
    worker.rest().resume(NAME);

    untilRows("1|new", "2|new", "3|old", "4|new");
    assertThat(
            old.rows(
                "SELECT connector, topic, table_schema, table_name, row_key, policy, change,"
                    + " decision FROM belay.belay_conflict ORDER BY row_key::text"))
        .containsExactly(
            NAME + "|stock|public|stock|{\"id\": \"1\"}|newest|update|source",
            NAME + "|stock|public|stock|{\"id\": \"2\"}|newest|update|source",
            NAME + "|stock|public|stock|{\"id\": \"3\"}|newest|update|target");
    await().atMost(LIMIT).until(() -> metric("conflicts-total") == 3);
    assertThat(metric("conflicts-target-total")).isEqualTo(1);
  }

  private void makeTables() throws Exception {
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      topics.create("stock", 2);
    }
    standIn.execute("CREATE TABLE stock (id INT8 PRIMARY KEY, note STRING)");
    standIn.execute("INSERT INTO stock VALUES (1, 'o'), (2, 'o'), (3, 'o'), (4, 'o')");
    old.sql("CREATE TABLE stock (id bigint PRIMARY KEY, note text)");
    try (Connection sink = old.connectAsRole("setup");
        Statement sql = sink.createStatement()) {
      for (String statement : old.target().checkpointSql().createTables()) {
        sql.execute(statement);
      }
    }
    ConflictScript.run(old, "stock", TargetDatabase.SOMEBODY);
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    settings.put("topics", "stock");
    settings.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("target.connection.url", old.url());
    settings.put("target.connection.user", old.role());
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    settings.put("consumer.override.isolation.level", "read_committed");
    settings.put("checkpoint.create", "never");
    settings.put("conflict.policy", "newest");
    settings.put("conflict.tombstone.retention.ms", "86400000");
    settings.put("conflict.history", "on");
    return settings;
  }

  private void untilRows(String... expected) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(() -> assertThat(old.rows(ROWS)).containsExactly(expected));
  }

  private long metric(String name) throws Exception {
    try (JMXConnector jmx =
        JMXConnectorFactory.connect(
            new JMXServiceURL(
                "service:jmx:rmi:///jndi/rmi://"
                    + LoopbackPort.HOST
                    + ":"
                    + jmxPort
                    + "/jmxrmi"))) {
      Object value =
          jmx.getMBeanServerConnection()
              .getAttribute(
                  new ObjectName("kafka.connect:type=plugins,connector=" + NAME + ",task=0"), name);
      return ((Number) value).longValue();
    }
  }
}
