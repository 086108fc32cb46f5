package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatementsTest {
  private static final TableName TABLE = new TableName("db", "public", "it's");
  private static final HlcTimestamp TIME = new HlcTimestamp(1701102296662969433L, 3);

  private static SourceConfig wanted(String envelope, boolean diff, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("source.connection.url", "jdbc:postgresql://127.0.0.1/db");
    settings.put("source.connection.user", "root");
    settings.put("kafka.admin.bootstrap.servers", "127.0.0.1:9092");
    settings.put("feed.delivery", "sinkless");
    settings.put("feed.resolved.interval.ms", "1500");
    settings.put("feed.envelope", envelope);
    settings.put("feed.diff", Boolean.toString(diff));
    more.forEach((option, value) -> settings.put("feed.option." + option, value));
    return new SourceConfig(settings);
  }

  @Test
  void feedIsAskedForWithoutASink() {
    FeedStatement statement = FeedStatement.of(wanted("wrapped", true, Map.of()));
    assertThat(statement.after(List.of(TABLE, new TableName("db", "s", "t")), TIME))
        .isEqualTo(
            "CREATE CHANGEFEED FOR TABLE \"db\".\"public\".\"it's\", TABLE \"db\".\"s\".\"t\" WITH updated,"
                + " resolved = '1500ms', min_checkpoint_frequency = '1500ms', envelope = 'wrapped', diff,"
                + " full_table_name, schema_change_policy = 'backfill', cursor ="
                + " '1701102296662969433.0000000003', initial_scan = 'no'");
    assertThat(
            FeedStatement.inOldWords(
                statement.fromTheStart(List.of(TABLE), new HlcTimestamp(7, 0))))
        .startsWith("EXPERIMENTAL CHANGEFEED FOR TABLE ")
        .endsWith("cursor = '7.0000000000', initial_scan = 'yes'");
  }

  @Test
  void optionsOfTheUserWinButThoseOfJobsAreLeftOut() {
    FeedStatement statement =
        FeedStatement.of(
            wanted(
                "wrapped",
                false,
                Map.of(
                    "on_error", "pause",
                    "cursor", "1",
                    "resolved", "it's",
                    "full_table_name", "unset",
                    "metrics_label", "x")));
    assertThat(statement.options().values())
        .doesNotContainKeys("on_error", "cursor", "full_table_name")
        .containsEntry("metrics_label", "x");
    assertThat(statement.after(List.of(TABLE), TIME)).contains("resolved = 'it''s'");
  }

  @Test
  void onlyPlainMessagesAreScannedByPages() {
    assertThat(FeedStatement.of(wanted("wrapped", true, Map.of())).isPlain()).isTrue();
    assertThat(FeedStatement.of(wanted("enriched", false, Map.of())).isPlain()).isFalse();
    assertThat(FeedStatement.of(wanted("wrapped", false, Map.of("mvcc_timestamp", ""))).isPlain())
        .isFalse();
  }

  @Test
  void pagesFollowTheKey() {
    ScanShape shape =
        new ScanShape(
            List.of("a", "b", "c"), List.of("b", "a"), List.of("bigint", "text"), Set.of());
    ScanStatement scan = new ScanStatement(TABLE, shape, TIME, true, 20);
    assertThat(scan.after(List.of()))
        .isEqualTo(
            "SELECT json_build_array(\"b\", \"a\")::STRING, json_build_object('after',"
                + " json_build_object('a', \"a\", 'b', \"b\", 'c', \"c\"), 'before', NULL, 'updated',"
                + " '1701102296662969433.0000000003')::STRING, \"b\", \"a\" FROM"
                + " \"db\".\"public\".\"it's\" AS OF SYSTEM TIME '1701102296662969433.0000000003'"
                + " ORDER BY \"b\", \"a\" LIMIT 20");
    assertThat(scan.after(List.of("5", "o'k")))
        .contains(" WHERE (\"b\", \"a\") > ('5'::bigint, 'o''k'::text) ORDER BY ");
  }

  /** PRIMARY KEY (b ASC, a DESC): by another order each page would sort the table. */
  @Test
  void pagesFollowTheKeyInItsOwnDirections() {
    ScanShape shape =
        new ScanShape(List.of("a", "b"), List.of("b", "a"), List.of("bigint", "text"), Set.of("a"));
    ScanStatement scan = new ScanStatement(TABLE, shape, TIME, true, 20);
    assertThat(scan.after(List.of())).endsWith(" ORDER BY \"b\", \"a\" DESC LIMIT 20");
    assertThat(scan.after(List.of("5", "o'k")))
        .contains(
            " WHERE (\"b\" > '5'::bigint) OR (\"b\" = '5'::bigint AND \"a\" < 'o''k'::text) ORDER BY ");
    // pages by another order do not go on in this one
    assertThat(shape.places()).containsExactly("b", "a DESC");
  }
}
