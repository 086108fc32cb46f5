package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.config.ConflictKeys;
import dev.belay.sink.config.DebeziumKeys;
import dev.belay.sink.config.SequenceKeys;
import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.config.SinkKeys;
import dev.belay.sink.failure.StopException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of tables that are none of the feed's, and what else a start refuses. */
class ConflictTablesTest {

  private static Map<String, String> settings(String... pairs) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "shop");
    settings.put("topics", "shop.public.orders,shop.public.stock");
    settings.put(SinkKeys.TARGET_URL, "jdbc:postgresql://127.0.0.1:1/shop");
    settings.put(SinkKeys.TARGET_USER, "belay");
    settings.put(SinkKeys.KAFKA_ADMIN_BOOTSTRAP, "localhost:9092");
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put(pairs[i], pairs[i + 1]);
    }
    return settings;
  }

  private static ConflictTables of(String... pairs) {
    return new ConflictTables(new SinkConfig(settings(pairs)));
  }

  @ParameterizedTest
  @ValueSource(strings = {ConflictKeys.POLICIES, ConflictKeys.OTHER_POLICIES})
  void policiesOfTablesThatNoTopicIsOfAreRefused(String key) {
    assertThat(of(key, "public.orders:newest,stock:target-wins").refusals()).isEmpty();
    assertThat(of(key, "orders:newest,app.stock:newest,Orders:newest").refusals())
        .singleElement()
        .satisfies(
            refusal -> {
              assertThat(refusal.keys()).containsExactly(key);
              assertThat(refusal.text())
                  .startsWith("Says something of app.stock, Orders, and no topic is of a table")
                  .endsWith("the topics are of shop.public.orders, shop.public.stock.");
            });
  }

  @Test
  void versionColumnsOfTablesThatNoTopicIsOfAreRefused() {
    assertThat(of(ConflictKeys.VERSION_COLUMNS, "order:at").refusals()).hasSize(1);
    assertThat(of(ConflictKeys.VERSION_COLUMNS, "orders:at").refusals()).isEmpty();
  }

  @Test
  void nothingIsRefusedWhereTopicsDoNotTellTheTables() {
    String[][] unknown = {
      {"topics", "", "topics.regex", "shop\\..*"},
      {"transforms", "route"},
      {SinkKeys.TOPIC_NAME, "all", SinkKeys.ENVELOPE, "row"},
      {SinkKeys.ENVELOPE, "debezium", SinkKeys.FULL_TABLE_NAME, "false"},
    };
    for (String[] pairs : unknown) {
      Map<String, String> settings = settings(pairs);
      settings.put(ConflictKeys.POLICIES, "elsewhere:newest");
      assertThat(new ConflictTables(new SinkConfig(settings)).refusals())
          .as("%s", settings)
          .isEmpty();
    }
  }

  @Test
  void topicOfTransactionsIsNoTable() {
    assertThat(
            of(
                    SinkKeys.ENVELOPE,
                    "debezium",
                    DebeziumKeys.TRANSACTION_TOPIC,
                    "f.transaction",
                    "topics",
                    "f.public.orders,f.transaction",
                    ConflictKeys.POLICIES,
                    "orders:newest")
                .refusals())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "source-wins; ''; ''; ''",
        "newest; ''; ''; conflict.policy",
        "newest; ''; orders:at; conflict.policy",
        "newest; ''; orders:at,public.stock:at; ''",
        "newest; stock:source-wins; public.orders:at; ''",
        "newest; stock:newest; orders:at; conflict.policies",
        "source-wins; public.stock:newest; ''; conflict.policies",
        "source-wins; public.stock:newest; stock:at; ''",
      })
  void timesOfCommitsAreComparedWhereNoColumnTellsForATable(
      String standard, String own, String columns, String keys) {
    assertThat(
            of(
                    ConflictKeys.POLICY,
                    standard,
                    ConflictKeys.POLICIES,
                    own,
                    ConflictKeys.VERSION_COLUMNS,
                    columns)
                .comparingTimes())
        .isEqualTo(keys.isEmpty() ? Set.of() : Set.of(keys));
  }

  private static void assertStartFails(List<String> words, String... pairs) {
    var start = assertThatThrownBy(() -> new BelaySinkTask().start(settings(pairs)));
    start.isInstanceOf(StopException.class);
    words.forEach(start::hasMessageContaining);
  }

  @Test
  void startRefusesWhatValidationRefuses() {
    String mysql = "jdbc:mysql://127.0.0.1:1/shop";
    assertStartFails(
        List.of("conflict.policy: ", "PostgreSQL and CockroachDB only"),
        SinkKeys.TARGET_URL,
        mysql,
        ConflictKeys.POLICY,
        "target-wins");
    assertStartFails(
        List.of("conflict.policies, ", "feed.before=full"),
        SinkKeys.ENVELOPE,
        "debezium",
        ConflictKeys.POLICIES,
        "orders:newest");
    assertStartFails(
        List.of("conflict.policies: ", "no topic is of a table"),
        ConflictKeys.POLICIES,
        "order:newest");
    assertStartFails(
        List.of("sequences.sync: ", "AUTO_INCREMENT"),
        SinkKeys.TARGET_URL,
        mysql,
        SequenceKeys.SYNC,
        "on");
  }
}
