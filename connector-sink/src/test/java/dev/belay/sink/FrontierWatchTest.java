package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.checkpoint.OffsetRanges;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.topics.TopicSurvey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * When a resolved time counts (part of invariant I4): once all partitions have it, and metadata
 * that was asked for after it was read shows no others. The cluster answers here when the test says
 * so; real ones answer too fast for it to matter most of the time.
 */
class FrontierWatchTest {
  private static final Duration LONG = Duration.ofDays(1);

  /** The questions, oldest first. */
  private final List<CompletableFuture<TopicSurvey>> asked = new ArrayList<>();

  private final Map<TopicPartition, PartitionState> claimed = new HashMap<>();
  private int offset;

  private FrontierWatch watch(boolean wholeFeed, int partitions) {
    for (int p = 0; p < partitions; p++) {
      TopicPartition partition = new TopicPartition("t", p);
      claimed.put(
          partition,
          new PartitionState(
              new PartitionCheckpoint(
                  partition, "id", 1, 1, 0, 0, HlcTimestamp.NONE, OffsetRanges.parse("")),
              10));
    }
    FrontierWatch watch =
        new FrontierWatch(
            () -> {
              asked.add(new CompletableFuture<>());
              return asked.get(asked.size() - 1);
            },
            wholeFeed,
            new Laggards(LONG, () -> 0),
            new Quiet(LONG, () -> 0, () -> "why"));
    watch.claimed(survey(partitions));
    return watch;
  }

  private static TopicSurvey survey(int partitions) {
    return new TopicSurvey(Map.of("t", new TopicSurvey.Facts("id", partitions)), List.of());
  }

  private void resolved(int partition, long time) {
    claimed
        .get(new TopicPartition("t", partition))
        .resolve(new Resolved(new Origin("t", partition, offset++), at(time)));
  }

  private static HlcTimestamp at(long time) {
    return new HlcTimestamp(time, 0);
  }

  private HlcTimestamp frontier(FrontierWatch watch) {
    watch.look(claimed);
    return watch.frontier(claimed, at(1));
  }

  @Test
  void resolvedTimeWaitsForTheAnswer() {
    FrontierWatch watch = watch(true, 1);
    resolved(0, 10);
    assertThat(frontier(watch)).isEqualTo(HlcTimestamp.NONE);
    assertThat(asked).hasSize(1);
    assertThat(watch.isAsking()).isTrue();
    asked.get(0).complete(survey(1));
    assertThat(frontier(watch)).isEqualTo(at(10));
    assertThat(watch.isAsking()).isFalse();
  }

  @Test
  void resolvedTimeThatIsReadWhileTheClusterIsAskedWaitsForTheNextAnswer() {
    FrontierWatch watch = watch(true, 1);
    resolved(0, 10);
    frontier(watch);
    resolved(0, 20);
    asked.get(0).complete(survey(1));
    assertThat(frontier(watch)).isEqualTo(at(10));
    assertThat(frontier(watch)).isEqualTo(at(10));
    assertThat(asked).hasSize(2);
    asked.get(1).complete(survey(1));
    assertThat(frontier(watch)).isEqualTo(at(20));
  }

  @Test
  void partitionThatTheAnswerShowsHoldsTheFrontierWhereItIs() {
    FrontierWatch watch = watch(true, 2);
    resolved(0, 1);
    resolved(1, 1);
    frontier(watch);
    asked.get(0).complete(survey(2));
    assertThat(frontier(watch)).isEqualTo(at(1));
    resolved(0, 10);
    resolved(1, 10);
    frontier(watch);
    asked.get(1).complete(survey(3));
    assertThat(frontier(watch)).isEqualTo(at(1));
    assertThat(watch.stall()).contains("not assigned").contains("t-2");
  }

  @Test
  void frontierIsTheLeastOfAllPartitions() {
    FrontierWatch watch = watch(true, 3);
    resolved(0, 30);
    resolved(1, 10);
    resolved(2, 20);
    frontier(watch);
    asked.get(0).complete(survey(3));
    assertThat(frontier(watch)).isEqualTo(at(10));
  }

  @Test
  void questionWithoutAnAnswerIsAskedAgain() {
    FrontierWatch watch = watch(true, 1);
    resolved(0, 10);
    frontier(watch);
    asked.get(0).completeExceptionally(new KafkaException("away"));
    assertThat(frontier(watch)).isEqualTo(HlcTimestamp.NONE);
    assertThat(watch.stall()).contains("Kafka does not answer");
    frontier(watch);
    asked.get(1).complete(survey(1));
    assertThat(frontier(watch)).isEqualTo(at(10));
    assertThat(watch.stall()).isEmpty();
  }

  @Test
  void oneOfSeveralTasksStopsWhenTheAnswerShowsMorePartitions() {
    FrontierWatch watch = watch(false, 1);
    resolved(0, 10);
    frontier(watch);
    asked.get(0).complete(survey(2));
    assertThatThrownBy(() -> frontier(watch))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("gained partitions")
        .hasMessageContaining("t-1");
  }

  @Test
  void topicThatIsAnotherOneStops() {
    FrontierWatch watch = watch(true, 1);
    resolved(0, 10);
    frontier(watch);
    asked
        .get(0)
        .complete(new TopicSurvey(Map.of("t", new TopicSurvey.Facts("another", 1)), List.of()));
    assertThatThrownBy(() -> frontier(watch)).hasMessageContaining("deleted and made anew");
  }
}
