package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.sink.decode.AvroBytes;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.postgres.PostgresServer;
import dev.belay.testkit.registry.TestRegistry;
import dev.belay.testkit.tls.Authority;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Avro with a schema registry behind TLS and a password, through the shipped zip into rows. */
class AvroIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String USER = "reader";
  private static final String SECRET = "planted-registry-secret";

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static PostgresServer postgres;
  private static Authority authority;
  private static TestRegistry registry;
  private static ConnectWorker worker;
  private static KafkaProducer<byte[], byte[]> producer;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    postgres = PostgresServer.start(PostgresServer.Version.NEW);
    authority = Authority.create(dir.resolve("tls"));
    registry = TestRegistry.startSecure(authority.issue("registry", "ip:127.0.0.1"));
    registry.require(USER, SECRET);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    worker =
        ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
            .plugin(List.of(Path.of(System.getProperty("belay.sink.zip"))))
            .plugin(List.of(StructConverter.plugin(dir)))
            .start();
    worker.awaitHealthy(LIMIT);
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable part : new AutoCloseable[] {worker, producer, registry, postgres, kafka}) {
      if (part != null) {
        part.close();
      }
    }
  }

  /** A column as CockroachDB declares it, its Avro type, a value, and what the target then has. */
  private record Column(
      String name, String declared, String avro, String target, Object value, String text) {}

  private static List<Column> columns() {
    String micros = "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}";
    return List.of(
        new Column("n", "INT8", "\"long\"", "bigint", Long.MAX_VALUE, "9223372036854775807"),
        new Column(
            "total",
            "DECIMAL(30,9)",
            "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":30,\"scale\":9},\"string\"",
            "numeric(30,9)",
            ByteBuffer.wrap(new BigInteger("12345678901234567890123456789").toByteArray()),
            "12345678901234567890.123456789"),
        new Column(
            "rate",
            "DECIMAL(30,9)",
            "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":30,\"scale\":9},\"string\"",
            "numeric",
            "NaN",
            "NaN"),
        new Column("f", "FLOAT8", "\"double\"", "double precision", 0.1, "0.1"),
        new Column("ok", "BOOL", "\"boolean\"", "boolean", true, "t"),
        new Column("note", "STRING", "\"string\"", "text", "{\"a\": 1}", "{\"a\": 1}"),
        new Column("doc", "JSONB", "\"string\"", "jsonb", "{\"a\": 1.10}", "{\"a\": 1.10}"),
        new Column(
            "raw", "BYTES", "\"bytes\"", "bytea", ByteBuffer.wrap(new byte[] {0, -1}), "\\x00ff"),
        new Column(
            "born",
            "DATE",
            "{\"type\":\"int\",\"logicalType\":\"date\"}",
            "date",
            17_898,
            "2019-01-02"),
        new Column(
            "woke",
            "TIME",
            "{\"type\":\"long\",\"logicalType\":\"time-micros\"}",
            "time",
            86_400_000_000L,
            "24:00:00"),
        new Column("at", "TIMESTAMP", micros, "timestamp", 1L, "1970-01-01 00:00:00.000001"),
        new Column(
            "atz", "TIMESTAMPTZ", micros, "timestamptz", -1L, "1969-12-31 23:59:59.999999+00"),
        new Column(
            "took",
            "INTERVAL",
            "\"string\"",
            "interval",
            "P1Y2M3DT4H5M6S",
            "1 year 2 mons 3 days 04:05:06"),
        new Column(
            "id2",
            "UUID",
            "\"string\"",
            "uuid",
            "27f4f4c9-e35a-45dd-9b79-5ff0f9b5fbb0",
            "27f4f4c9-e35a-45dd-9b79-5ff0f9b5fbb0"),
        new Column(
            "bits",
            "VARBIT",
            "{\"type\":\"array\",\"items\":\"long\"}",
            "bit varying",
            List.of(3L, 1L << 62),
            "010"),
        new Column(
            "tags",
            "STRING[]",
            "{\"type\":\"array\",\"items\":[\"null\",\"string\"]}",
            "text[]",
            Arrays.asList("x,y", null),
            "{\"x,y\",NULL}"),
        new Column("gone", "STRING", "\"string\"", "text", null, null));
  }

  @Test
  void everyTypeArrivesAndADeleteFindsItsRow() throws Exception {
    everyTypeArrives("kinds", feed -> Map.of());
    assertThat(log()).doesNotContain(SECRET);
  }

  /** Its schemas have no word for what the database calls TIMESTAMP, TIME, VARBIT and JSONB. */
  @Test
  void everyTypeArrivesThroughAConverterOfConnect() throws Exception {
    everyTypeArrives(
        "structs",
        feed -> {
          Map<String, String> settings = new HashMap<>();
          settings.put("feed.format", "struct");
          for (String part : List.of("key", "value")) {
            settings.put(part + ".converter", StructConverter.class.getName());
            feed.schemas()
                .forEach((id, text) -> settings.put(part + ".converter.schema." + id, text));
          }
          return settings;
        });
  }

  private static void everyTypeArrives(
      String table, Function<Feed, Map<String, String>> otherSettings) throws Exception {
    List<Column> columns = columns();
    StringBuilder ddl = new StringBuilder("CREATE TABLE " + table + " (id bigint PRIMARY KEY");
    StringBuilder fields = new StringBuilder(field("id", "INT8 NOT NULL", "\"long\""));
    columns.forEach(
        c -> {
          ddl.append(", ").append(c.name()).append(' ').append(c.target());
          fields.append(',').append(field(c.name(), c.declared() + " NULL", c.avro()));
        });
    String url = postgres.createDatabase(table);
    try (Connection db = DriverManager.getConnection(url, postgres.superuser(), "");
        Topics topics = new Topics(kafka.bootstrapServers())) {
      db.createStatement().execute(ddl.append(")").toString());
      topics.create(table, 1);
      Feed feed = new Feed(table, fields.toString());
      for (long id = 1; id <= 2; id++) {
        GenericRecord row = feed.row(id);
        columns.forEach(c -> row.put(c.name(), c.value()));
        feed.change(id, row, 100 + id);
      }
      feed.change(2, null, 103);
      feed.resolved(104);

      Map<String, String> settings = settings(table, url);
      settings.putAll(otherSettings.apply(feed));
      worker.rest().create(table, settings);
      worker.rest().awaitRunning(table, LIMIT);

      await().atMost(LIMIT).until(() -> frontier(db, table).equals("104.0000000000"));
      assertThat(rows(db, "SELECT id FROM " + table)).containsExactly("1");
      for (Column c : columns) {
        assertThat(rows(db, "SET timezone = 'UTC'; SELECT " + c.name() + " FROM " + table))
            .as(c.name())
            .containsExactly(c.text());
      }
      worker.rest().delete(table);
    }
  }

  @Test
  void registryThatIsAwayIsWaitedFor() throws Exception {
    String url = postgres.createDatabase("later");
    try (Connection db = DriverManager.getConnection(url, postgres.superuser(), "");
        Topics topics = new Topics(kafka.bootstrapServers())) {
      db.createStatement().execute("CREATE TABLE later (id bigint PRIMARY KEY)");
      topics.create("later", 1);
      Feed feed = new Feed("later", field("id", "INT8 NOT NULL", "\"long\""));
      worker.rest().create("later", settings("later", url));
      worker.rest().awaitRunning("later", LIMIT);
      registry.goAway();
      try {
        feed.change(1, feed.row(1), 101);
        feed.resolved(102);
        await()
            .atMost(LIMIT)
            .until(() -> log().contains("Waiting: no server of feed.schema.registry.url"));
        assertThat(rows(db, "SELECT id FROM later")).isEmpty();
      } finally {
        registry.comeBack();
      }
      await().atMost(LIMIT).until(() -> rows(db, "SELECT id FROM later").equals(List.of("1")));
      assertThat(worker.rest().status("later").orElseThrow().isRunning()).isTrue();
      worker.rest().delete("later");
    }
  }

  @Test
  void validationAsksTheRegistryAndShowsNoSecret() throws Exception {
    String url = postgres.createDatabase("valid");
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      topics.create("valid", 1);
      Map<String, String> settings = settings("valid", url);
      settings.put("feed.schema.registry.basic.auth.user.info", USER + ":wrong-" + SECRET);

      String refused =
          worker.rest().validate(settings.get("connector.class"), settings).errors().toString();
      settings.remove("feed.schema.registry.ssl.truststore.location");
      String untrusted =
          worker.rest().validate(settings.get("connector.class"), settings).errors().toString();

      assertThat(refused).contains("refuses to answer (HTTP status 401)").doesNotContain(SECRET);
      assertThat(untrusted)
          .contains("No server of feed.schema.registry.url answers", "SSLHandshakeException")
          .doesNotContain(SECRET);
    }
  }

  private static String log() throws IOException {
    return Files.readString(worker.logFile());
  }

  private static String frontier(Connection db, String connector) throws SQLException {
    try (Statement sql = db.createStatement();
        ResultSet there =
            sql.executeQuery("SELECT to_regclass('belay.belay_frontier') IS NOT NULL")) {
      there.next();
      if (!there.getBoolean(1)) {
        return "";
      }
    }
    List<String> found =
        rows(db, "SELECT frontier FROM belay.belay_frontier WHERE connector = '" + connector + "'");
    return found.isEmpty() || found.get(0) == null ? "" : found.get(0);
  }

  private static List<String> rows(Connection db, String query) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement sql = db.createStatement()) {
      sql.execute(query.contains(";") ? query.substring(0, query.indexOf(';')) : "SELECT 1");
      try (ResultSet rows = sql.executeQuery(query.substring(query.indexOf(';') + 1))) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
    }
    return found;
  }

  private static String field(String name, String declared, String avro) {
    return "{\"name\":\""
        + name
        + "\",\"type\":[\"null\","
        + avro
        + "],\"default\":null,\"__crdb__\":\""
        + name
        + " "
        + declared
        + "\"}";
  }

  private static Map<String, String> settings(String topic, String url) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    settings.put("topics", topic);
    settings.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("target.connection.url", url);
    settings.put("target.connection.user", postgres.superuser());
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    settings.put("consumer.override.isolation.level", "read_committed");
    settings.put("feed.format", "avro");
    settings.put("feed.schema.registry.url", registry.url());
    settings.put("feed.schema.registry.basic.auth.user.info", USER + ":" + SECRET);
    settings.put("feed.schema.registry.ssl.truststore.type", "PEM");
    settings.put(
        "feed.schema.registry.ssl.truststore.location", authority.certificate().toString());
    return settings;
  }

  /**
   * Writes what a changefeed with {@code format=avro, envelope=wrapped, updated, resolved} does.
   */
  private static final class Feed {
    private final String topic;
    private final Schema row;
    private final Schema key;
    private final Schema value;
    private final Schema resolved;
    private final int keyId;
    private final int valueId;
    private final int resolvedId;

    Feed(String topic, String fields) {
      this.topic = topic;
      String record = "{\"type\":\"record\",\"name\":\"" + topic + "\",\"fields\":[";
      this.row = new Schema.Parser().parse(record + fields + "]}");
      this.key =
          new Schema.Parser().parse(record + field("id", "INT8 NOT NULL", "\"long\"") + "]}");
      String envelope = "{\"type\":\"record\",\"name\":\"" + topic + "_envelope\",\"fields\":[";
      this.value =
          new Schema.Parser()
              .parse(
                  envelope
                      + "{\"name\":\"after\",\"type\":[\"null\","
                      + row
                      + "],\"default\":null},{\"name\":\"updated\",\"type\":[\"null\",\"string\"],"
                      + "\"default\":null}]}");
      this.resolved =
          new Schema.Parser()
              .parse(
                  envelope
                      + "{\"name\":\"resolved\",\"type\":[\"null\",\"string\"],\"default\":null}]}");
      this.keyId = registry.register(key.toString());
      this.valueId = registry.register(value.toString());
      this.resolvedId = registry.register(resolved.toString());
    }

    Map<Integer, String> schemas() {
      return Map.of(
          keyId, key.toString(), valueId, value.toString(), resolvedId, resolved.toString());
    }

    GenericRecord row(long id) {
      GenericRecord made = new GenericData.Record(row);
      made.put("id", id);
      return made;
    }

    void change(long id, GenericRecord after, long time) throws Exception {
      GenericRecord keyOf = new GenericData.Record(key);
      keyOf.put("id", id);
      GenericRecord whole = new GenericData.Record(value);
      whole.put("after", after);
      whole.put("updated", time + ".0000000000");
      producer
          .send(
              new ProducerRecord<>(
                  topic,
                  0,
                  AvroBytes.message(keyId, key, keyOf),
                  AvroBytes.message(valueId, value, whole)))
          .get();
    }

    void resolved(int time) throws Exception {
      GenericRecord whole = new GenericData.Record(resolved);
      whole.put("resolved", time + ".0000000000");
      producer
          .send(
              new ProducerRecord<>(topic, 0, null, AvroBytes.message(resolvedId, resolved, whole)))
          .get();
    }
  }
}
