package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.config.ConflictKeys;
import dev.belay.sink.config.DatabaseKeys;
import dev.belay.sink.config.DebeziumKeys;
import dev.belay.sink.config.MappingKeys;
import dev.belay.sink.config.RegistryKeys;
import dev.belay.sink.config.SequenceKeys;
import dev.belay.sink.config.SinkKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What validation says without a target. */
class ValidationTest {
  private static final String ISOLATION = "consumer.override.isolation.level";

  @Test
  void everyKeyOfWordsRecommendsThemAll() {
    Map<String, ConfigValue> fields = validate(Map.of());
    Set<String> recommended = new TreeSet<>();
    for (ConfigKey key : SinkKeys.definition().configKeys().values()) {
      List<String> words =
          fields.get(key.name).recommendedValues().stream().map(String::valueOf).toList();
      if (!words.isEmpty()) {
        recommended.add(key.name);
        assertThat(String.join(", ", words)).as(key.name).isEqualTo(key.validator.toString());
        assertThat(words).as(key.name).contains(String.valueOf(key.defaultValue));
      }
    }
    assertThat(recommended)
        .containsExactlyInAnyOrder(
            RegistryKeys.FORMAT,
            MappingKeys.VALUES_FRACTION,
            DebeziumKeys.TRUNCATE,
            SinkKeys.ORIGIN_MARK,
            SequenceKeys.SYNC,
            DatabaseKeys.MYSQL_CYCLE_CHECKS,
            SinkKeys.TRIGGERS,
            SinkKeys.ENVELOPE,
            SinkKeys.FULL_TABLE_NAME,
            SinkKeys.DELIVERY_MODE,
            SinkKeys.WINDOW_OVERSIZE,
            SinkKeys.REJECT_SCOPE,
            SinkKeys.REPLAY_SUSPECT,
            DebeziumKeys.BEFORE,
            DebeziumKeys.SCHEMALESS,
            ConflictKeys.POLICY,
            ConflictKeys.OTHER_POLICY,
            ConflictKeys.HISTORY,
            SinkKeys.CHECKPOINT_CREATE);
  }

  @Test
  void keysThatMeanNothingWithTheOthersAreHidden() {
    assertThat(hidden(Map.of()))
        .containsExactlyInAnyOrder(
            SinkKeys.BEST_EFFORT_WINDOW,
            SinkKeys.OP_COLUMN,
            SinkKeys.SPLIT_FAMILIES,
            DebeziumKeys.UNAVAILABLE,
            DebeziumKeys.TRUNCATE,
            DebeziumKeys.TRANSACTION_TOPIC,
            DebeziumKeys.ORIGIN_FILTER,
            DebeziumKeys.BEFORE,
            DebeziumKeys.SCHEMALESS,
            RegistryKeys.URL);
    assertThat(hidden(Map.of(SinkKeys.DELIVERY_MODE, "best-effort")))
        .containsExactlyInAnyOrder(
            SinkKeys.OP_COLUMN,
            SinkKeys.SPLIT_FAMILIES,
            DebeziumKeys.UNAVAILABLE,
            DebeziumKeys.TRUNCATE,
            DebeziumKeys.TRANSACTION_TOPIC,
            DebeziumKeys.ORIGIN_FILTER,
            DebeziumKeys.BEFORE,
            DebeziumKeys.SCHEMALESS,
            RegistryKeys.URL);
    assertThat(hidden(Map.of(SinkKeys.DELIVERY_MODE, "immediate", SinkKeys.ENVELOPE, "bare")))
        .containsExactlyInAnyOrder(
            SinkKeys.BEST_EFFORT_WINDOW,
            DebeziumKeys.UNAVAILABLE,
            DebeziumKeys.TRUNCATE,
            DebeziumKeys.TRANSACTION_TOPIC,
            DebeziumKeys.ORIGIN_FILTER,
            DebeziumKeys.BEFORE,
            DebeziumKeys.SCHEMALESS,
            RegistryKeys.URL);
    assertThat(hidden(Map.of(SinkKeys.DELIVERY_MODE, "immediate", SinkKeys.ENVELOPE, "debezium")))
        .doesNotContain(DebeziumKeys.UNAVAILABLE, DebeziumKeys.TRUNCATE, DebeziumKeys.BEFORE);
    assertThat(hidden(Map.of(RegistryKeys.FORMAT, "avro"))).doesNotContain(RegistryKeys.URL);
    assertThat(hidden(Map.of(SinkKeys.ENVELOPE, "row"))).contains(SinkKeys.TOPIC_NAME);
    assertThat(hidden(Map.of(SinkKeys.REPLAY_MEMORY, "0"))).contains(SinkKeys.REPLAY_SUSPECT);
  }

