package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.change.TableName;
import dev.belay.sink.checkpoint.OffsetRanges;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.failure.StopException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** The arithmetic of a partition's checkpoint, in all modes (invariants I1 and I3). */
class PartitionStateTest {
  /** More than any of these tests reads. */
  private static final int MEMORY = 1_000;

  private static final TopicPartition PARTITION = new TopicPartition("t", 0);
  private static final HlcTimestamp NEVER = HlcTimestamp.NONE;

  private final List<HeldChange> read = new ArrayList<>();

  private static HlcTimestamp at(long time) {
    return new HlcTimestamp(time, 0);
  }

  private static PartitionCheckpoint row(
      long applied, long rewind, HlcTimestamp resolved, String held) {
    return new PartitionCheckpoint(
        PARTITION, "id", 1, 1, applied, rewind, resolved, OffsetRanges.parse(held));
  }

  private static PartitionState fresh() {
    return new PartitionState(row(0, 0, NEVER, ""), MEMORY);
  }

  private void change(PartitionState state, long offset, long time) {
    Origin origin = new Origin("t", 0, offset);
    ChangeInfo info =
        new ChangeInfo(
            origin,
            TableName.of("t"),
            "",
            KeyParts.NONE,
            at(time),
            NEVER,
            ChangeInfo.Before.NOT_SENT);
    SinkRecord record = new SinkRecord("t", 0, null, new byte[3], null, new byte[7], offset);
    HeldChange held = new HeldChange(new Delete(info), record, 10, state.isKnown(offset));
    read.add(held);
    state.hold(held);
    state.read(offset);
  }

  private static void resolved(PartitionState state, long offset, long time) {
    state.resolve(new Resolved(new Origin("t", 0, offset), at(time)));
    state.read(offset);
  }

  /** The held changes of these offsets. */
  private List<HeldChange> left(long... offsets) {
    return read.stream()
        .filter(h -> Arrays.stream(offsets).anyMatch(o -> o == h.offset()))
        .toList();
  }

  private static void confirm(PartitionState state) {
    state.ask();
    state.confirm();
  }

  /** Commits with these left, and gives the state of a task that starts on the checkpoint. */
  private PartitionState restarted(PartitionState state, PartitionCheckpoint row, long... left) {
    state.committed(row.afterCommit(), left(left));
    read.clear();
    return new PartitionState(row.afterCommit(), MEMORY);
  }

  @Test
  void windowWithNothingLeftAppliesUpToTheNextRecord() {
    PartitionState state = fresh();
    change(state, 0, 5);
    change(state, 1, 4);
    resolved(state, 2, 6);
    assertThat(state.after(List.of(), at(6))).isEqualTo(row(3, 3, at(6), ""));
  }

  @Test
  void windowAppliesUpToTheFirstRecordThatIsLeft() {
    PartitionState state = fresh();
    change(state, 0, 5);
    change(state, 1, 9);
    change(state, 2, 6);
    resolved(state, 3, 7);
    assertThat(state.after(left(1), at(7))).isEqualTo(row(1, 1, at(7), ""));
  }

  @Test
  void promiseAheadOfTheFrontierIsReadAgain() {
    PartitionState state = fresh();
    change(state, 0, 5);
    resolved(state, 1, 20);
    change(state, 2, 25);
    // other partitions are at 10 only
    assertThat(state.after(left(2), at(10))).isEqualTo(row(2, 1, at(10), ""));
  }

  @Test
  void recordsAppliedAheadOfTheResolvedTimeAreReadAgainToBeRemembered() {
    PartitionState state = fresh();
    change(state, 0, 5);
    change(state, 1, 55);
    change(state, 2, 6);
    resolved(state, 3, 40);
    confirm(state);
    change(state, 4, 60);
    assertThat(state.after(List.of(), at(40))).isEqualTo(row(5, 1, at(40), ""));
  }

  @Test
  void heldRecordIsListedIfOneBehindItIsApplied() {
    PartitionState state = fresh();
    change(state, 0, 5);
    change(state, 1, 6);
    change(state, 2, 7);
    assertThat(state.after(left(1), NEVER)).isEqualTo(row(3, 0, NEVER, "1"));
  }

  @Test
  void heldRecordAtTheEndNeedsNoList() {
    PartitionState state = fresh();
    change(state, 0, 5);
    change(state, 1, 6);
    assertThat(state.after(left(1), NEVER)).isEqualTo(row(1, 0, NEVER, ""));
  }

  @Test
  void listedRecordIsReadAsNewAfterARestart() {
    PartitionState first = fresh();
    change(first, 0, 5);
    change(first, 1, 6);
    PartitionState second = restarted(first, first.after(left(0), NEVER), 0);
    assertThat(List.of(second.isKnown(0), second.isKnown(1))).containsExactly(false, true);
  }

