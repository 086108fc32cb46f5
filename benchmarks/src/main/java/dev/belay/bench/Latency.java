package dev.belay.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.testkit.Deadline;
import dev.belay.testkit.connect.ConnectRest;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Steady changes, each timed from being sent to being visible in the target. Every change inserts a
 * row with the next number; an onlooker asks every millisecond for the highest number of each
 * partition, so that nothing but a cheap read is added to what the sink does.
 *
 * <p>A second thread sends; it is started and joined by {@link #measure}, and ends by itself.
 *
 * @param rate changes a second
 * @param warmUp how long changes are sent before they count
 * @param measured how long they count
 * @param resolved interval of the resolved times
 */
record Latency(int rate, Duration warmUp, Duration measured, Duration resolved) {

  private static final String TABLE = "ticks";
  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long LOOK_NANOS = 1_000_000;
  private static final String PAYLOAD = "x".repeat(200);

  /** How long each change of the measured time took. */
  Percentiles measure(Stage stage, String mode, Path plugins)
      throws IOException, SQLException, InterruptedException {
    String database = stage.freshDatabase();
    Race race =
        new Race(
            stage,
            new Workload(TABLE, 0, 1, 0, 1, PARTITIONS, 0),
            List.of(),
            Duration.ZERO,
            plugins,
            Tuning.NONE,
            "");
    String name = "latency-" + mode;
    try (Topics topics = new Topics(stage.kafka().bootstrapServers());
        Connection connection = stage.server().connect(database);
        ConnectWorker worker = ConnectorRun.startWorker(name, "belay", race, Optional.empty())) {
      createTable(connection);
      topics.create(TABLE, PARTITIONS);
      ConnectRest rest = worker.rest();
      rest.create(name, settings(stage, mode, database));
      rest.awaitRunning(name, PATIENCE);
      int all = (int) ((warmUp.toSeconds() + measured.toSeconds()) * rate);
      AtomicLongArray sent = new AtomicLongArray(all);
      Thread sender = new Thread(() -> send(stage.kafka().bootstrapServers(), sent), "sender");
      sender.start();
      long[] seen = watch(connection, all);
      sender.join();
      int from = (int) (warmUp.toSeconds() * rate);
      return new Percentiles(
          IntStream.range(from, all).mapToLong(i -> seen[i] - sent.get(i)).toArray());
    }
  }

  private static void createTable(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE " + TABLE + " (id bigint PRIMARY KEY, part int, payload text)");
      statement.execute("CREATE INDEX ON " + TABLE + " (part, id)");
    }
  }

  /** As an operator would set it up: Connect's defaults. */
  private static Map<String, String> settings(Stage stage, String mode, String database) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    settings.put("tasks.max", "1");
    settings.put("topics", TABLE);
    settings.put("consumer.override.isolation.level", "read_committed");
    settings.put("delivery.mode", mode);
    settings.put("target.connection.url", stage.server().jdbcUrl(database));
    settings.put("target.connection.user", stage.server().superuser());
    settings.put("kafka.admin.bootstrap.servers", stage.kafka().bootstrapServers());
    return settings;
  }

  /** Sends change after change when its time has come, and resolved times between. */
  private void send(String bootstrapServers, AtomicLongArray sent) {
    Map<String, Object> config =
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ProducerConfig.LINGER_MS_CONFIG,
            "0");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      long base = System.currentTimeMillis() * 1_000_000;
      // Waits until the broker knows the topic that was just made; see Prefill.
      resolve(producer, base - 1);
      producer.flush();
      long began = System.nanoTime();
      long nextResolved = began + resolved.toNanos();
      for (int i = 0; i < sent.length(); i++) {
        long due = began + i * 1_000_000_000L / rate;
        awaitNanoTime(due);
        long now = System.nanoTime();
        long time = base + now - began;
        if (now >= nextResolved) {
          resolve(producer, time - 1);
          nextResolved += resolved.toNanos();
        }
        sent.set(i, now);
        int partition = i % PARTITIONS;
        String value =
            "{\"after\": {\"id\": "
                + i
                + ", \"part\": "
                + partition
                + ", \"payload\": \""
                + PAYLOAD
                + "\"}, \"updated\": \""
                + time
                + ".0000000000\"}";
        producer.send(
            new ProducerRecord<>(
                TABLE, partition, FeedText.key(i).getBytes(UTF_8), value.getBytes(UTF_8)));
      }
      resolve(producer, base + System.nanoTime() - began);
    }
  }

  private static void resolve(KafkaProducer<byte[], byte[]> producer, long time) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      byte[] value = FeedText.resolved(time).getBytes(UTF_8);
      producer.send(new ProducerRecord<>(TABLE, partition, null, value));
    }
  }

  /** When each change was first seen, by the monotonic clock. */
  private static long[] watch(Connection connection, int all) throws SQLException {
    String highest =
        IntStream.range(0, PARTITIONS)
            .mapToObj(
                p -> "(SELECT coalesce(max(id), -1) FROM " + TABLE + " WHERE part = " + p + ")")
            .collect(Collectors.joining(", ", "SELECT ", ""));
    long[] seen = new long[all];
    int[] next = IntStream.range(0, PARTITIONS).toArray();
    Deadline stuck = Deadline.in(PATIENCE);
    try (PreparedStatement look = connection.prepareStatement(highest)) {
      while (Arrays.stream(next).anyMatch(number -> number < all)) {
        long began = System.nanoTime();
        try (ResultSet numbers = look.executeQuery()) {
          numbers.next();
          long now = System.nanoTime();
          for (int partition = 0; partition < PARTITIONS; partition++) {
            long highestNow = numbers.getLong(partition + 1);
            if (highestNow >= next[partition]) {
              stuck = Deadline.in(PATIENCE);
            }
            for (; next[partition] <= highestNow; next[partition] += PARTITIONS) {
              seen[next[partition]] = now;
            }
          }
        }
        if (stuck.hasPassed()) {
          throw new BenchFailure("No new row was seen for " + PATIENCE.toSeconds() + " s");
        }
        awaitNanoTime(began + LOOK_NANOS);
      }
    }
    return seen;
  }

  private static void awaitNanoTime(long due) {
    for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
      LockSupport.parkNanos(wait);
    }
  }
}
