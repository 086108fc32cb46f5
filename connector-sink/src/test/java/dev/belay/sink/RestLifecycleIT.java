package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TaskCase;
import dev.belay.testkit.connect.ConnectRest;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.connect.ConnectorStatus.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The zip in a stock Connect worker, through its life as users drive it over REST. */
class RestLifecycleIT extends TaskCase {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String CLASS = "dev.belay.sink.BelaySinkConnector";
  @TempDir static Path dir;
  private static ConnectWorker worker;
  private static ConnectRest rest;

  @BeforeAll
  static void start() throws Exception {
    worker =
        ConnectWorker.in(dir.resolve("connect"), PARTS.bootstrapServers())
            .plugins(List.of(Path.of(System.getProperty("belay.sink.zip"))))
            .logLevel("dev.belay", "trace")
            .start();
    rest = worker.rest();
  }

  @AfterAll
  static void stop() {
    if (worker != null) {
      worker.close();
    }
  }

  @Test
  void aConnectorIsPausedResumedStoppedMovedRestartedResetAndDeleted() {
    feed.create("orders", 1);
    String name = create();
    put(1, 11);
    resolved(15);
    await("the first row").atMost(LIMIT).until(() -> rows().equals(List.of("1@11")));
    await("its offset in Connect")
        .atMost(LIMIT)
        .until(() -> rest.sinkOffsets(name).getOrDefault(partition(), 0L) == 2);

    rest.pause(name);
    rest.awaitState(name, State.PAUSED, LIMIT);
    put(2, 21);
    resolved(25);
    // another connector shows when the row could long have been there
    db.sql(
        "CREATE SCHEMA witness",
        "GRANT USAGE ON SCHEMA witness TO " + db.role(),
        "CREATE TABLE witness.orders (LIKE orders INCLUDING ALL)");
    Map<String, String> witness = settings();
    witness.put("name", name + "-witness");
    witness.put("target.schema", "witness");
    rest.create(name + "-witness", witness);
    await("the witness has both rows")
        .atMost(LIMIT)
        .until(() -> db.value("SELECT count(*) FROM witness.orders").equals("2"));
    assertThat(rows()).as("nothing moves while the connector is paused").containsExactly("1@11");
    rest.delete(name + "-witness");
    rest.resume(name);
    await("the second row").atMost(LIMIT).until(() -> rows().equals(List.of("1@11", "2@21")));

    rest.stop(name);
    rest.awaitState(name, State.STOPPED, LIMIT);
    put(3, 31); // to be skipped
    put(4, 32);
    resolved(35);
    TopicPartition mistyped = new TopicPartition(feed.topic("oders"), 0);
    assertThatThrownBy(() -> rest.alterSinkOffsets(name, Map.of(partition(), 5L, mistyped, 0L)))
        .hasMessageContaining("Topic " + feed.topic("oders") + " does not exist");
    assertThat(db.checkpoint(name, feed.topic("orders"), 0).applied()).isEqualTo(4);
    rest.alterSinkOffsets(name, Map.of(partition(), 5L));
    assertThat(db.checkpoint(name, feed.topic("orders"), 0).applied()).isEqualTo(5);
    rest.resume(name);
    await("the row behind the new position")
        .atMost(LIMIT)
        .until(() -> rows().equals(List.of("1@11", "2@21", "4@32")));

    rest.restart(name);
    rest.awaitRunning(name, LIMIT);
    put(5, 41);
    resolved(45);
    await("a row after the restart").atMost(LIMIT).until(() -> rows().contains("5@41"));
    assertThat(db.stepsBack()).isEmpty();

    rest.stop(name);
    rest.awaitState(name, State.STOPPED, LIMIT);
    db.sql("TRUNCATE orders");
    rest.resetOffsets(name);
    rest.resume(name);
    await("everything again")
        .atMost(LIMIT)
        .until(() -> rows().equals(List.of("1@11", "2@21", "3@31", "4@32", "5@41")));

    rest.delete(name);
    await("it is gone").atMost(LIMIT).until(() -> rest.status(name).isEmpty());
    assertThat(db.checkpoint(name, feed.topic("orders"), 0).applied()).isPositive();
  }

