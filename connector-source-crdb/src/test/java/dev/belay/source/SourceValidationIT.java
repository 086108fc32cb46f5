package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.connect.ConnectRest.Validation;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.feed.JobState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code PUT /connector-plugins/.../validate} says, on which field. */
class SourceValidationIT extends SourceCase {

  @Test
  void aSoundConfigurationHasNoErrors() {
    Validation answer = validate(Map.of());
    assertThat(answer.errors()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "feed.tables | '' | feed.tables | No table is named",
        "feed.tables | nowhere | feed.tables | is not in database defaultdb",
        "feed.table.filter | nothing.* | feed.table.filter | take none of the",
        "feed.table.filter | ( | feed.table.filter | is no regular expression",
        "feed.tabels | a | feed.tabels | is unknown and would do nothing",
        "key.converter | org.apache.kafka.connect.json.JsonConverter | key.converter | ByteArrayConverter",
        "source.connection.url | jdbc:mysql://127.0.0.1/x | source.connection.url | begins with jdbc:postgresql:",
        "source.connection.url | jdbc:postgresql://127.0.0.1:1/x?password=y | source.connection.url | Has a password in it",
        "source.connection.url | jdbc:postgresql://db.example.com:26257/x | source.connection.url | without TLS",
        "source.jdbc.password | x | source.connection.password | does not know for a secret",
        "feed.sink.uri | '' | feed.sink.uri | Is not set",
        "feed.sink.uri | http://x | feed.sink.uri | Is no address of Kafka",
        "feed.sink.uri | kafka://kafka.example.com:9092 | feed.sink.uri | without TLS",
        "feed.sink.uri | kafka://kafka.example.com:9092?tls_enabled=true&insecure_tls_skip_verify=true | feed.sink.uri | without checking who that is",
        "feed.sink.uri | kafka://kafka.example.com:9092?tls_enabled=true&insecure%5Ftls_skip_verify=1 | feed.sink.uri | without checking who that is",
        "feed.sink.uri | kafka://kafka.example.com:9092#?tls_enabled=true | feed.sink.uri | Has a # in its address",
        "feed.sink.uri | external://brokers?tls_enabled=true | feed.sink.uri | Put them into the URI of CREATE EXTERNAL CONNECTION",
        "feed.cursor | 1700000000000000000.0000000000 | feed.cursor | Set feed.initial.scan=no",
        "feed.cursor | yesterday | feed.cursor | is no time of CockroachDB",
        "feed.option.updated | unset | feed.option.updated | the sink stops at the first change",
        "feed.option.cursor | 1 | feed.option.cursor | feed.cursor is for it",
        "feed.option.split_column_families | '' | feed.option.split_column_families | together with resolved",
        "feed.option.format | avro | feed.option.format | reads format=json",
        "feed.kafka.sink.config | {\"ClientID\":\"x\"} | feed.kafka.sink.config | leave it out",
        "feed.kafka.sink.config | [] | feed.kafka.sink.config | is no JSON object",
        "feed.overrides.file | /does/not/exist.json | feed.overrides.file | is not there",
        "spill.dir | relative/folder | spill.dir | Is no absolute path",
        "spill.dir | /etc/passwd/belay | spill.dir | cannot write to",
        "source.connection.url | jdbc:postgresql://db.example.com:26257/x?sslmode=disable | source.connection.url | without TLS",
        "feed.resolved.interval.ms | 200000 | stall.timeout.ms | between two of them",
        "feed.away.max.ms | 1000000000 | feed.away.max.ms | Raise feed.gc.protect.expires.after.ms",
        "feed.option.gc_protect_expires_after | 1h | feed.option.gc_protect_expires_after | Raise feed.option.gc_protect_expires_after",
        "feed.option.gc_protect_expires_after | 3d | feed.option.gc_protect_expires_after | Days are no unit",
        "feed.option.min_checkpoint_frequency | 10m | feed.option.min_checkpoint_frequency | between two of them",
        "transaction.max.record | 1 | transaction.max.record | is unknown and would do nothing",
        "stall.action | explode | stall.action | it is one of report, fail",
      })
  void aFieldAtFaultSaysWhy(String key, String value, String field, String why) {
    Validation answer = validate(Map.of(key, value));
    assertThat(answer.errors().get(field))
        .as("%s", answer.errors())
        .anyMatch(text -> text.contains(why));
  }

