package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.sink.harness.Fetched;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The zips with drivers, unpacked over the plugin's as users do, in a stock Connect worker. */
class DriverZipIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static ConnectWorker worker;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    String drivers = System.getProperty("belay.sink.driver.zips");
    worker =
        ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
            .plugin(
                List.of(
                    Path.of(System.getProperty("belay.sink.zip")),
                    Path.of(drivers + "mysql.zip"),
                    Path.of(drivers + "mariadb.zip")))
            .start();
    worker.awaitHealthy(LIMIT);
  }

  @AfterAll
  static void stop() throws Exception {
    if (worker != null) {
      worker.close();
    }
    if (kafka != null) {
      kafka.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"MYSQL", "MARIADB"})
  void oneChangefeedMessageBecomesOneRow(Product product) throws Exception {
    Fetched.assume(product);
    String name = "slice-" + product;
    try (MySqlServer server = MySqlServer.start(product);
        Topics topics = new Topics(kafka.bootstrapServers())) {
      String url = server.createDatabase("shop");
      topics.create(name, 1);
      try (Connection db = server.connect("shop");
          Statement sql = db.createStatement()) {
        sql.execute(
            "CREATE TABLE orders (id bigint PRIMARY KEY, total decimal(30,9), note varchar(20))");
        send(name);
        worker.rest().create(name, settings(server, url, name));
        worker.rest().awaitRunning(name, LIMIT);
        await()
            .atMost(LIMIT)
            .untilAsserted(
                () -> {
                  try (ResultSet rows = sql.executeQuery("SELECT id, total, note FROM orders")) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(2)).isEqualTo("12345678901234567890.123456789");
                    assertThat(rows.getString(3)).isEqualTo("grüße 🚲");
                  }
                });
      }
      worker.rest().delete(name);
    }
  }

  private static void send(String topic) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(
          new ProducerRecord<>(
              topic,
              0,
              bytes("[1]"),
              bytes(
                  "{\"after\": {\"id\": 1, \"note\": \"grüße 🚲\", \"total\": 12345678901234567890.123456789},"
                      + " \"updated\": \"1701102296662969433.0000000000\"}")));
      producer
          .send(
              new ProducerRecord<>(
                  topic, 0, null, bytes("{\"resolved\":\"1701102296662969434.0000000000\"}")))
          .get();
    }
  }

  private static Map<String, String> settings(MySqlServer server, String url, String topic) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    settings.put("topics", topic);
    settings.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("target.connection.url", url);
    settings.put("target.connection.user", server.superuser());
    settings.put("tables.map", topic + ":shop.orders");
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    settings.put("consumer.override.isolation.level", "read_committed");
    return settings;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