  @Test
  void aSoundConfigurationHasNoErrorsAndTablesAreRecommended() {
    feed.create("orders", 1);
    ConnectRest.Validation validation = rest.validate(CLASS, settings());
    assertThat(validation.errors()).isEmpty();
    assertThat(validation.recommended().get("tables.map")).contains("orders:public.orders");
  }

  @Test
  void everyFieldAtFaultSaysWhatIsWrongWithIt() {
    feed.create("orders", 1);
    Map<String, String> wrong = settings();
    wrong.put("tasks.max", "3");
    wrong.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    wrong.put("replay.suspect", "perhaps");
    wrong.put("target.connection.user", "nobody_of_this_name");
    wrong.put("errors.deadletterqueue.topic.name", "dead");
    wrong.put("consumer.override.isolation.level", "read_uncommitted");
    wrong.put("topics", wrong.get("topics") + "," + feed.topic("tables_that_are_not_there"));
    Map<String, List<String>> errors = rest.validate(CLASS, wrong).errors();
    assertThat(errors).containsKey("replay.suspect");
    wrong.put("replay.suspect", "warn");
    wrong.put("tabels.map", "a:b");
    wrong.put("target.jdbc.password", "hush");
    errors = rest.validate(CLASS, wrong).errors();
    assertThat(errors)
        .containsKeys(
            "tasks.max",
            "delivery.mode",
            "value.converter",
            "target.connection.user",
            "errors.tolerance",
            "errors.deadletterqueue.topic.name",
            "consumer.override.isolation.level",
            "tables.map",
            "target.connection.password");
    assertThat(errors.toString()).doesNotContain("Exception").doesNotContain("hush");
  }

  @Test
  void rejectedRecordsReachTheDeadLetterQueueAsTheyCameWithTheirReason() {
    feed.create("orders", 1);
    String queue = feed.topic("dead");
    PARTS.topics().create(queue, 1);
    Map<String, String> settings = settings();
    settings.put("errors.tolerance", "all");
    settings.put("errors.deadletterqueue.topic.name", queue);
    settings.put("errors.deadletterqueue.topic.replication.factor", "1");
    settings.put("errors.deadletterqueue.context.headers.enable", "true");
    feed.raw("orders", 0, "[1]", "not JSON");
    feed.upsert("orders", "[2]", "{\"id\": 2, \"v\": 12, \"note\": \"secret\"}", 12);
    put(3, 13);
    resolved(15);
    String name = create(settings);
    await("the good row").atMost(LIMIT).until(() -> rows().equals(List.of("3@13")));
    List<ConsumerRecord<byte[], byte[]>> letters = read(queue, 2);
    assertThat(letters)
        .extracting(r -> new String(r.value(), StandardCharsets.UTF_8))
        .first()
        .isEqualTo("not JSON");
    ConsumerRecord<byte[], byte[]> refused = letters.get(1);
    assertThat(new String(refused.key(), StandardCharsets.UTF_8)).isEqualTo("[2]");
    assertThat(header(refused, "belay.sqlstate")).isEqualTo("23514");
    assertThat(header(refused, "belay.constraint")).isEqualTo("note_is_public");
    assertThat(header(refused, "belay.table")).isEqualTo("public.orders");
    assertThat(header(refused, "belay.hlc")).isEqualTo(Feed.hlc(12));
    assertThat(header(refused, "belay.reason"))
        .contains("note_is_public")
        .contains("Mend the column or constraint.")
        .doesNotContain("errors.tolerance")
        .doesNotContain("secret");
    assertThat(header(refused, "__connect.errors.topic")).isEqualTo(feed.topic("orders"));
    assertThat(header(refused, "__connect.errors.offset")).isEqualTo("1");
    assertThat(rest.status(name).orElseThrow().isRunning()).isTrue();
    rest.delete(name);
  }

