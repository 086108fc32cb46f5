package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant I8 Bounded, at full size: one source transaction more than ten times larger than the
 * buffer, in a worker with a heap of 256 MB that is killed while it gathers it.
 */
class SmallHeapIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final long BUFFER = 6 << 20;
  private static final int ROWS = 150_000;
  private static final int PARTITIONS = 2;
  private static final String NOTE = "x".repeat(450);

  @TempDir Path dir;

  @Test
  void transactionTenTimesLargerThanTheBufferIsWrittenWholeAfterTheWorkerWasKilled()
      throws Exception {
    Path disk = Files.createDirectory(dir.resolve("disk"));
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"));
        PostgresServer postgres = PostgresServer.start(PostgresServer.Version.NEW);
        Topics topics = new Topics(kafka.bootstrapServers());
        KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
      String url = postgres.createDatabase("bounded");
      topics.create("orders", PARTITIONS);
      long bytes = produceRows(producer);
      assertThat(bytes).isGreaterThan(10 * BUFFER);
      try (Connection db = DriverManager.getConnection(url, postgres.superuser(), "");
          Statement sql = db.createStatement();
          ConnectWorker worker =
              ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
                  .plugins(List.of(Path.of(System.getProperty("belay.sink.zip"))))
                  .jvmOptions(List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"))
                  .start()) {
        sql.execute("CREATE TABLE orders (id bigint PRIMARY KEY, v bigint, note text)");
        worker.awaitHealthy(LIMIT);
        worker.rest().create("bounded", settings(kafka, postgres, url, disk));
        await().ignoreExceptions().atMost(LIMIT).until(() -> size(disk) > 3 * BUFFER);
        worker.kill9();
        assertThat(size(disk)).isPositive();

        worker.restart();
        worker.awaitHealthy(LIMIT);
        await().ignoreExceptions().atMost(LIMIT).until(() -> size(disk) > 3 * BUFFER);
        for (int partition = 0; partition < PARTITIONS; partition++) {
          producer.send(
              record(partition, null, "{\"resolved\":\"1700000000000000009.0000000000\"}"));
        }
        producer.flush();
        await().atMost(LIMIT).until(() -> value(sql, "SELECT count(*) FROM orders") == ROWS);
        assertThat(value(sql, "SELECT count(DISTINCT xmin::text) FROM orders")).isEqualTo(1);
        assertThat(value(sql, "SELECT sum(v) FROM orders")).isEqualTo(3L * ROWS);
        assertThat(value(sql, "SELECT count(*) FROM orders WHERE length(note) = 450"))
            .isEqualTo(ROWS);
        assertThat(value(sql, "SELECT count(snapshot_from) FROM belay.belay_frontier")).isZero();
        await().ignoreExceptions().atMost(LIMIT).until(() -> size(disk) == 0);
        assertThat(worker.isAlive()).isTrue();
        worker.rest().awaitRunning("bounded", LIMIT);
      }
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(EmbeddedKafka kafka) {
    return new KafkaProducer<>(
        // As CockroachDB's producer, without sequence numbers: in a topic that is just made they
        // may
        // begin anew in the midst of a flight of batches, and the broker refuses those for ever.
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "enable.idempotence",
            "false",
            "max.in.flight.requests.per.connection",
            "1",
            "linger.ms",
            "20"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** One transaction; returns its size in Kafka. */
  private static long produceRows(KafkaProducer<byte[], byte[]> producer) {
    long bytes = 0;
    for (int id = 1; id <= ROWS; id++) {
      ProducerRecord<byte[], byte[]> record =
          record(
              id % PARTITIONS,
              "[" + id + "]",
              "{\"after\": {\"id\": "
                  + id
                  + ", \"note\": \""
                  + NOTE
                  + "\", \"v\": 3}, \"updated\": \"1700000000000000005.0000000000\"}");
      bytes += record.key().length + record.value().length;
      producer.send(record);
    }
    producer.flush();
    return bytes;
  }

  private static ProducerRecord<byte[], byte[]> record(int partition, String key, String value) {
    return new ProducerRecord<>(
        "orders",
        partition,
        key == null ? null : key.getBytes(StandardCharsets.UTF_8),
        value.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, String> settings(
      EmbeddedKafka kafka, PostgresServer postgres, String url, Path disk) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    settings.put("topics", "orders");
    settings.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("consumer.override.isolation.level", "read_committed");
    settings.put("target.connection.url", url);
    settings.put("target.connection.user", postgres.superuser());
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    settings.put("window.buffer.bytes", Long.toString(BUFFER));
    settings.put("spill.dir", disk.toString());
    return settings;
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      return found.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static long value(Statement sql, String query) throws SQLException {
    try (ResultSet row = sql.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }
}