  @Test
  void aKeyAtFaultIsNeverHidden() {
    Map<String, String> wrong =
        Map.of(
            SinkKeys.SPLIT_FAMILIES, "true",
            SinkKeys.ENVELOPE, "row",
            SinkKeys.TOPIC_NAME, "all",
            SinkKeys.OP_COLUMN, "op");
    for (ConfigValue field : validate(wrong).values()) {
      if (!field.errorMessages().isEmpty()) {
        assertThat(field.visible()).as(field.name()).isTrue();
      }
    }
    assertThat(validate(wrong).get(SinkKeys.TOPIC_NAME).errorMessages()).isNotEmpty();
    assertThat(validate(wrong).get(SinkKeys.SPLIT_FAMILIES).errorMessages()).isNotEmpty();
  }

  @Test
  void policyForConflictsIsRefusedWhereTheTargetComparesNothing() {
    Map<String, ConfigValue> fields =
        validate(
            Map.of(
                SinkKeys.TARGET_URL,
                "jdbc:mysql://127.0.0.1:1/shop",
                ConflictKeys.POLICY,
                "newest",
                SinkKeys.ENVELOPE,
                "debezium"));
    assertThat(fields.get(ConflictKeys.POLICY).errorMessages())
        .anySatisfy(text -> assertThat(text).contains("PostgreSQL and CockroachDB only"))
        .anySatisfy(text -> assertThat(text).contains("feed.before=full"));
    assertThat(fields.get(DebeziumKeys.BEFORE).errorMessages()).hasSize(1);
  }

  @Test
  void avroNeedsItsRegistry() {
    for (String field : List.of(RegistryKeys.FORMAT, RegistryKeys.URL)) {
      assertThat(errors(with(Map.of(RegistryKeys.FORMAT, "avro")), field))
          .singleElement()
          .asString()
          .endsWith("Set feed.schema.registry.url.");
    }
    assertThat(errors(with(Map.of(RegistryKeys.URL, "https://r:1")), RegistryKeys.FORMAT))
        .isEmpty();
  }

  /** A column's default where the source has NULL would be another value. */
  @Test
  void convertersOfDebeziumsEventsLeaveNullsAlone() {
    String json = "org.apache.kafka.connect.json.JsonConverter";
    Map<String, String> struct =
        Map.of(
            SinkKeys.ENVELOPE, "debezium", RegistryKeys.FORMAT, "struct", "value.converter", json);
    assertThat(errors(with(struct), "value.converter"))
        .singleElement()
        .asString()
        .contains("value.converter.replace.null.with.default=false");
    Map<String, String> mended = new HashMap<>(struct);
    mended.put("value.converter.replace.null.with.default", "false");
    assertThat(errors(with(mended), "value.converter")).isEmpty();
  }

  @Test
  void markThatEverybodyHasIsRefused() {
    assertThat(
            errors(with(Map.of(DebeziumKeys.ORIGIN_FILTER, "belay_,")), DebeziumKeys.ORIGIN_FILTER))
        .singleElement()
        .asString()
        .contains("would be everybody's");
  }

  @Test
  void convertersFitWhatTheFeedIsReadAs() {
    String bytes = "org.apache.kafka.connect.converters.ByteArrayConverter";
    String json = "org.apache.kafka.connect.json.JsonConverter";
    for (String part : List.of("key.converter", "value.converter")) {
      Map<String, String> struct = Map.of(RegistryKeys.FORMAT, "struct", part, bytes);
      assertThat(errors(with(struct), part))
          .singleElement()
          .asString()
          .contains("feed.format=struct expects what a converter with schemas makes");
      assertThat(errors(with(Map.of(RegistryKeys.FORMAT, "struct", part, json)), part)).isEmpty();
      assertThat(
              errors(
                  with(
                      Map.of(
                          RegistryKeys.FORMAT,
                          "struct",
                          part,
                          json,
                          part + ".schemas.enable",
                          "false")),
                  part))
          .singleElement()
          .asString()
          .contains("JsonConverter without schemas turns DECIMAL into double");
      assertThat(errors(with(Map.of(part, json)), part))
          .singleElement()
          .asString()
          .contains("the connector reads the JSON itself");
      assertThat(errors(with(Map.of(part, bytes)), part)).isEmpty();
    }
  }

