package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.config.DebeziumKeys;
import dev.belay.sink.config.SinkKeys;
import dev.belay.sink.harness.TaskCase;
import dev.belay.testkit.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;

/** What validation learns from the target and from Kafka. */
class ValidationIT extends TaskCase {

  @Test
  void tablesOfTopicsThatAPatternTakesAreLookedAt() {
    feed.create("orders", 1);
    feed.create("vanished", 1);
    Map<String, ConfigValue> fields = validate(pattern(".*"));
    assertThat(fields.get("topics.regex").errorMessages())
        .singleElement()
        .asString()
        .isEqualTo(
            "Topic "
                + feed.topic("vanished")
                + " needs target table vanished, which does not exist; create it, or map the topic"
                + " to another table.");
    assertThat(fields.get(SinkKeys.TABLES_MAP).recommendedValues())
        .contains("orders:public.orders");
  }

  @Test
  void topicsThatAPatternLeavesOutAreNotLookedAt() {
    feed.create("orders", 1);
    feed.create("vanished", 1);
    assertThat(faults(validate(pattern("orders")))).isEmpty();
  }

  @Test
  void aPatternThatTakesNoTopicYetIsNoFault() {
    assertThat(faults(validate(pattern("orders")))).isEmpty();
  }

  @Test
  void tablesOfAPatternsTopicsAreHeldToTheRulesOfSeveralTasks() {
    feed.create("orders", 1);
    db.sql("ALTER TABLE orders ADD CONSTRAINT one_v UNIQUE (v)");
    Map<String, String> settings = pattern("orders");
    settings.put("tasks.max", "2");
    settings.put(SinkKeys.DELIVERY_MODE, "immediate");
    assertThat(validate(settings).get("tasks.max").errorMessages())
        .singleElement()
        .asString()
        .contains("unique values besides its key");
  }

  @Test
  void brokersThatDoNotAnswerAreSaidToDoSo() {
    Map<String, String> settings = pattern("orders");
    settings.put(SinkKeys.KAFKA_ADMIN_BOOTSTRAP, "127.0.0.1:1");
    assertThat(faults(validate(settings)).get(SinkKeys.KAFKA_ADMIN_BOOTSTRAP))
        .singleElement()
        .asString()
        .startsWith("Kafka, describing the topics: ");
  }

  @Test
  void brokersAreAskedForTopicsByNameToo() {
    Map<String, String> settings = new HashMap<>(task().settings());
    settings.put(SinkKeys.KAFKA_ADMIN_BOOTSTRAP, "127.0.0.1:1");
    assertThat(faults(validate(settings))).containsOnlyKeys(SinkKeys.KAFKA_ADMIN_BOOTSTRAP);
  }

  @Test
  void topicOfTransactionsNeedsNoTable() {
    feed.create("orders", 1);
    Map<String, String> settings = new HashMap<>(task().settings());
    settings.put(SinkKeys.ENVELOPE, "debezium");
    settings.put(DebeziumKeys.TRANSACTION_TOPIC, feed.topic("transaction"));
    settings.put("topics", feed.topic("orders") + "," + feed.topic("transaction"));
    assertThat(faults(validate(settings))).isEmpty();
  }

  @Test
  void topicsThatAreYetToComeAreNoFault() {
    assertThat(faults(validate(task().settings()))).isEmpty();
  }

  @Test
  void keyColumnsThatTheTargetLacksAreNamed() {
    Map<String, String> settings = new HashMap<>(task().settings());
    settings.put(SinkKeys.KEY_COLUMNS, "orders=-,id;elsewhere=x");
    assertThat(faults(validate(settings))).isEmpty();
    settings.put(SinkKeys.KEY_COLUMNS, "orders=-,idd");
    assertThat(faults(validate(settings)).get(SinkKeys.KEY_COLUMNS))
        .singleElement()
        .asString()
        .startsWith("Names column idd of table orders, and target table public.orders has no such");
  }

  @Test
  void aTargetThatIsDownIsSaidToBeSo() {
    Map<String, String> settings = new HashMap<>(task().settings());
    settings.put(SinkKeys.TARGET_URL, "jdbc:postgresql://127.0.0.1:1/shop");
    assertThat(faults(validate(settings)))
        .containsOnlyKeys(SinkKeys.TARGET_URL, SinkKeys.TARGET_USER)
        .extractingByKey(SinkKeys.TARGET_URL)
        .asString()
        .contains("PostgreSQL does not take the connection", "08001");
  }

  /** Whoever waits for the answer is a person, or a tool with a patience of its own. */
  @Test
  void aTargetThatTakesTheConnectionAndSaysNothingIsGivenUpSoon() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Map<String, String> settings = new HashMap<>(task().settings());
      settings.put(
          SinkKeys.TARGET_URL, "jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/shop");
      Deadline soon = Deadline.in(Duration.ofSeconds(20));
      assertThat(faults(validate(settings))).containsKey(SinkKeys.TARGET_URL);
      assertThat(soon.hasPassed()).isFalse();
    }
  }

  @Test
  void aSettingThatTheDriverCannotReadIsSaidToBeOne() {
    Map<String, String> settings = new HashMap<>(task().settings());
    settings.put("target.jdbc.socketTimeout", "abc");
    assertThat(faults(validate(settings)))
        .containsOnlyKeys(SinkKeys.TARGET_URL)
        .extractingByKey(SinkKeys.TARGET_URL)
        .asString()
        .contains("A setting of the driver", "target.jdbc.", "22023");
  }

  @Test
  void aPatternThatIsNoneIsLeftToConnect() {
    Map<String, String> settings = pattern("orders");
    settings.put("topics.regex", "(");
    assertThat(faults(validate(settings))).isEmpty();
  }

  private Map<String, String> pattern(String tables) {
    Map<String, String> settings = new HashMap<>(task().settings());
    settings.remove("topics");
    settings.put("topics.regex", Pattern.quote(feed.prefix()) + tables);
    return settings;
  }

  private static Map<String, ConfigValue> validate(Map<String, String> settings) {
    Map<String, ConfigValue> fields = new HashMap<>();
    new BelaySinkConnector()
        .validate(settings)
        .configValues()
        .forEach(field -> fields.put(field.name(), field));
    return fields;
  }

  private static Map<String, List<String>> faults(Map<String, ConfigValue> fields) {
    Map<String, List<String>> faults = new HashMap<>();
    fields.forEach(
        (name, field) -> {
          if (!field.errorMessages().isEmpty()) {
            faults.put(name, field.errorMessages());
          }
        });
    return faults;
  }
}
