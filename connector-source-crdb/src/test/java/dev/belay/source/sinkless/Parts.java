package dev.belay.source.sinkless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.source.TopicReader;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.Trees;
import dev.belay.testkit.connect.ConnectRest;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import javax.management.remote.JMXConnector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A broker, a worker with the zip we ship, and the stand-in. */
final class Parts implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  static final Duration LIMIT = Duration.ofSeconds(90);

  final Path dir;
  final KafkaProcess kafka;
  final StandIn cluster;
  final ConnectWorker worker;
  final Topics topics;
  private final Jmx jmx = new Jmx();

  private Parts(boolean exactlyOnce) throws Exception {
    dir = Files.createTempDirectory("belay-sinkless-");
    kafka = KafkaProcess.start(dir.resolve("kafka"));
    topics = new Topics(kafka.bootstrapServers());
    cluster = StandIn.start();
    worker =
        ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
            .plugins(List.of(Path.of(System.getProperty("belay.source.zip"))))
            .properties(Map.of("exactly.once.source.support", exactlyOnce ? "enabled" : "disabled"))
            .jvmOptions(jmx.options())
            .start();
    worker.awaitHealthy(LIMIT);
  }

  static Parts exactlyOnce() throws Exception {
    return new Parts(true);
  }

  static Parts atLeastOnce() throws Exception {
    return new Parts(false);
  }

  ConnectRest rest() {
    return worker.rest();
  }

  String bootstrap() {
    return kafka.bootstrapServers();
  }

  /** A connector's configuration; what is given wins. */
  Map<String, String> settings(String tables, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", "dev.belay.source.CockroachSourceConnector");
    settings.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("tasks.max", "1");
    settings.put("source.connection.url", cluster.url());
    settings.put("source.connection.user", StandIn.USER);
    settings.put("feed.delivery", "sinkless");
    settings.put("feed.tables", tables);
    settings.put("feed.resolved.interval.ms", "100");
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    settings.put("resume.backoff.ms", "100");
    settings.put("resume.backoff.max.ms", "500");
    settings.put("topic.partitions", "3");
    // a worker that was killed finds its offsets only when its open transaction has ended
    settings.put("producer.override.transaction.timeout.ms", "10000");
    settings.putAll(more);
    return settings;
  }

  void create(String name, String tables, Map<String, String> more) {
    rest().create(name, settings(tables, more));
    rest().awaitRunning(name, LIMIT);
  }

  HlcTimestamp now() throws SQLException {
    return HlcTimestamp.parse(cluster.now().toString()).orElseThrow();
  }

  void table(String name) throws SQLException {
    cluster.execute("CREATE TABLE " + name + " (id INT PRIMARY KEY, v STRING, n INT)");
  }

  /** A changefeed to Kafka over the same tables, to topics with a prefix. */
  long job(String prefix, HlcTimestamp cursor, String... tables) throws SQLException {
    return cluster.createChangefeed(
        "CREATE CHANGEFEED FOR TABLE "
            + String.join(", TABLE ", tables)
            + " INTO 'kafka://"
            + kafka.bootstrapServers()
            + "?topic_prefix="
            + prefix
            + "' WITH updated, resolved = '100ms', min_checkpoint_frequency = '100ms',"
            + " full_table_name, envelope = 'wrapped', cursor = '"
            + cursor
            + "'");
  }

  /** Transactions with rows of all tables: new ones, changed ones, deleted ones. */
  static void work(Connection session, Random random, int transactions, String... tables)
      throws SQLException {
    session.setAutoCommit(false);
    try (Statement statement = session.createStatement()) {
      for (int i = 0; i < transactions; i++) {
        for (String table : tables) {
          int id = random.nextInt(40);
          statement.execute(
              random.nextInt(5) == 0
                  ? "DELETE FROM " + table + " WHERE id = " + id
                  : "UPSERT INTO "
                      + table
                      + " VALUES ("
                      + id
                      + ", 'ü \"updated\": \"1.0\" "
                      + random.nextInt(1000)
                      + "', "
                      + random.nextInt()
                      + ")");
        }
        session.commit();
      }
    }
    session.setAutoCommit(true);
  }

  /** What the worker cannot do without, in bytes of its heap. */
  long liveHeap() throws IOException {
    try (JMXConnector watcher = jmx.watch()) {
      MemoryMXBean memory =
          ManagementFactory.newPlatformMXBeanProxy(
              watcher.getMBeanServerConnection(),
              ManagementFactory.MEMORY_MXBEAN_NAME,
              MemoryMXBean.class);
      memory.gc();
      return memory.getHeapMemoryUsage().getUsed();
    }
  }

  /** What a metric of a connector's first task says, as somebody who watches the worker sees it. */
  Object metric(String connector, ReaderMeter meter) throws Exception {
    return jmx.metric(connector, meter.shown());
  }

  /**
   * Waits for a record of a connector's first task in the status topic, read from its beginning.
   *
   * @param wanted what it must say
   */
  JsonNode status(String connector, Predicate<JsonNode> wanted) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap(), "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition all = new TopicPartition("belay-status", 0);
      consumer.assign(List.of(all));
      consumer.seekToBeginning(List.of(all));
      Deadline deadline = Deadline.in(LIMIT);
      List<JsonNode> seen = new ArrayList<>();
      while (!deadline.hasPassed()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          Optional<JsonNode> found = Optional.ofNullable(record.value()).map(Parts::json);
          if (found.isEmpty() || !found.get().path("connector").asText().equals(connector)) {
            continue;
          }
          seen.add(found.get());
          if (json(record.key()).path("task").asInt(-1) == 0 && wanted.test(found.get())) {
            return found.get();
          }
        }
      }
      throw new AssertionError(connector + " never says so, but " + seen);
    }
  }

  /** What the status topic keeps of a connector's tasks, as of now. */
  List<JsonNode> lastOfEachTask(String connector) {
    Map<String, JsonNode> last = new TreeMap<>();
    new TopicReader(bootstrap())
        .latest("belay-status")
        .forEach(
            (key, value) -> {
              JsonNode of = json(key.getBytes(StandardCharsets.UTF_8));
              if (of.path("connector").asText().equals(connector) && !value.isEmpty()) {
                last.put(key, json(value.getBytes(StandardCharsets.UTF_8)));
              }
            });
    return List.copyOf(last.values());
  }

  private static JsonNode json(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    worker.close();
    topics.close();
    cluster.close();
    kafka.close();
    Trees.delete(dir);
  }
}
