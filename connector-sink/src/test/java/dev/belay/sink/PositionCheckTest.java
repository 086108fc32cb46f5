package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.checkpoint.LogRange;
import dev.belay.sink.checkpoint.OffsetRanges;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.failure.StopException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Invariant I9 Loud: a gap between the checkpoint and the log stops the task. */
class PositionCheckTest {

  private static PartitionCheckpoint row(String topicId) {
    return new PartitionCheckpoint(
        new TopicPartition("orders", 3),
        topicId,
        1,
        1,
        20,
        10,
        HlcTimestamp.NONE,
        OffsetRanges.NONE);
  }

  @Test
  void logThatReachesFromRewindToAppliedIsFine() {
    assertThatCode(() -> PositionCheck.check(row("a"), new LogRange("a", 10, 20), 10))
        .doesNotThrowAnyException();
  }

  @Test
  void topicMadeAnewStops() {
    assertThatThrownBy(() -> PositionCheck.check(row("a"), new LogRange("b", 0, 99), 10))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("Topic orders, partition 3")
        .hasMessageContaining("made anew");
  }

  @Test
  void positionOfATopicNotSeenYetFitsAnyTopic() {
    assertThatCode(() -> PositionCheck.check(row(""), new LogRange("b", 0, 99), 10))
        .doesNotThrowAnyException();
  }

  @Test
  void retentionThatPassedTheRewindOffsetStops() {
    assertThatThrownBy(() -> PositionCheck.check(row("a"), new LogRange("a", 11, 99), 10))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("starts at offset 11")
        .hasMessageContaining("retention.ms");
  }

  @Test
  void logThatEndsBeforeTheAppliedOffsetStops() {
    assertThatThrownBy(() -> PositionCheck.check(row("a"), new LogRange("a", 0, 19), 10))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("ends at offset 19");
  }
}
