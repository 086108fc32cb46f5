package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.sink.BelaySinkConnector;
import dev.belay.sink.config.SinkKeys;
import dev.belay.sink.transforms.MaskColumns;
import dev.belay.testkit.cockroach.NewDatabase;
import dev.belay.testkit.connect.ConnectRest;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.docs.ConnectorFile;
import dev.belay.testkit.docs.Repository;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.postgres.PostgresServer;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of config/ on real parts: only addresses and secrets are put in. */
class ConfigFilesIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern SQL_BLOCK = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static PostgresServer postgres;
  private static ConnectWorker worker;
  private static String url;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    postgres = PostgresServer.start(PostgresServer.Version.NEW);
    url = postgres.createDatabase("shop");
    try (Connection db = DriverManager.getConnection(url, postgres.superuser(), "");
        Statement sql = db.createStatement()) {
      sql.execute("CREATE TABLE customers (id bigint PRIMARY KEY, name text)");
      sql.execute(
          "CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint REFERENCES customers)");
      sql.execute("CREATE TABLE clicks (id bigint PRIMARY KEY, at timestamptz)");
      sql.execute("CREATE TABLE readings (id bigint PRIMARY KEY, value numeric)");
      sql.execute("CREATE ROLE belay LOGIN");
      sql.execute(
          "GRANT SELECT, INSERT, UPDATE, DELETE ON customers, orders, clicks, readings TO belay");
      for (String statement : read("config/sql/postgresql/belay-schema.sql").split("\n-- next\n")) {
        sql.execute(statement);
      }
      sql.execute("GRANT USAGE ON SCHEMA belay TO belay");
      sql.execute("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA belay TO belay");
      sql.execute("GRANT DELETE ON belay.belay_rejection TO belay");
    }
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      for (String table : List.of("customers", "orders", "clicks", "readings")) {
        topics.create("shop.public." + table, 2);
      }
    }
    Files.createDirectory(dir.resolve("secrets"));
    Files.writeString(dir.resolve("secrets/secrets.properties"), "target.password=unasked\n");
    worker =
        ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
            .plugins(List.of(Path.of(System.getProperty("belay.sink.zip"))))
            .properties(workerProperties())
            .start();
  }

  /** The file's, but for what is of the place. */
  private static Map<String, String> workerProperties() throws Exception {
    Properties file = new Properties();
    try (InputStream in =
        Files.newInputStream(
            Repository.ROOT.resolve("config/worker/connect-distributed.properties"))) {
      file.load(in);
    }
    Map<String, String> settings = new HashMap<>();
    file.forEach((key, value) -> settings.put((String) key, here((String) value)));
    List.of("bootstrap.servers", "listeners", "plugin.path").forEach(settings::remove);
    settings.keySet().removeIf(key -> key.endsWith("replication.factor"));
    return settings;
  }

  /** The folder of secrets is another one here. */
  private static String here(String value) {
    return value.replace("/etc/belay", dir.resolve("secrets").toString());
  }

  private static String read(String file) throws Exception {
    return Files.readString(Repository.ROOT.resolve(file));
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
  void theLeastConnectorRunsAsAnOrdinaryRole() throws Exception {
    runs("config/sink/postgresql.json");
  }

  /** The file has it fail where a plugin of the zip has no service file. */
  @Test
  void theWorkerFindsTheZipsPluginsByTheirServiceFiles() throws Exception {
    assertThat(workerProperties()).containsEntry("plugin.discovery", "hybrid_fail");
    assertThat(worker.rest().plugins())
        .extracting(ConnectRest.Plugin::className)
        .contains(BelaySinkConnector.class.getName(), MaskColumns.class.getName());
  }

  @Test
  void severalTasksRun() throws Exception {
    runs("config/sink/postgresql-immediate.json");
  }

  /** What a transform leaves out is passed over by the position too. */
  @Test
  void transformsWorkBeforeTheConnectorAndLeaveItsPositionAlone() throws Exception {
    String topic = "shop.public.customers_v2";
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      topics.create(topic, 1);
    }
    ConnectorFile file = ConnectorFile.read(Repository.ROOT.resolve("config/sink/transforms.json"));
    Map<String, String> config = made(file);
    assertThat(config).containsEntry("topics", topic);
    worker.rest().create(file.name(), config);
    worker.rest().awaitRunning(file.name(), LIMIT);
    try (KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        Connection db = DriverManager.getConnection(url, postgres.superuser(), "");
        Statement sql = db.createStatement()) {
      send(
          producer,
          topic,
          "[71]",
          "{\"after\": {\"id\": 71, \"name\": \"Ada\"}, \"updated\": \"1.0000000000\"}");
      send(
          producer,
          topic,
          "[72]",
          "{\"after\": {\"id\": 72, \"name\": \"Bob\"}, \"updated\": \"2.0000000000\"}",
          "internal");
      send(
          producer,
          topic,
          "[73]",
          "{\"after\": {\"id\": 73, \"name\": null}, \"updated\": \"3.0000000000\"}");
      send(producer, topic, null, "{\"resolved\": \"4.0000000000\"}");
      await().atMost(LIMIT).until(() -> names(sql).equals(List.of("71=masked", "73=null")));
      // the last record of all is one that the connector never sees
      send(
          producer,
          topic,
          "[74]",
          "{\"after\": {\"id\": 74, \"name\": \"Eve\"}, \"updated\": \"5.0000000000\"}",
          "internal");
      send(producer, topic, null, "{\"resolved\": \"6.0000000000\"}");
      TopicPartition partition = new TopicPartition(topic, 0);
      await()
          .atMost(LIMIT)
          .until(() -> worker.rest().sinkOffsets(file.name()).equals(Map.of(partition, 6L)));
      worker.rest().restart(file.name());
      worker.rest().awaitRunning(file.name(), LIMIT);
      send(
          producer,
          topic,
          "[75]",
          "{\"after\": {\"id\": 75, \"name\": \"Fay\"}, \"updated\": \"7.0000000000\"}");
      send(producer, topic, null, "{\"resolved\": \"8.0000000000\"}");
      await()
          .atMost(LIMIT)
          .until(() -> names(sql).equals(List.of("71=masked", "73=null", "75=masked")));
    }
    worker.rest().delete(file.name());
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer,
      String topic,
      String key,
      String value,
      String... headers)
      throws Exception {
    ProducerRecord<byte[], byte[]> made =
        new ProducerRecord<>(
            topic,
            0,
            key == null ? null : key.getBytes(StandardCharsets.UTF_8),
            value.getBytes(StandardCharsets.UTF_8));
    for (String header : headers) {
      made.headers().add(header, new byte[0]);
    }
    producer.send(made).get();
  }

  private static List<String> names(Statement sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (ResultSet rows =
        sql.executeQuery("SELECT id, name FROM customers WHERE id > 70 ORDER BY id")) {
      while (rows.next()) {
        found.add(rows.getLong(1) + "=" + rows.getString(2));
      }
    }
    return found;
  }

  private static void runs(String path) throws Exception {
    ConnectorFile file = ConnectorFile.read(Repository.ROOT.resolve(path));
    Map<String, String> config = made(file);
    worker.rest().create(file.name(), config);
    worker.rest().awaitRunning(file.name(), LIMIT);
    worker.rest().delete(file.name());
  }

  /** The file's settings for this place, which validation takes. */
  private static Map<String, String> made(ConnectorFile file) throws Exception {
    Map<String, String> config = file.config();
    config.put(SinkKeys.TARGET_URL, url);
    config.replaceAll((key, value) -> here(value));
    config.put(SinkKeys.KAFKA_ADMIN_BOOTSTRAP, kafka.bootstrapServers());
    assertThat(worker.rest().validate(config.get("connector.class"), named(file, config)))
        .matches(validation -> validation.isValid());
    return config;
  }

  private static Map<String, String> named(ConnectorFile file, Map<String, String> config) {
    Map<String, String> named = new HashMap<>(config);
    named.put("name", file.name());
    return named;
  }

  @Test
  void queriesOfThePagesRun() throws Exception {
    List<String> queries = new ArrayList<>();
    for (Path page :
        List.of(
            Repository.docs("reference/checkpoint-tables.md"),
            Repository.docs("operations.md"),
            Repository.docs("troubleshooting.md"))) {
      Matcher block = SQL_BLOCK.matcher(Files.readString(page));
      while (block.find()) {
        if (block.group(1).startsWith("SELECT") && block.group(1).contains("belay.")) {
          queries.add(block.group(1));
        }
      }
    }
    assertThat(queries).isNotEmpty();
    try (Connection db = DriverManager.getConnection(url, "belay", "");
        Statement sql = db.createStatement()) {
      for (String query : queries) {
        try (ResultSet rows = sql.executeQuery(query)) {
          assertThat(rows.getMetaData().getColumnCount()).as(query).isPositive();
        }
      }
    }
  }

  @Test
  void theChangefeedCanBeCreated() throws Exception {
    String script = read("config/sql/cockroachdb/create-changefeed.sql");
    try (NewDatabase from = NewDatabase.open();
        Connection db = from.connect();
        Statement sql = db.createStatement()) {
      // its own, since the database may be somebody's
      sql.execute("DROP SCHEMA IF EXISTS config_files CASCADE");
      sql.execute("CREATE SCHEMA config_files");
      sql.execute("CREATE TABLE config_files.customers (id INT8 PRIMARY KEY, name STRING)");
      sql.execute("CREATE TABLE config_files.orders (id INT8 PRIMARY KEY, customer INT8)");
      String now;
      try (ResultSet row = sql.executeQuery("SELECT cluster_logical_timestamp()")) {
        row.next();
        now = row.getString(1);
      }
      String create =
          script
              .substring(script.indexOf("CREATE CHANGEFEED"), script.indexOf("-- Does it move?"))
              .replaceAll("--[^\n]*", "")
              .replace("shop.public.", "config_files.")
              .replace("external://belay_kafka", "kafka://" + kafka.bootstrapServers())
              .replaceFirst("cursor = '[^']*'", "cursor = '" + now + "'")
              .replace(";", "");
      try (ResultSet job = sql.executeQuery(create)) {
        assertThat(job.next()).isTrue();
        long id = job.getLong(1);
        sql.execute("CANCEL JOB " + id);
      } finally {
        sql.execute("DROP SCHEMA config_files CASCADE");
      }
    }
  }
}
