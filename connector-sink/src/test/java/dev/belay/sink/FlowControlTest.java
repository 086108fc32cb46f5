package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
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
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.junit.jupiter.api.Test;

/** Invariant I8 Bounded: who is paused, and that somebody always may go on. */
class FlowControlTest {
  private static final int MOST = 1_000;

  private final Paused paused = new Paused();
  private final Map<TopicPartition, PartitionState> claimed = new LinkedHashMap<>();
  private final FlowControl flow = new FlowControl(paused, MOST, false);

  /** Connect, as far as pausing goes. */
  private static final class Paused implements SinkTaskContext {
    private final Set<TopicPartition> partitions = new HashSet<>();

    @Override
    public void pause(TopicPartition... some) {
      partitions.addAll(Set.of(some));
    }

    @Override
    public void resume(TopicPartition... some) {
      partitions.removeAll(Set.of(some));
    }

    @Override
    public Map<String, String> configs() {
      return Map.of();
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {}

    @Override
    public void offset(TopicPartition partition, long offset) {}

    @Override
    public void timeout(long timeoutMs) {}

    @Override
    public Set<TopicPartition> assignment() {
      return Set.of();
    }

    @Override
    public void requestCommit() {}

    @Override
    public ErrantRecordReporter errantRecordReporter() {
      return null;
    }

    @Override
    public PluginMetrics pluginMetrics() {
      return null;
    }
  }

  private static TopicPartition p(int partition) {
    return new TopicPartition("t", partition);
  }

  private PartitionState state(int partition) {
    return claimed.computeIfAbsent(p(partition), key -> claimed(partition, 0));
  }

  private static PartitionState claimed(int partition, long applied) {
    return new PartitionState(
        new PartitionCheckpoint(
            p(partition), "id", 1, 1, applied, 0, HlcTimestamp.NONE, OffsetRanges.NONE),
        MOST);
  }

  /** A row that was tried in a window, and waits for another. */
  private void holdBlocked(int partition, int bytes) {
    hold(partition, bytes, 30).block();
    PartitionState state = claimed.get(p(partition));
    state.committed(state.committed(), List.copyOf(state.held()));
  }

  private HeldChange hold(int partition, int bytes, long time) {
    PartitionState state = state(partition);
    Origin origin = new Origin("t", partition, state.next());
    ChangeInfo info =
        new ChangeInfo(
            origin,
            TableName.of("t"),
            "",
            KeyParts.NONE,
            new HlcTimestamp(time, 0),
            HlcTimestamp.NONE,
            ChangeInfo.Before.NOT_SENT);
    HeldChange held =
        new HeldChange(
            new Delete(info),
            new SinkRecord("t", partition, null, null, null, new byte[bytes], state.next()),
            bytes,
            false);
    state.hold(held);
    state.read(state.next());
    return held;
  }

  private void resolved(int partition, long time) {
    unconfirmed(partition, time);
    state(partition).ask();
    state(partition).confirm();
  }

  private void unconfirmed(int partition, long time) {
    PartitionState state = state(partition);
    state.resolve(
        new Resolved(new Origin("t", partition, state.next()), new HlcTimestamp(time, 0)));
    state.read(state.next());
  }

  private void release(int partition) {
    state(partition).committed(state(partition).committed(), List.of());
  }

  private void regulate() {
    flow.regulate(claimed, 0, 0, false);
  }

  @Test
  void nobodyIsPausedWhileLittleIsHeld() {
    resolved(1, 10);
    resolved(2, 20);
    hold(1, MOST / 2 - 1, 11);
    regulate();
    assertThat(paused.partitions).isEmpty();
  }

  @Test
  void partitionsThatAreAheadArePaused() {
    resolved(1, 10);
    resolved(2, 20);
    resolved(3, 10);
    hold(2, MOST / 2, 21);
    regulate();
    assertThat(paused.partitions).containsExactly(p(2));
  }

  @Test
  void pausedPartitionGoesOnWhenItHoldsTheOthersBack() {
    resolved(1, 10);
    resolved(2, 20);
    hold(2, MOST / 2, 30);
    regulate();
    resolved(1, 40);
    regulate();
    assertThat(paused.partitions).containsExactly(p(1));
  }