  @Test
  void checkpointDoesNotFallBackWhileRecordsAreReadAgain() {
    PartitionState state = new PartitionState(row(20, 10, at(40), ""), MEMORY);
    change(state, 10, 50);
    change(state, 11, 60);
    // a window that another partition asked for
    assertThat(state.after(List.of(), at(40)).appliedOffset()).isEqualTo(20);
  }

  @Test
  void recordsNotReadAgainYetAreReadAgainByTheNextTask() {
    PartitionState state = new PartitionState(row(20, 10, at(40), ""), MEMORY);
    resolved(state, 10, 40);
    resolved(state, 11, 40);
    assertThat(state.after(List.of(), at(40)).rewindOffset()).isEqualTo(12);
  }

  @Test
  void heldRecordsNotReadAgainYetStayListed() {
    PartitionState state = new PartitionState(row(20, 10, at(40), "11,15,18"), MEMORY);
    change(state, 10, 50);
    change(state, 11, 60);
    change(state, 12, 70);
    assertThat(state.after(left(11), at(40)).held().toString()).isEqualTo("11,15,18");
  }

  @Test
  void heldRecordThatTookEffectLeavesTheListBeforeTheOthersAreReadAgain() {
    PartitionState state = new PartitionState(row(20, 10, at(40), "11,15,18"), MEMORY);
    change(state, 10, 50);
    change(state, 11, 60);
    change(state, 12, 70);
    assertThat(state.after(List.of(), at(40)).held().toString()).isEqualTo("15,18");
  }

  @Test
  void heldRecordStaysListedThoughWhatWasAppliedBehindItIsNotReadAgainYet() {
    PartitionState state = new PartitionState(row(20, 10, at(40), "11"), MEMORY);
    change(state, 10, 50);
    change(state, 11, 60);
    assertThat(state.after(left(11), at(40))).isEqualTo(row(20, 10, at(40), "11"));
  }

  @Test
  void recordsLeftBehindTheAppliedOffsetAreNotListed() {
    PartitionState state = new PartitionState(row(2, 0, at(40), "1"), MEMORY);
    change(state, 0, 50);
    change(state, 1, 60);
    change(state, 2, 70);
    change(state, 3, 80);
    assertThat(state.after(left(1, 2, 3), at(40))).isEqualTo(row(2, 0, at(40), "1"));
  }

  @Test
  void resolvedTimeNeverFallsBack() {
    PartitionState state = new PartitionState(row(5, 5, at(40), ""), MEMORY);
    resolved(state, 5, 50);
    // the frontier of all partitions can be behind what this one committed in immediate mode
    assertThat(state.after(List.of(), at(30)).resolved()).isEqualTo(at(40));
  }

  @Test
  void resolvedTimeCountsOnlyOnceTheSetOfPartitionsIsConfirmed() {
    PartitionState state = fresh();
    resolved(state, 0, 10);
    state.ask();
    resolved(state, 1, 20);
    state.confirm();
    assertThat(List.of(state.confirmed(), state.resolved())).containsExactly(at(10), at(20));
  }

  @Test
  void restartedFeedMayRepeatItsResolvedTimesOnce() {
    PartitionState state = fresh();
    resolved(state, 0, 10);
    resolved(state, 1, 20);
    resolved(state, 2, 12);
    resolved(state, 3, 22);
    assertThat(state.resolved()).isEqualTo(at(22));
  }

  @Test
  void twoFeedsOnOneTopicAreRefused() {
    PartitionState state = fresh();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 20; i++) {
                resolved(state, 2 * i, 1_000 + i);
                resolved(state, 2 * i + 1, 10 + i);
              }
            })
        .isInstanceOf(StopException.class)
        .hasMessageContaining("two changefeeds");
  }

  @Test
  void heldBytesAreThoseOfKeysAndValues() {
    PartitionState state = fresh();
    change(state, 0, 5);
    change(state, 1, 6);
    state.committed(state.after(left(1), NEVER), left(1));
    assertThat(state.heldBytes()).isEqualTo(10);
  }

  /**
   * Rows of such a snapshot are older than all that the log has, so one after it cannot be placed.
   */
  @Test
  void snapshotAfterChangesOfTheLogIsNoticed() {
    PartitionState state = fresh();
    assertThat(state.fallsBack(true)).isFalse();
    assertThat(state.fallsBack(true)).isFalse();
    assertThat(state.fallsBack(false)).isFalse();
    assertThat(state.fallsBack(false)).isFalse();
    assertThat(state.fallsBack(true)).isTrue();
  }
}
