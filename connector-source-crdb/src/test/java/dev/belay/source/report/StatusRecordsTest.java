package dev.belay.source.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

/** One record for a job, and an offset for each of its tables. */
class StatusRecordsTest {
  private static final TableName A = new TableName("shop", "public", "a");
  private static final TableName B = new TableName("shop", "public", "b");
  private static final TableName C = new TableName("shop", "public", "c");
  private final StatusRecords records =
      new StatusRecords(
          "shop-feed",
          "shop-feed",
          "kafka",
          "status",
          Duration.ofSeconds(10),
          Clock.fixed(Instant.EPOCH.plusSeconds(100), ZoneOffset.UTC));

  @Test
  void aJobHasOneRecordHoweverManyTablesItHas() {
    List<SourceRecord> written = records.of(List.of(status(Optional.of(at(5)), A, B, C)));
    assertThat(written).filteredOn(record -> record.value() != null).hasSize(1);
    assertThat(written).hasSize(3);
    assertThat(written)
        .extracting(SourceRecord::sourcePartition)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrder(
            Map.of("feed", "shop-feed", "table", "shop.public.a"),
            Map.of("feed", "shop-feed", "table", "shop.public.b"),
            Map.of("feed", "shop-feed", "table", "shop.public.c"));
    assertThat(written)
        .allMatch(
            record -> record.sourceOffset().equals(Map.of("cursor", at(5).toString(), "job", "7")));
  }

  @Test
  void whatCarriesAnOffsetIsSmallAndNamesItsTableAlone() {
    List<SourceRecord> carriers =
        records.of(List.of(status(Optional.of(at(5)), A, B))).stream()
            .filter(record -> record.value() == null)
            .toList();
    assertThat(carriers).hasSize(1);
    assertThat(new String((byte[]) carriers.get(0).key(), StandardCharsets.UTF_8))
        .isEqualTo("{\"connector\":\"shop-feed\",\"job\":\"7\",\"table\":\"shop.public.a\"}");
  }

  @Test
  void aJobBeforeItsFirstCheckpointLeavesAMarkForTablesThatHadNoCursor() {
    records.begun(Set.of(A));
    List<SourceRecord> written = records.of(List.of(status(Optional.empty(), A, B)));
    assertThat(written)
        .filteredOn(record -> record.sourceOffset() != null)
        .singleElement()
        .matches(record -> record.sourceOffset().equals(Map.of("job", "7")))
        .matches(record -> record.sourcePartition().containsValue("shop.public.a"));
    assertThat(written).filteredOn(record -> record.value() != null).hasSize(1);
  }

  /** Under the very key that it had told its status with. */
  @Test
  void aTaskThatIsNoMoreIsForgotten() {
    Object key = records.ofTask(3).of(List.of(status(Optional.empty(), A))).get(0).key();
    assertThat(records.ofTask(0).forgetTasks(Set.of(3)))
        .singleElement()
        .matches(record -> Arrays.equals((byte[]) record.key(), (byte[]) key))
        .matches(record -> record.value() == null && record.sourcePartition() == null);
  }

  private static FeedStatus status(Optional<HlcTimestamp> cursor, TableName... tables) {
    return new FeedStatus(
        Optional.of(7L),
        FeedState.RUNNING,
        new TreeSet<>(List.of(tables)),
        cursor,
        OptionalLong.empty(),
        OptionalLong.empty(),
        "",
        "",
        0,
        0);
  }

  private static HlcTimestamp at(long seconds) {
    return new HlcTimestamp(Duration.ofSeconds(seconds).toNanos(), 0);
  }
}