  @Test
  void pausedPartitionGoesOnWhenItHoldsTheOthersBackAlsoIfLessIsHeld() {
    resolved(1, 10);
    resolved(2, 20);
    hold(2, MOST / 2, 30);
    regulate();
    release(2);
    hold(2, MOST / 3, 30);
    resolved(1, 40);
    regulate();
    assertThat(paused.partitions).doesNotContain(p(2));
  }

  @Test
  void nobodyReadsOnWhileAWindowOnlyWaitsForTheMetadata() {
    resolved(1, 10);
    resolved(2, 10);
    unconfirmed(1, 20);
    unconfirmed(2, 30);
    hold(1, MOST / 2, 15);
    regulate();
    assertThat(paused.partitions).containsExactlyInAnyOrder(p(1), p(2));
  }

  @Test
  void everybodyGoesOnWhenLittleIsHeldAgain() {
    resolved(1, 10);
    resolved(2, 20);
    hold(2, MOST / 2, 30);
    regulate();
    release(2);
    regulate();
    assertThat(paused.partitions).isEmpty();
  }

  @Test
  void partitionThatIsReadAgainGoesOnWhileTheOthersWait() {
    claimed.put(p(2), claimed(2, 100));
    resolved(1, 10);
    resolved(2, 20);
    hold(2, MOST / 2, 30);
    regulate();
    assertThat(paused.partitions).containsExactly(p(1));
  }

  @Test
  void partitionWithRowsThatWaitIsPausedWhenTheBufferIsFull() {
    holdBlocked(1, MOST);
    hold(2, 1, 30);
    regulate();
    assertThat(paused.partitions).containsExactly(p(1));
  }

  @Test
  void fullBufferStopsIfNothingElseCanHelp() {
    holdBlocked(1, MOST);
    holdBlocked(2, 1);
    assertThatThrownBy(() -> flow.regulate(claimed, 0, 0, true))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("window.buffer.bytes=1000");
  }

  @Test
  void fullBufferDoesNotStopWhileWhatWaitsIsStillToBeTried() {
    holdBlocked(1, MOST);
    holdBlocked(2, 1);
    assertThatCode(this::regulate).doesNotThrowAnyException();
  }

  @Test
  void partitionClaimedAnewCanBePausedAgain() {
    resolved(1, 10);
    resolved(2, 20);
    hold(2, MOST / 2, 30);
    regulate();
    paused.resume(p(1), p(2));
    flow.forget(claimed.keySet());
    regulate();
    assertThat(paused.partitions).containsExactly(p(2));
  }

  @Test
  void anotherWindowLikeTheOneUnderWayIsReadBesideIt() {
    FlowControl large = new FlowControl(paused, 64 << 20, false);
    int window = 2 * (int) FlowControl.READ_AHEAD;
    hold(1, window, 30);
    hold(2, window, 30);
    assertThat(large.isCrowded(claimed, window)).isFalse();
    hold(2, window / 2, 30);
    assertThat(large.isCrowded(claimed, window)).isTrue();
  }

  @Test
  void moreIsReadAheadWhereWindowsTakeLong() {
    FlowControl large = new FlowControl(paused, 64 << 20, false);
    hold(1, (int) FlowControl.READ_AHEAD, 30);
    assertThat(large.isCrowded(claimed, 0)).isTrue();
    large.landed(FlowControl.READ_AHEAD, Duration.ofSeconds(1));
    assertThat(large.isCrowded(claimed, 0)).isFalse();
    large.landed(1, Duration.ofSeconds(1));
    assertThat(large.isCrowded(claimed, 0)).isFalse();
    large.landed(FlowControl.READ_AHEAD, Duration.ofMillis(100));
    assertThat(large.isCrowded(claimed, 0)).isTrue();
  }

  @Test
  void fullBufferStopsIfTheUserWantsNoPieces() {
    hold(1, MOST, 30);
    assertThatThrownBy(() -> new FlowControl(paused, MOST, true).requireRoom(claimed))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("window.oversize=fail");
  }
}
