package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.checkpoint.OffsetRanges;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** When partitions that hold the frontier back are named. */
class LaggardsTest {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration MOMENT = Duration.ofMillis(20);

  private long now;
  private final Laggards laggards = new Laggards(START, () -> now);
  private final Map<TopicPartition, PartitionState> claimed = new LinkedHashMap<>();

  @Test
  void partitionsOfABacklogThatCatchUpOneAfterAnotherAreNotNamed() {
    claim(15, 0, at(0));
    for (int p = 0; p < 15; p++) {
      resolved(p, 3_600);
      after(MOMENT);
      assertThat(laggards.finding()).isEmpty();
    }
  }

  @Test
  void nobodyIsNamedAfterAResetWhilePartitionsResolveOneAfterAnother() {
    claim(15, 0, HlcTimestamp.NONE);
    for (int p = 0; p < 15; p++) {
      resolved(p, 3_600);
      after(MOMENT);
      assertThat(laggards.finding()).isEmpty();
    }
  }

  @Test
  void aPartitionThatStandsStillWhileOthersMoveOnIsNamedOnceThatHasLasted() {
    claim(3, 0, at(0));
    allResolved(1);
    after(MOMENT);
    resolved(0, 70);
    resolved(2, 70);
    after(MOMENT);
    after(Laggards.LASTING.minus(MOMENT));
    assertThat(laggards.finding()).isEmpty();
    after(MOMENT);
    assertThat(laggards.finding()).startsWith("partitions t-1 are resolved up to " + at(1));
  }

  @Test
  void otherPartitionsThatHoldItBackMeanwhileAreNamedToo() {
    claim(3, 0, at(0));
    allResolved(1);
    after(MOMENT);
    resolved(0, 70);
    after(MOMENT);
    after(Laggards.LASTING);
    assertThat(laggards.finding()).startsWith("partitions t-1, t-2 are");
    resolved(1, 70);
    after(MOMENT);
    assertThat(laggards.finding()).startsWith("partitions t-2 are");
    resolved(2, 70);
    after(MOMENT);
    assertThat(laggards.finding()).isEmpty();
  }

  @Test
  void aPartitionThatMovesOnlyNowAndThenIsNotNamed() {
    claim(2, 0, at(0));
    allResolved(1);
    after(MOMENT);
    for (int step = 1; step < 10; step++) {
      resolved(0, 1_000L * step);
      after(MOMENT);
      resolved(1, 1 + step);
      after(Laggards.LASTING);
      assertThat(laggards.finding()).isEmpty();
    }
  }

  @Test
  void aPartitionThatNeverResolvesIsNamedAfterTheLimitOfTheStart() {
    claim(2, 0, HlcTimestamp.NONE);
    resolved(0, 1);
    after(MOMENT);
    after(START.minus(MOMENT));
    assertThat(laggards.finding()).isEmpty();
    after(MOMENT);
    assertThat(laggards.finding())
        .startsWith("partitions t-1 have not resolved yet, and others have");
  }

  @Test
  void aPartitionThatIsReadAgainHasTheLimitOfTheStartAsWell() {
    claim(2, 100, at(0));
    allResolved(1); // at offset 0, and the checkpoint is at 100
    after(MOMENT);
    resolved(0, 70);
    after(MOMENT);
    after(Laggards.LASTING);
    assertThat(laggards.finding()).isEmpty();
    after(START);
    assertThat(laggards.finding()).startsWith("partitions t-1 are resolved up to");
  }

  @Test
  void aFeedThatStandsStillAltogetherIsNotMeant() {
    claim(2, 0, at(0));
    resolved(0, 1);
    after(MOMENT);
    after(Duration.ofHours(1));
    assertThat(laggards.finding()).isEmpty();
  }

  @Test
  void aClaimStartsOver() {
    claim(2, 0, HlcTimestamp.NONE);
    resolved(0, 1);
    after(MOMENT);
    after(START);
    assertThat(laggards.finding()).isNotEmpty();
    laggards.claimed();
    assertThat(laggards.finding()).isEmpty();
    after(START.minus(MOMENT));
    assertThat(laggards.finding()).isEmpty();
  }

  private void claim(int partitions, long applied, HlcTimestamp resolved) {
    for (int p = 0; p < partitions; p++) {
      TopicPartition partition = new TopicPartition("t", p);
      claimed.put(
          partition,
          new PartitionState(
              new PartitionCheckpoint(
                  partition, "id", 1, 1, applied, 0, resolved, OffsetRanges.NONE),
              1_000));
    }
    laggards.look(claimed);
  }

  private void allResolved(long seconds) {
    for (int p = 0; p < claimed.size(); p++) {
      resolved(p, seconds);
    }
  }

  private void resolved(int partition, long seconds) {
    PartitionState state = claimed.get(new TopicPartition("t", partition));
    state.resolve(new Resolved(new Origin("t", partition, state.next()), at(seconds)));
    state.read(state.next());
  }

  private void after(Duration time) {
    now += time.toNanos();
    laggards.look(claimed);
  }

  private static HlcTimestamp at(long seconds) {
    return new HlcTimestamp(Duration.ofSeconds(1_000_000 + seconds).toNanos(), 0);
  }
}