  @Test
  void credentialsForTheRegistryStayHidden() {
    String secret = "user:planted";
    assertThat(avroErrors(Map.of(RegistryKeys.URL, "http://" + secret + "@localhost:1")))
        .contains("has a user or a query in it")
        .doesNotContain("planted");
    assertThat(
            avroErrors(
                Map.of(
                    RegistryKeys.URL,
                    "http://registry.example:1",
                    RegistryKeys.BASIC_AUTH,
                    secret)))
        .contains("in the clear")
        .doesNotContain("planted");
    assertThat(
            avroErrors(
                Map.of(
                    RegistryKeys.URL, "http://localhost:1",
                    RegistryKeys.BASIC_AUTH, secret,
                    RegistryKeys.BEARER_TOKEN, secret)))
        .contains("Is set beside feed.schema.registry.basic.auth.user.info")
        .doesNotContain("planted");
    assertThat(
            avroErrors(
                Map.of(
                    RegistryKeys.URL,
                    "https://localhost:1",
                    RegistryKeys.SSL_PREFIX + "truststore.location",
                    "/does/not/exist",
                    RegistryKeys.SSL_PREFIX + "truststore.password",
                    secret)))
        .contains("The TLS settings under feed.schema.registry.ssl. cannot be used")
        .doesNotContain("planted");
  }

  @Test
  void registryUrlsAreOfTheWeb() {
    for (String url : List.of("localhost:8081", "jdbc:x", "ftp://h", "https://", "https:// x")) {
      assertThat(avroErrors(Map.of(RegistryKeys.URL, url)))
          .as(url)
          .contains("is no URL of the form");
    }
  }

  private static String avroErrors(Map<String, String> more) {
    Map<String, String> settings = with(more);
    settings.put(RegistryKeys.FORMAT, "avro");
    return errors(settings, RegistryKeys.URL) + " " + errors(settings, RegistryKeys.BEARER_TOKEN);
  }

  private static Map<String, String> with(Map<String, String> more) {
    Map<String, String> settings = settings();
    settings.putAll(more);
    return settings;
  }

  @Test
  void readingCommittedRecordsOnlyHasToBeSet() {
    Map<String, String> settings = settings();
    settings.remove(ISOLATION);
    assertThat(errors(settings, ISOLATION)).singleElement().asString().startsWith("Is not set");
  }

  @ParameterizedTest
  @ValueSource(strings = {"read_uncommitted", "READ_COMMITTED", ""})
  void anyOtherIsolationIsRefused(String isolation) {
    Map<String, String> settings = settings();
    settings.put(ISOLATION, isolation);
    assertThat(errors(settings, ISOLATION))
        .singleElement()
        .asString()
        .endsWith("Set consumer.override.isolation.level=read_committed.");
  }

  @Test
  void aKeyThatLooksLikeAKnownOneIsSaidOnThatOne() {
    Map<String, ConfigValue> fields =
        validate(
            Map.of(
                "delivery.mod", "immediate",
                "target.conection.pasword", "x",
                "Spill.dir", "/tmp",
                "best.effort.windows.ms", "1000"));
    assertThat(fields.get(SinkKeys.DELIVERY_MODE).errorMessages())
        .containsExactly(
            "Key delivery.mod is unknown and would do nothing; did you mean delivery.mode?");
    assertThat(fields.get(SinkKeys.TARGET_PASSWORD).errorMessages()).hasSize(1);
    assertThat(fields.get(SinkKeys.SPILL_DIR).errorMessages()).hasSize(1);
    assertThat(fields.get(SinkKeys.BEST_EFFORT_WINDOW).errorMessages()).hasSize(1);
    assertThat(fields.get(SinkKeys.BEST_EFFORT_WINDOW).visible()).isTrue();
  }

