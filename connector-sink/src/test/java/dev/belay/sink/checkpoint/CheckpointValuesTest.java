package dev.belay.sink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.HlcTimestamp;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** How positions move: epochs stand, sequences count, and what did not move is not written. */
class CheckpointValuesTest {
  private static final HlcTimestamp EARLY = new HlcTimestamp(5, 0);
  private static final HlcTimestamp LATE = new HlcTimestamp(7, 0);
  private static final OffsetRanges HELD = OffsetRanges.of(List.of(11L, 12L));
  private static final PartitionCheckpoint PARTITION =
      new PartitionCheckpoint(
          new TopicPartition("t", 1), "id", 3, 8, 20, 10, EARLY, OffsetRanges.NONE);
  private static final FrontierCheckpoint FRONTIER = new FrontierCheckpoint(3, 8, EARLY, EARLY);

  @Test
  void positionMovesUnderTheSameEpochAndSequence() {
    assertThat(PARTITION.moved(30, 15, LATE, HELD))
        .isEqualTo(new PartitionCheckpoint(PARTITION.partition(), "id", 3, 8, 30, 15, LATE, HELD));
    assertThat(FRONTIER.moved(LATE, EARLY)).isEqualTo(new FrontierCheckpoint(3, 8, LATE, EARLY));
  }

  @Test
  void commitRaisesTheSequenceByOneAndNothingElse() {
    assertThat(PARTITION.afterCommit())
        .isEqualTo(
            new PartitionCheckpoint(
                PARTITION.partition(), "id", 3, 9, 20, 10, EARLY, OffsetRanges.NONE));
    assertThat(FRONTIER.afterCommit()).isEqualTo(new FrontierCheckpoint(3, 9, EARLY, EARLY));
  }

  @Test
  void positionIsTheSameWhateverTheEpochAndSequence() {
    PartitionCheckpoint claimed =
        new PartitionCheckpoint(
            PARTITION.partition(), "id", 4, 1, 20, 10, EARLY, OffsetRanges.NONE);
    assertThat(PARTITION.isWhere(claimed)).isTrue();
    assertThat(FRONTIER.isWhere(new FrontierCheckpoint(4, 1, EARLY, EARLY))).isTrue();
  }

  @Test
  void positionIsAnotherOnceAnyPartOfItMoved() {
    assertThat(
            List.of(
                PARTITION.moved(21, 10, EARLY, OffsetRanges.NONE),
                PARTITION.moved(20, 11, EARLY, OffsetRanges.NONE),
                PARTITION.moved(20, 10, LATE, OffsetRanges.NONE),
                PARTITION.moved(20, 10, EARLY, HELD)))
        .noneMatch(PARTITION::isWhere);
    assertThat(List.of(FRONTIER.moved(LATE, EARLY), FRONTIER.moved(EARLY, LATE)))
        .noneMatch(FRONTIER::isWhere);
  }

  @Test
  void targetIsASnapshotOnceTheFrontierReachedWhatWasAppliedAheadOfIt() {
    assertThat(FRONTIER.isSnapshot()).isTrue();
    assertThat(FRONTIER.moved(LATE, EARLY).isSnapshot()).isTrue();
    assertThat(FRONTIER.moved(EARLY, LATE).isSnapshot()).isFalse();
    assertThat(FRONTIER.moved(HlcTimestamp.NONE, HlcTimestamp.NONE).isSnapshot()).isFalse();
  }

  @Test
  void advanceIsEmptyIfNothingMoves() {
    assertThat(new Advance(List.of(), Optional.empty()).isEmpty()).isTrue();
    assertThat(new Advance(List.of(PARTITION), Optional.empty()).isEmpty()).isFalse();
    assertThat(new Advance(List.of(), Optional.of(FRONTIER)).isEmpty()).isFalse();
  }

  @Test
  void firstHeldOffsetIsTheLeast() {
    assertThat(HELD.first()).hasValue(11);
    assertThat(OffsetRanges.NONE.first()).isEmpty();
  }
}