  @Test
  void whatLetsConnectDropRowsIsRefusedWhereItWritesThem() {
    Map<String, String> dropping =
        Map.of("feed.delivery", "sinkless", "feed.sink.uri", "", "errors.tolerance", "all");
    assertThat(validate(dropping).errors().get("errors.tolerance"))
        .anyMatch(text -> text.contains("the row is lost"));
    assertThat(validate(Map.of("errors.tolerance", "all")).errors()).isEmpty();
  }

  @Test
  void tablesThatWouldShareATopicAreRefused() throws Exception {
    sql("CREATE SCHEMA t" + name);
    sql("CREATE TABLE t" + name + "." + name + " (id INT8 PRIMARY KEY)");
    Map<String, String> both =
        Map.of("feed.tables", name + ",t" + name + "." + name, "feed.full.table.name", "false");
    assertThat(validate(both).errors().get("feed.full.table.name"))
        .anyMatch(text -> text.contains("would share a topic"));
  }

  @Test
  void aCompactedTopicIsRefused() throws Exception {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", PARTS.kafka().bootstrapServers()))) {
      NewTopic compacted =
          new NewTopic(topic(), 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
      admin.createTopics(List.of(compacted)).all().get();
    }
    assertThat(validate(Map.of()).errors().get("feed.tables"))
        .anyMatch(text -> text.contains("is compacted"));
  }