  @Test
  void aTaskThatStopsShowsItsReasonAndNoValuesInItsStatus() {
    feed.create("orders", 1);
    feed.upsert("orders", "[2]", "{\"id\": 2, \"v\": 12, \"note\": \"secret\"}", 12);
    resolved(15);
    String name = create();
    String trace = rest.awaitTaskFailure(name, LIMIT);
    assertThat(trace)
        .contains("offset 0 of topic " + feed.topic("orders") + ", partition 0")
        .contains("note_is_public")
        .contains("errors.tolerance=all")
        .doesNotContain("secret");
    db.sql("ALTER TABLE orders DROP CONSTRAINT note_is_public");
    rest.restart(name);
    await("the row after the cure").atMost(LIMIT).until(() -> rows().equals(List.of("2@12")));
    rest.delete(name);
  }

  /** A value that PostgreSQL quotes in its error, one that is cut off, and a password. */
  @Test
  void theLogHasNeitherValuesNorThePasswordAtAnyLevel() throws IOException {
    feed.create("orders", 1);
    String queue = feed.topic("dead");
    PARTS.topics().create(queue, 1);
    Map<String, String> settings = settings();
    settings.put("errors.tolerance", "all");
    settings.put("errors.log.enable", "true");
    settings.put("errors.deadletterqueue.topic.name", queue);
    settings.put("errors.deadletterqueue.topic.replication.factor", "1");
    settings.put("target.connection.password", "open-sesame");
    feed.upsert("orders", "[2]", "{\"id\": 2, \"v\": 987654321987, \"note\": \"secret\"}", 12);
    feed.upsert("orders", "[3]", "{\"id\": 3, \"v\": 13, \"note\": \"whispered-to-nobody\"}", 13);
    feed.raw("orders", 0, "[4]", "{\"after\": {\"id\": 4, \"note\": \"half-a-wo");
    put(5, 15);
    resolved(16);
    String name = create(settings);
    await("the good row").atMost(LIMIT).until(() -> rows().equals(List.of("5@15")));
    assertThat(read(queue, 3)).hasSize(3);
    rest.delete(name);
    String log = Files.readString(worker.logFile());
    assertThat(log).contains("DEBUG dev.belay").contains("Rejected").contains("note_is_public");
    for (String secret :
        List.of("987654321987", "whispered-to-nobody", "half-a-wo", "open-sesame")) {
      assertThat(log.contains(secret)).as(secret).isFalse();
    }
  }

  @Test
  void offsetsAreThoseOfTheTopicAlsoWhenATransformRenamesIt() {
    feed.create("sales", 1);
    Map<String, String> settings = settings();
    settings.put("topics", feed.topic("sales"));
    settings.put("transforms", "rename");
    settings.put("transforms.rename.type", "org.apache.kafka.connect.transforms.RegexRouter");
    settings.put("transforms.rename.regex", feed.topic("sales"));
    settings.put("transforms.rename.replacement", feed.topic("orders"));
    // the name of the topic tells validation nothing about the table then
    settings.put("tables.map", "sales:orders");
    feed.upsert("sales", "[1]", row(1, 11), 11);
    feed.resolved("sales", 15);
    String name = create(settings);
    await("the row").atMost(LIMIT).until(() -> rows().equals(List.of("1@11")));
    TopicPartition sales = new TopicPartition(feed.topic("sales"), 0);
    await("its offset in Connect")
        .atMost(LIMIT)
        .until(() -> rest.sinkOffsets(name).equals(Map.of(sales, 2L)));
    assertThat(db.checkpoint(name, feed.topic("sales"), 0).applied()).isEqualTo(2);
    rest.delete(name);
  }

  private String create() {
    return create(settings());
  }

  private String create(Map<String, String> settings) {
    String name = "c" + feed.prefix();
    settings.remove("name");
    rest.create(name, settings);
    return name;
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(task().settings());
    settings.put("connector.class", CLASS);
    settings.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    return settings;
  }

  private TopicPartition partition() {
    return new TopicPartition(feed.topic("orders"), 0);
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(String topic, int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", PARTS.bootstrapServers(), "auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(new TopicPartition(topic, 0)));
      await(count + " records in " + topic)
          .atMost(LIMIT)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() >= count;
              });
    }
    return records;
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }
}
