package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.postgres.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The zip that is shipped, in a stock Connect worker, driven over REST as users do. */
class PluginZipIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static PostgresServer postgres;
  private static ConnectWorker worker;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    postgres = PostgresServer.start(PostgresServer.Version.NEW);
    worker =
        ConnectWorker.start(
            dir.resolve("connect"),
            kafka.bootstrapServers(),
            List.of(Path.of(System.getProperty("belay.sink.zip"))));
    worker.awaitHealthy(LIMIT);
  }

  @AfterAll
  static void stop() throws Exception {
    if (worker != null) {
      worker.close();
    }
    if (postgres != null) {
      postgres.close();
    }
    if (kafka != null) {
      kafka.close();
    }
  }

  @Test
  void oneChangefeedMessageBecomesOneRow() throws Exception {
    String url = postgres.createDatabase("slice");
    try (Connection db = DriverManager.getConnection(url, postgres.superuser(), "");
        Statement sql = db.createStatement();
        Topics topics = new Topics(kafka.bootstrapServers())) {
      sql.execute("CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(30,9), note text)");
      topics.create("orders", 1);
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", kafka.bootstrapServers()),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        producer.send(
            record(
                "[1]",
                "{\"after\": {\"id\": 1, \"note\": \"first\", \"total\": 12345678901234567890.123456789},"
                    + " \"updated\": \"1701102296662969433.0000000000\"}"));
        producer
            .send(
                new ProducerRecord<>(
                    "orders", 0, null, bytes("{\"resolved\":\"1701102296662969434.0000000000\"}")))
            .get();
      }
      worker.rest().create("slice", settings(url, "orders"));
      worker.rest().awaitRunning("slice", LIMIT);
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                try (ResultSet rows =
                    sql.executeQuery("SELECT id, total::text, note FROM orders")) {
                  assertThat(rows.next()).isTrue();
                  assertThat(rows.getString(2)).isEqualTo("12345678901234567890.123456789");
                  assertThat(rows.getString(3)).isEqualTo("first");
                }
              });
      worker.rest().delete("slice");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql", "mariadb"})
  void aDatabaseWhoseDriverIsNotInTheZipIsRefusedWithTheZipThatHasIt(String database) {
    assertThat(
            worker
                .rest()
                .validate(
                    "dev.belay.sink.BelaySinkConnector",
                    settings("jdbc:" + database + "://127.0.0.1:1/shop", "orders"))
                .errors()
                .get("target.connection.url"))
        .singleElement()
        .asString()
        .contains("-driver-" + database + ".zip");
  }

  private static Map<String, String> settings(String url, String topics) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    settings.put("topics", topics);
    settings.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("target.connection.url", url);
    settings.put("target.connection.user", postgres.superuser());
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    settings.put("consumer.override.isolation.level", "read_committed");
    return settings;
  }

  private static ProducerRecord<byte[], byte[]> record(String key, String value) {
    return new ProducerRecord<>("orders", 0, bytes(key), bytes(value));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
