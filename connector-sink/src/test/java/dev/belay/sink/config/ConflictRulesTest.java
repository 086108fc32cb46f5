package dev.belay.sink.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.ConflictPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a policy for conflicts does not go together with. */
class ConflictRulesTest {

  private static SinkConfig config(String... pairs) {
    Map<String, String> settings = new HashMap<>();
    settings.put(SinkKeys.TARGET_URL, "jdbc:none:");
    settings.put(SinkKeys.TARGET_USER, "belay");
    settings.put(SinkKeys.KAFKA_ADMIN_BOOTSTRAP, "localhost:9092");
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put(pairs[i], pairs[i + 1]);
    }
    return new SinkConfig(settings);
  }

  private static List<FeedRules.Refusal> refusals(String... pairs) {
    return ConflictRules.refusals(config(pairs), true);
  }

  @Test
  void nothingIsRefusedWhereNothingIsCompared() {
    assertThat(
            ConflictRules.refusals(
                config(SinkKeys.ENVELOPE, "debezium", SinkKeys.SPILL_DIR, "/tmp/x"), false))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "feed.envelope, debezium, feed.before",
    "feed.envelope, bare, feed.envelope",
    "feed.envelope, row, feed.envelope",
    "feed.split.column.families, true, feed.split.column.families",
    "delete.mode, mark:gone, delete.mode",
    "spill.dir, /tmp/x, spill.dir",
  })
  void whatHidesTheRowBeforeIsRefused(String key, String value, String field) {
    assertThat(refusals(ConflictKeys.POLICY, "newest", key, value))
        .singleElement()
        .extracting(FeedRules.Refusal::keys)
        .isEqualTo(List.of(ConflictKeys.POLICY, field));
    assertThat(refusals(ConflictKeys.POLICIES, "t:merge-source-wins", key, value))
        .singleElement()
        .extracting(FeedRules.Refusal::keys)
        .isEqualTo(List.of(ConflictKeys.POLICIES, field));
  }

  @Test
  void debeziumThatTellsAllIsTaken() {
    assertThat(
            refusals(
                ConflictKeys.POLICY,
                "newest",
                SinkKeys.ENVELOPE,
                "debezium",
                DebeziumKeys.BEFORE,
                "full"))
        .isEmpty();
  }

  @Test
  void targetThatComparesNothingIsRefused() {
    assertThat(ConflictRules.refusals(config(ConflictKeys.POLICY, "target-wins"), false))
        .singleElement()
        .extracting(FeedRules.Refusal::text)
        .asString()
        .contains("PostgreSQL and CockroachDB only");
  }

  @ParameterizedTest
  @CsvSource({
    "source-wins, target-wins, true",
    "target-wins, source-wins, true",
    "newest, newest, true",
    "merge-source-wins, merge-target-wins, true",
    "merge-target-wins, merge-source-wins, true",
    "source-wins, source-wins, false",
    "target-wins, target-wins, false",
    "merge-source-wins, merge-source-wins, false",
    "newest, source-wins, false",
    "newest, merge-target-wins, false",
    "reject, reject, false",
    "reject, source-wins, false",
  })
  void pairsThatCanStayDifferentAreRefused(String here, String there, boolean taken) {
    assertThat(refusals(ConflictKeys.POLICY, here, ConflictKeys.OTHER_POLICY, there).isEmpty())
        .isEqualTo(taken);
    assertThat(
            refusals(ConflictKeys.POLICIES, "t:" + here, ConflictKeys.OTHER_POLICIES, "t:" + there)
                .isEmpty())
        .isEqualTo(taken);
  }

  @Test
  void tableOfItsOwnIsComparedWithTheOtherSidesPolicyForAllOthers() {
    assertThat(
            refusals(
                ConflictKeys.POLICY,
                "target-wins",
                ConflictKeys.POLICIES,
                "t:newest",
                ConflictKeys.OTHER_POLICY,
                "source-wins"))
        .singleElement()
        .extracting(FeedRules.Refusal::text)
        .asString()
        .startsWith("Table t: newest here and source-wins in the other direction");
  }

  @ParameterizedTest
  @EnumSource(ConflictPolicy.class)
  void pairsGoTogetherFromBothSides(ConflictPolicy policy) {
    policy.counterpart().ifPresent(other -> assertThat(other.counterpart()).contains(policy));
  }

  @Test
  void rememberedDeletesThatNobodyAsksForAreRefused() {
    String day = "86400000";
    assertThat(refusals(ConflictKeys.POLICY, "newest", ConflictKeys.TOMBSTONE_RETENTION, day))
        .isEmpty();
    assertThat(
            refusals(
                ConflictKeys.POLICIES,
                "t:newest,u:newest",
                ConflictKeys.VERSION_COLUMNS,
                "t:version",
                ConflictKeys.TOMBSTONE_RETENTION,
                day))
        .isEmpty();
    for (String policies : List.of("", "t:target-wins", "t:newest")) {
      assertThat(
              refusals(
                  ConflictKeys.POLICIES,
                  policies,
                  ConflictKeys.VERSION_COLUMNS,
                  "t:version",
                  ConflictKeys.TOMBSTONE_RETENTION,
                  day))
          .singleElement()
          .extracting(FeedRules.Refusal::keys)
          .isEqualTo(List.of(ConflictKeys.TOMBSTONE_RETENTION));
    }
  }

  @Test
  void historyThatWouldStayEmptyIsRefused() {
    assertThat(refusals(ConflictKeys.POLICIES, "t:reject", ConflictKeys.HISTORY, "on")).isEmpty();
    assertThat(refusals(ConflictKeys.HISTORY, "on"))
        .singleElement()
        .extracting(FeedRules.Refusal::keys)
        .isEqualTo(List.of(ConflictKeys.HISTORY));
  }

  @Test
  void unknownPolicyIsAnErrorThatListsTheKnown() {
    Assertions.assertThatThrownBy(() -> config(ConflictKeys.POLICIES, "t:mine"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("target-wins, newest");
  }
}