  @Test
  void aTopicThatIsCompactedSinceIsToldAtTheStart() throws Exception {
    create(Map.of());
    awaitRunning();
    awaitStatus("RUNNING");
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", PARTS.kafka().bootstrapServers()))) {
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic());
      AlterConfigOp compact =
          new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.SET);
      admin.incrementalAlterConfigs(Map.of(resource, List.of(compact))).all().get();
    }
    PARTS.worker().rest().restartTask(name, 0);
    eventually(
        () ->
            assertThat(Files.readString(PARTS.worker().logFile()))
                .contains("Topic " + topic() + " of table " + topic() + " is compacted"));
  }

  @Test
  void whatIsToBeWrittenInTheClearIsAllowedOnlyIfSaid() {
    Map<String, String> clear =
        Map.of("feed.sink.uri", "kafka://kafka.example.com:9092", "allow.insecure", "true");
    assertThat(validate(clear).errors()).isEmpty();
  }

  @Test
  void bothDirectionsNeedAFeedWithoutScansAndEchoes() {
    Map<String, List<String>> errors =
        validate(
                Map.of(
                    "feed.bidirectional", "true",
                    "feed.initial.scan", "yes",
                    "feed.schema.change.policy", "backfill",
                    "feed.option.ignore_disable_changefeed_replication", ""))
            .errors();
    assertThat(errors)
        .containsKeys(
            "feed.bidirectional",
            "feed.initial.scan",
            "feed.schema.change.policy",
            "feed.option.ignore_disable_changefeed_replication");
  }

  @ParameterizedTest
  @ValueSource(strings = {"backfill", "unset"})
  void anOptionDoesNotGetPastTheGuardOfBothDirections(String policy) {
    Map<String, List<String>> errors =
        validate(Map.of("feed.bidirectional", "true", "feed.option.schema_change_policy", policy))
            .errors();
    assertThat(errors.get("feed.option.schema_change_policy"))
        .anyMatch(text -> text.contains("Set nobackfill"));
  }

  @Test
  void whatHasBecomeInsecureIsRefusedAtTheStart(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("overrides.json");
    Files.writeString(file, "{}");
    create(Map.of("feed.overrides.file", file.toString()));
    awaitRunning();
    Files.writeString(file, "{\"host\": \"kafka.example.com\"}");
    PARTS.worker().rest().restartTask(name, 0);
    assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT))
        .contains("feed.sink.uri: CockroachDB would write to another host without TLS");
  }

  @Test
  void whatAnExternalConnectionDropsIsRefusedAtTheStartToo(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("overrides.json");
    Files.writeString(file, "{}");
    String external = "late_" + name;
    sql(
        "CREATE EXTERNAL CONNECTION "
            + external
            + " AS 'kafka://"
            + PARTS.kafka().bootstrapServers()
            + "'");
    create(
        Map.of("feed.sink.uri", "external://" + external, "feed.overrides.file", file.toString()));
    awaitRunning();
    Files.writeString(file, "{\"sink_query_parameters\": \"tls_enabled=true\"}");
    PARTS.worker().rest().restartTask(name, 0);
    assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT))
        .contains("feed.overrides.file: The file has the field sink_query_parameters")
        .contains("means nothing with feed.sink.uri=external://NAME");
  }

  @Test
  void whatIsNoTableIsToldForWhatItIs() throws Exception {
    sql("CREATE VIEW v" + name + " AS SELECT id FROM " + name);
    sql("CREATE MATERIALIZED VIEW m" + name + " AS SELECT id FROM " + name);
    sql("CREATE SEQUENCE s" + name);
    Map<String, String> kinds = Map.of("v", "view", "m", "materialized view", "s", "sequence");
    kinds.forEach(
        (letter, kind) ->
            assertThat(validate(Map.of("feed.tables", letter + name)).errors().get("feed.tables"))
                .anyMatch(
                    text ->
                        text.contains(
                            letter
                                + name
                                + " is of a "
                                + kind
                                + ", and changefeeds watch tables")));
    // filters take the table and tell of the others
    assertThat(validate(Map.of("feed.tables", "", "feed.table.filter", "[vms]?" + name)).errors())
        .isEmpty();
    for (String kind : kinds.values()) {
      assertThat(logged("The filters take names that are no tables but each a " + kind + " ("))
          .as(kind)
          .isPositive();
    }
  }

  @Test
  void whatIsMissingAtTheStartIsToldWithTheStatement() throws Exception {
    create(Map.of());
    long job = awaitRunning().id();
    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT);
    PARTS.worker().rest().resetOffsets(name);
    eventually(
        () -> assertThat(standIn().job(job).orElseThrow().state()).isEqualTo(JobState.CANCELED));
    sql("SET CLUSTER SETTING kv.rangefeed.enabled = false");
    try {
      PARTS.worker().rest().resume(name);
      assertThat(awaitStatus("NEEDS_ACTION").path("remedy").asText())
          .contains("SET CLUSTER SETTING kv.rangefeed.enabled = true");
      assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT)).contains("rangefeeds");
    } finally {
      sql("SET CLUSTER SETTING kv.rangefeed.enabled = true");
    }
  }

  @Test
  void whatTheUserLacksComesWithTheGrant() throws Exception {
    sql("CREATE USER poor" + name);
    Validation answer = validate(Map.of("source.connection.user", "poor" + name));
    assertThat(answer.errors().get("source.connection.user"))
        .anyMatch(
            text ->
                text.contains(
                    "GRANT CHANGEFEED ON TABLE \"defaultdb\".\"public\".\""
                        + name
                        + "\" TO \"poor"));
    sql("GRANT CHANGEFEED ON TABLE " + name + " TO poor" + name);
    assertThat(validate(Map.of("source.connection.user", "poor" + name)).errors()).isEmpty();
  }

  @Test
  void aUserWithChangefeedOnTheTablesAloneCanRunAFeed() throws Exception {
    sql("CREATE USER least" + name);
    sql("GRANT CHANGEFEED ON TABLE " + name + " TO least" + name);
    create(Map.of("source.connection.user", "least" + name));
    awaitRunning();
    awaitRow("before");
    long job = live().get(0).id();
    standIn().failJob(job, "kafka: broker is out of disk");
    eventually(() -> assertThat(status()).anyMatch(record -> record.path("resumes").asInt() > 0));
    assertThat(awaitRunning().id()).isEqualTo(job);
  }

  @Test
  void rangefeedsThatAreOffComeWithTheStatement() throws Exception {
    sql("SET CLUSTER SETTING kv.rangefeed.enabled = false");
    try {
      assertThat(validate(Map.of()).errors().get("source.connection.url"))
          .anyMatch(text -> text.contains("SET CLUSTER SETTING kv.rangefeed.enabled = true"));
    } finally {
      sql("SET CLUSTER SETTING kv.rangefeed.enabled = true");
    }
  }

  @Test
  void aClusterThatDoesNotAnswerIsAnErrorOnItsFieldsAndNotAnException() {
    Validation answer =
        validate(
            Map.of(
                "source.connection.url", "jdbc:postgresql://127.0.0.1:1/x",
                "kafka.admin.bootstrap.servers", "127.0.0.1:1"));
    assertThat(answer.errors())
        .containsKeys("source.connection.url", "kafka.admin.bootstrap.servers");
  }

  @Test
  void tablesAreRecommended() {
    assertThat(validate(Map.of()).recommended().get("feed.tables")).contains(topic());
  }

  @Test
  void aUserOfTheOlderRoleOptionCanRunAFeed() throws Exception {
    sql("CREATE USER elder" + name + " WITH CONTROLCHANGEFEED");
    Map<String, String> settings = Map.of("source.connection.user", "elder" + name);
    assertThat(validate(settings).errors().get("source.connection.user"))
        .anyMatch(text -> text.contains("lacks SELECT"));
    sql("GRANT SELECT ON TABLE " + name + " TO elder" + name);
    create(settings);
    awaitRunning();
    awaitRow("before");
  }

  @Test
  void columnFamiliesAreToldBeforeTheFeedIsMadeAndTheirTopicsLookedAt() throws Exception {
    sql("DROP TABLE " + name);
    sql(
        "CREATE TABLE "
            + name
            + " (id INT8 PRIMARY KEY, note STRING, FAMILY f1 (id), FAMILY f2 (note))");
    assertThat(validate(Map.of()).errors().get("feed.tables"))
        .anyMatch(text -> text.contains("feed.option.split_column_families="));
    Map<String, String> split =
        Map.of("feed.option.split_column_families", "", "feed.option.resolved", "unset");
    assertThat(validate(split).errors()).isEmpty();
    makeTopic(topic() + ".f2", 1, "compact");
    assertThat(validate(split).errors().get("feed.tables"))
        .anyMatch(text -> text.contains("Topic " + topic() + ".f2") && text.contains("compacted"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kafka", "sinkless"})
  void aTopicOfFewerPartitionsThanAskedForIsRefused(String delivery) throws Exception {
    makeTopic(topic(), 2, "delete");
    Map<String, String> wanted = Map.of("feed.delivery", delivery, "topic.partitions", "3");
    assertThat(validate(wanted).errors().get("topic.partitions"))
        .singleElement()
        .matches(text -> text.contains("is there with 2 partitions"))
        .matches(text -> text.contains("Set topic.partitions=2; or"));
    Map<String, String> fitting = Map.of("feed.delivery", delivery, "topic.partitions", "2");
    assertThat(validate(fitting).errors()).doesNotContainKey("topic.partitions");
  }

  @Test
  void partitionsOfATopicThatTheBrokersWouldMakeAreNotPromised() {
    Map<String, String> wanted = Map.of("topic.partitions", "3");
    assertThat(validate(wanted).errors().get("topic.partitions"))
        .singleElement()
        .matches(text -> text.contains("kafka-topics.sh --create --topic " + topic()));
    assertThat(validate(Map.of("topic.partitions", "3", "feed.delivery", "sinkless")).errors())
        .doesNotContainKey("topic.partitions");
  }

  @ParameterizedTest
  @ValueSource(strings = {"kafka", "sinkless"})
  void aTopicThatHasFewerPartitionsSinceIsToldAtTheStart(String delivery) throws Exception {
    makeTopic(topic(), 2, "delete");
    Map<String, String> config = settings();
    config.put("feed.delivery", delivery);
    config.put("topic.partitions", "2");
    if (delivery.equals("sinkless")) {
      config.remove("feed.sink.uri");
      config.remove("supervise.interval.ms");
    }
    PARTS.worker().rest().create(name, config);
    awaitRow("before");
    awaitStatus("RUNNING");
    live().forEach(job -> standIn().pause(job.id()));
    eventually(() -> assertThat(live()).allMatch(job -> job.state() == JobState.PAUSED));
    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT);
    try (Topics topics = new Topics(PARTS.kafka().bootstrapServers())) {
      topics.delete(topic());
      topics.create(topic(), 1);
    }
    PARTS.worker().rest().resume(name);
    String finding = "Topic " + topic() + " of table " + topic() + " is there with 1 partitions";
    eventually(() -> assertThat(logged(finding)).isPositive());
  }

  private static void makeTopic(String topic, int partitions, String policy) {
    try (Topics topics = new Topics(PARTS.kafka().bootstrapServers())) {
      topics.create(topic, partitions, Map.of("cleanup.policy", policy));
    }
  }

  private Validation validate(Map<String, String> more) {
    Map<String, String> config = settings();
    config.put("name", name);
    config.putAll(more);
    if (more.containsKey("feed.table.filter")) {
      config.remove("feed.tables");
    }
    return PARTS.worker().rest().validate("dev.belay.source.CockroachSourceConnector", config);
  }
}
