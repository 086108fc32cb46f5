package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.TableName;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.checkpoint.OpenRejection;
import dev.belay.sink.checkpoint.RejectedKey;
import dev.belay.sink.checkpoint.RejectionChange;
import dev.belay.sink.checkpoint.RejectionStore;
import dev.belay.sink.harness.Feed;
import dev.belay.sink.target.postgres.PostgresTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class OpenRejectionsTest {
  private static final TopicPartition PARTITION = new TopicPartition("orders", 0);

  private final OpenRejections rejections =
      new OpenRejections(new RejectionStore(new PostgresTarget().checkpointSql(), "c"));

  @Test
  void aNewerVersionMendsAnOlderOneDoesNot() {
    reject(rejected(7, 20, 1));
    assertThat(after(List.of(change("7", 19, 2)))).isEqualTo(RejectionChange.NONE);
    assertThat(after(List.of(change("8", 30, 2)))).isEqualTo(RejectionChange.NONE);
    RejectionChange mended = after(List.of(change("7", 30, 2)));
    assertThat(mended.closed()).extracting(OpenRejection::offset).containsExactly(1L);
    rejections.committed(mended);
    assertThat(rejections.count()).isZero();
  }

  @Test
  void aNewerVersionThatLacksValuesMendsNothing() {
    reject(rejected(7, 20, 1));
    Change newer = change("7", 30, 2);
    Change part = new Upsert(newer.info(), Row.NONE, false);
    assertThat(after(List.of(part))).isEqualTo(RejectionChange.NONE);
  }

  @Test
  void theSameVersionThatFitsAtLastMends() {
    reject(rejected(7, 20, 1));
    assertThat(after(List.of(change("7", 20, 1))).closed()).hasSize(1);
  }

  @Test
  void ofARowOnlyTheNewestRejectionCounts() {
    reject(rejected(7, 20, 1));
    reject(rejected(7, 30, 2), rejected(7, 25, 3));
    assertThat(rejections.count()).isOne();
    // sent again
    reject(rejected(7, 20, 4));
    assertThat(rejections.count()).isOne();
    assertThat(after(List.of(change("7", 29, 5))).isEmpty()).isTrue();
    assertThat(after(List.of(change("7", 30, 5))).closed())
        .extracting(OpenRejection::offset)
        .containsExactly(2L);
  }

  @Test
  void aVersionThatANewerOneOfTheSameTransactionCoversIsNotOpen() {
    RejectionChange change =
        rejections.after(Stream.of(change("7", 30, 2)), List.of(rejected(7, 20, 1)));
    assertThat(change.isEmpty()).isTrue();
  }

  @Test
  void nothingChangesBeforeTheCommit() {
    rejections.after(Stream.of(), List.of(rejected(7, 20, 1)));
    assertThat(rejections.count()).isZero();
  }

  @Test
  void keysAreToldApartByTableFamilyAndTypeOfTheirParts() {
    List<String> hashes =
        Stream.of(
                info("orders", "", new Datum.Text("1")),
                info("orders", "", new Datum.Number("1")),
                info("order", "s", new Datum.Number("1")),
                info("orders", "f", new Datum.Number("1")),
                info("orders", "", new Datum.Number("1"), new Datum.Number("2")),
                info("orders", "", new Datum.Number("12")))
            .map(RejectedKey::hash)
            .toList();
    assertThat(hashes).doesNotHaveDuplicates().allMatch(hash -> hash.matches("[0-9a-f]{64}"));
    assertThat(RejectedKey.hash(info("orders", ""))).isEmpty();
  }

  @Test
  void beyondTheBoundRecordsAreCountedAndNoLongerToldApart() {
    List<OpenRejection> many = new ArrayList<>();
    for (int id = 0; id < OpenRejections.MOST + 5; id++) {
      many.add(rejected(id, 20, id));
    }
    reject(many.toArray(OpenRejection[]::new));
    assertThat(rejections.count()).isEqualTo(OpenRejections.MOST + 5);
    assertThat(rejections.countUnkeyed()).isEqualTo(5);
    reject(rejected(-1, 20, 1_000_000));
    assertThat(rejections.countUnkeyed()).isEqualTo(6);
    rejections.committed(after(List.of(change("0", 30, 2), change("1", 30, 3))));
    assertThat(rejections.count()).isEqualTo(OpenRejections.MOST + 4);
    // there is room again
    reject(rejected(-2, 20, 1_000_001));
    assertThat(rejections.countUnkeyed()).isEqualTo(6);
  }

  @Test
  void partitionsThatAreGivenUpTakeTheirsAlong() {
    reject(rejected(7, 20, 1), OpenRejection.unreadable(new TopicPartition("orders", 1), 3));
    rejections.forget(List.of(PARTITION));
    assertThat(rejections.count()).isOne();
    assertThat(rejections.countUnkeyed()).isOne();
  }

  private void reject(OpenRejection... some) {
    rejections.committed(rejections.after(Stream.of(), List.of(some)));
  }

  private RejectionChange after(List<Change> applied) {
    return rejections.after(applied.stream(), List.of());
  }

  private static OpenRejection rejected(int id, long time, long offset) {
    return new OpenRejection(
        PARTITION,
        offset,
        "public.orders",
        RejectedKey.hash(change(String.valueOf(id), time, offset).info()),
        hlc(time),
        "23514",
        1);
  }

  private static Change change(String id, long time, long offset) {
    return new Delete(
        new ChangeInfo(
            new Origin("orders", 0, offset),
            TableName.of("orders"),
            "",
            KeyParts.unnamed(List.of(new Datum.Number(id))),
            hlc(time),
            HlcTimestamp.NONE,
            ChangeInfo.Before.NOT_SENT));
  }

  private static ChangeInfo info(String table, String family, Datum... key) {
    return new ChangeInfo(
        new Origin("orders", 0, 1),
        TableName.of(table),
        family,
        KeyParts.unnamed(List.of(key)),
        hlc(1),
        HlcTimestamp.NONE,
        ChangeInfo.Before.NOT_SENT);
  }

  private static HlcTimestamp hlc(long time) {
    return HlcTimestamp.parse(Feed.hlc(time)).orElseThrow();
  }
}
