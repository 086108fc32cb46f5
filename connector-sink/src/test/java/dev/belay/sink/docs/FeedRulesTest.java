package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.BelaySinkConnector;
import dev.belay.sink.config.DebeziumKeys;
import dev.belay.sink.config.DeliveryMode;
import dev.belay.sink.config.FeedRules;
import dev.belay.sink.config.FeedRules.Fit;
import dev.belay.sink.config.FeedRules.Rule;
import dev.belay.sink.config.MappingKeys;
import dev.belay.sink.config.RegistryKeys;
import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.config.SinkKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Validation refuses what the matrix says, and nothing else. */
class FeedRulesTest {
  private static final List<Map<String, String>> CHOICES =
      List.of(
          Map.of(SinkKeys.ENVELOPE, "wrapped"),
          Map.of(SinkKeys.ENVELOPE, "enriched"),
          Map.of(SinkKeys.ENVELOPE, "bare"),
          Map.of(SinkKeys.ENVELOPE, "bare", SinkKeys.OP_COLUMN, "op"),
          Map.of(SinkKeys.ENVELOPE, "row"),
          Map.of(SinkKeys.ENVELOPE, "row", SinkKeys.TOPIC_NAME, "all"),
          Map.of(SinkKeys.ENVELOPE, "key_only"),
          Map.of(SinkKeys.ENVELOPE, "debezium"),
          Map.of(
              SinkKeys.ENVELOPE,
              "debezium",
              DebeziumKeys.TRANSACTION_TOPIC,
              "f.transaction",
              "topics",
              "f.transaction,f.s.orders"),
          Map.of(SinkKeys.ENVELOPE, "debezium", DebeziumKeys.TRANSACTION_TOPIC, "f.transaction"),
          Map.of(DebeziumKeys.TRANSACTION_TOPIC, "orders"),
          Map.of(SinkKeys.ENVELOPE, "debezium", SinkKeys.REJECT_SCOPE, "transaction"),
          Map.of(DebeziumKeys.ORIGIN_FILTER, "belay_"),
          Map.of(DebeziumKeys.SCHEMALESS, "text"),
          Map.of(SinkKeys.ENVELOPE, "debezium", RegistryKeys.FORMAT, "avro"),
          Map.of(SinkKeys.TOPIC_NAME, "all"),
          Map.of(SinkKeys.SPLIT_FAMILIES, "true"),
          Map.of(SinkKeys.SPLIT_FAMILIES, "true", "tasks.max", "2"),
          Map.of(RegistryKeys.FORMAT, "avro"),
          Map.of(SinkKeys.SPLIT_FAMILIES, "true", MappingKeys.DELETE_MODE, "ignore"),
          Map.of(SinkKeys.SPLIT_FAMILIES, "true", MappingKeys.DELETE_MODE, "mark:gone"),
          Map.of(SinkKeys.SPLIT_FAMILIES, "true", MappingKeys.COLUMNS_UNKNOWN, "more"),
          Map.of("tasks.max", "2"));

  static Stream<Map<String, String>> situations() {
    List<Map<String, String>> all = new ArrayList<>();
    for (Map<String, String> choice : CHOICES) {
      for (DeliveryMode mode : DeliveryMode.values()) {
        Map<String, String> settings = new HashMap<>();
        settings.put("name", "shop");
        settings.put("topics", "orders");
        // no database: what validation says of the target's fields is of no interest here
        settings.put(SinkKeys.TARGET_URL, "jdbc:none:");
        settings.put(SinkKeys.TARGET_USER, "belay");
        settings.put(SinkKeys.KAFKA_ADMIN_BOOTSTRAP, "localhost:9092");
        settings.put("consumer.override.isolation.level", "read_committed");
        settings.put(SinkKeys.DELIVERY_MODE, mode.word());
        settings.putAll(choice);
        all.add(settings);
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("situations")
  void validationRefusesWhatTheMatrixRefuses(Map<String, String> settings) {
    SinkConfig config = new SinkConfig(settings);
    Set<String> expected = new TreeSet<>();
    for (Rule rule : rules()) {
      if (rule.chosen().test(config) && rule.in(config.mode()) == Fit.REFUSED) {
        expected.addAll(rule.keys());
      }
    }
    Set<String> refused = new TreeSet<>();
    for (ConfigValue value : new BelaySinkConnector().validate(settings).configValues()) {
      if (!value.errorMessages().isEmpty() && !value.name().equals(SinkKeys.TARGET_URL)) {
        refused.add(value.name());
      }
    }
    assertThat(refused).isEqualTo(expected);
  }

  @Test
  void everyRuleThatRefusesIsMetByASituation() {
    List<Rule> unmet = new ArrayList<>(rules());
    unmet.removeIf(
        rule ->
            Stream.of(DeliveryMode.values()).noneMatch(mode -> rule.in(mode) == Fit.REFUSED)
                || situations().anyMatch(s -> rule.chosen().test(new SinkConfig(s))));
    assertThat(unmet).extracting(Rule::option).isEmpty();
  }

  @Test
  void everyRefusalNamesAFieldAndAWayOut() {
    for (Rule rule : rules()) {
      boolean refuses =
          Stream.of(DeliveryMode.values()).anyMatch(mode -> rule.in(mode) == Fit.REFUSED);
      assertThat(rule.keys().isEmpty()).as(rule.option()).isEqualTo(!refuses);
      if (refuses) {
        assertThat(rule.text())
            .as(rule.option())
            .containsPattern(
                "Create the changefeed|Project event_op|Use delivery.mode|Set tasks.max|Set feed|set feed|Set delivery.mode");
      }
    }
  }

  private static List<Rule> rules() {
    return Stream.concat(FeedRules.ENVELOPES.stream(), FeedRules.OPTIONS.stream()).toList();
  }
}