  @Test
  void aKeyBesideTheKnownOneOrOfAnotherPartIsLeftAlone() {
    Map<String, ConfigValue> fields =
        validate(
            Map.of(
                "delivery.mode", "immediate",
                "delivery.mod", "consistent",
                "trigger.happy", "x",
                "target.jdbc.ssl", "true",
                "kafka.admin.retries", "1",
                "errors.tolerance", "none"));
    assertThat(faulty(fields)).containsExactly(SinkKeys.TARGET_URL);
  }

  @Test
  void aMisspelledKeyThatIsRequiredIsNamed() {
    Map<String, String> settings = settings();
    settings.remove(SinkKeys.KAFKA_ADMIN_BOOTSTRAP);
    settings.put("kafka.admin.bootstrap.server", "localhost:9092");
    assertThat(errors(settings, SinkKeys.KAFKA_ADMIN_BOOTSTRAP))
        .anyMatch(text -> text.contains("did you mean kafka.admin.bootstrap.servers?"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db:5432/shop?password=hush",
        "jdbc:postgresql://db/shop?sslmode=require&PASSWORD=hush",
        "jdbc:postgresql://belay:hush@db:5432/shop",
      })
  void aPasswordInTheUrlIsRefusedWithoutBeingShown(String url) {
    Map<String, String> settings = settings();
    settings.put(SinkKeys.TARGET_URL, url);
    assertThat(errors(settings, SinkKeys.TARGET_URL))
        .singleElement()
        .asString()
        .contains("Put it into target.connection.password")
        .doesNotContain("hush");
  }

  @Test
  void aPasswordUnderTheDriversSettingsIsRefused() {
    Map<String, String> settings = settings();
    settings.put("target.jdbc.password", "hush");
    assertThat(errors(settings, SinkKeys.TARGET_PASSWORD))
        .singleElement()
        .asString()
        .startsWith("target.jdbc.password is set")
        .doesNotContain("hush");
  }

  @Test
  void spilledWindowsNeedAFolderThatCanBeMade(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(spill("spill")).singleElement().asString().startsWith("Is no absolute path");
    assertThat(spill(file.toString())).singleElement().asString().contains("is no folder");
    assertThat(spill(file.resolve("below").toString()))
        .singleElement()
        .asString()
        .contains(file + " is no folder");
    assertThat(spill(folder.resolve("a").resolve("b").toString())).isEmpty();
    assertThat(folder.resolve("a")).doesNotExist();
  }

  private static List<String> spill(String dir) {
    Map<String, String> settings = settings();
    settings.put(SinkKeys.SPILL_DIR, dir);
    return errors(settings, SinkKeys.SPILL_DIR);
  }

  private static Set<String> faulty(Map<String, ConfigValue> fields) {
    return fields.values().stream()
        .filter(field -> !field.errorMessages().isEmpty())
        .map(ConfigValue::name)
        .collect(Collectors.toSet());
  }

  private static Set<String> hidden(Map<String, String> other) {
    return validate(other).values().stream()
        .filter(field -> !field.visible())
        .map(ConfigValue::name)
        .collect(Collectors.toSet());
  }

  private static List<String> errors(Map<String, String> settings, String field) {
    return new BelaySinkConnector()
        .validate(settings).configValues().stream()
            .filter(value -> value.name().equals(field))
            .flatMap(value -> value.errorMessages().stream())
            .toList();
  }

  private static Map<String, ConfigValue> validate(Map<String, String> other) {
    Map<String, String> settings = settings();
    settings.putAll(other);
    return new BelaySinkConnector()
        .validate(settings).configValues().stream()
            .collect(Collectors.toMap(ConfigValue::name, field -> field));
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "shop");
    settings.put("topics", "orders");
    settings.put(SinkKeys.TARGET_URL, "jdbc:none:");
    settings.put(SinkKeys.TARGET_USER, "belay");
    settings.put(SinkKeys.KAFKA_ADMIN_BOOTSTRAP, "localhost:9092");
    settings.put(ISOLATION, "read_committed");
    return settings;
  }
}
