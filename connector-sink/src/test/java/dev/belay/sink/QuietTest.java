package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.checkpoint.OffsetRanges;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class QuietTest {
  private final Map<TopicPartition, PartitionState> claimed = new HashMap<>();
  private long nanos;
  private final Quiet quiet =
      new Quiet(Duration.ofSeconds(60), () -> nanos, () -> "Look at SHOW CHANGEFEED JOBS");

  @Test
  void partitionThatStaysBehindOthersIsNotItsMatter() {
    claim(0);
    claim(1);
    quiet.look(claimed.values());
    for (int second = 1; second <= 61; second++) {
      nanos = Duration.ofSeconds(second).toNanos();
      resolve(0, second);
      quiet.look(claimed.values());
    }
    assertThat(quiet.finding()).isEmpty();
  }

  @Test
  void feedThatPromisesNothingForLongIsTold() {
    claim(0);
    claim(1);
    quiet.look(claimed.values());
    nanos = Duration.ofSeconds(61).toNanos();
    quiet.look(claimed.values());
    assertThat(quiet.finding()).contains("on any partition").contains("SHOW CHANGEFEED JOBS");
  }

  @Test
  void newResolvedTimeEndsIt() {
    claim(0);
    quiet.look(claimed.values());
    nanos = Duration.ofSeconds(61).toNanos();
    quiet.look(claimed.values());
    resolve(0, 61);
    quiet.look(claimed.values());
    assertThat(quiet.finding()).isEmpty();
  }

  @Test
  void resolvedTimeThatRepeatsIsNoNewOne() {
    claim(0);
    resolve(0, 1);
    quiet.look(claimed.values());
    nanos = Duration.ofSeconds(61).toNanos();
    resolve(0, 1);
    quiet.look(claimed.values());
    assertThat(quiet.finding()).isNotEmpty();
  }

  private void claim(int partition) {
    TopicPartition orders = new TopicPartition("orders", partition);
    claimed.put(
        orders,
        new PartitionState(
            new PartitionCheckpoint(orders, "id", 1, 0, 0, 0, HlcTimestamp.NONE, OffsetRanges.NONE),
            1_000));
  }

  private void resolve(int partition, long second) {
    claimed
        .get(new TopicPartition("orders", partition))
        .resolve(
            new Resolved(
                new Origin("orders", partition, second),
                new HlcTimestamp(second * 1_000_000_000L, 0)));
  }
}
