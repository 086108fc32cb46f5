package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code PATCH} and {@code DELETE /connectors/NAME/offsets} do to the checkpoint. */
@Tag("any-target")
class OffsetEditorIT extends TaskCase {

  @Test
  void aPositionSetByHandFencesATaskThatStillRunsAndIsWhereTheNextOneStarts() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      put(2, 21); // to be skipped
      put(3, 22);
      assertThat(alter(Map.of(partition(0), 3L))).isTrue();
      resolved(25);
      task.untilRead();
      task.until("fenced", () -> !task.pausedByTask().isEmpty());
      assertThat(rows()).containsExactly("1@11");
    }
    try (TaskHarness task = task().start()) {
      task.until("the resolved time is read", () -> !rows().equals(List.of("1@11")));
      untilFrontier(task, 25);
      assertThat(rows()).containsExactly("1@11", "3@22");
    }
  }

  @Test
  void theTargetIsNoSnapshotUntilTheFrontierIsBackWhereItWas() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(12);
      put(1, 13);
      resolved(15);
      untilFrontier(task, 15);
      assertThat(task.meter("snapshot")).isEqualTo(true);
    }
    alter(Map.of(partition(0), 0L));
    try (TaskHarness task = task().consumer("max.poll.records", 1).start()) {
      untilFrontier(task, 12);
      assertThat(task.meter("snapshot")).isEqualTo(false);
      untilFrontier(task, 15);
      task.step();
      assertThat(task.meter("snapshot")).isEqualTo(true);
      assertThat(rows()).containsExactly("1@13");
    }
  }

  @Test
  void aResetStartsOverFromTheStartOfTheLog() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
    }
    db.sql("TRUNCATE orders");
    Map<TopicPartition, Long> reset = new HashMap<>();
    reset.put(partition(0), null);
    assertThat(alter(reset)).isTrue();
    try (TaskHarness task = task().start()) {
      untilFrontier(task, 15);
      assertThat(rows()).containsExactly("1@11");
    }
  }

  /** Connect knows only of partitions whose offsets its group has committed; here it has none. */
  @Test
  void aResetOfWhichConnectKnowsNoPartitionStartsOverAsWell() {
    feed.create("orders", 2);
    TaskHarness first = task().start();
    put(1, 11);
    put(2, 12);
    resolved(15);
    untilFrontier(first, 15);
    first.crash();
    db.sql("TRUNCATE orders");
    assertThat(alter(Map.of())).isTrue();
    try (TaskHarness task = task().start()) {
      untilFrontier(task, 15);
      assertThat(rows()).containsExactly("1@11", "2@12");
    }
  }

  @Test
  void aPositionInATopicThatWasMadeAnewIsTaken() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
    }
    feed.recreate("orders");
    put(2, 21);
    resolved(25);
    alter(Map.of(partition(0), 0L));
    try (TaskHarness task = task().start()) {
      untilFrontier(task, 25);
      assertThat(rows()).containsExactly("1@11", "2@21");
    }
  }

  @Test
  void aPositionIsRefusedWhenTheTargetCannotTakeIt() {
    feed.create("orders", 1);
    Map<String, String> settings =
        task().set("target.connection.user", "nobody_of_this_name").settings();
    assertThatThrownBy(
            () -> new BelaySinkConnector().alterOffsets(settings, Map.of(partition(0), 0L)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("not changed")
        .hasNoCause();
    assertThatThrownBy(() -> alter(Map.of(partition(0), -5L)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("The position is not changed.")
        .hasMessageContaining("negative");
  }

  @Test
  void aTopicThatIsMistypedChangesNoPositionAtAll() {
    feed.create("orders", 1);
    stopAtFrontier(15);
    List<String> before = checkpointRows();
    TopicPartition mistyped = new TopicPartition(feed.topic("oders"), 0);
    assertThatThrownBy(() -> alter(Map.of(partition(0), 1L, mistyped, 0L)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("The position is not changed.")
        .hasMessageContaining("Topic " + feed.topic("oders") + " does not exist")
        .hasMessageNotContaining(feed.topic("orders") + ",");
    assertThat(checkpointRows()).isEqualTo(before);
  }

  @Test
  void aTopicThatTheConnectorDoesNotReadIsRefused() {
    feed.create("orders", 1);
    feed.create("customers", 1);
    stopAtFrontier(15);
    List<String> before = checkpointRows();
    assertThatThrownBy(() -> alter(Map.of(new TopicPartition(feed.topic("customers"), 0), 0L)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("Topic " + feed.topic("customers") + " is not read by the connector");
    assertThat(checkpointRows()).isEqualTo(before);
  }

  @Test
  void aPartitionThatDoesNotExistIsRefusedWithThoseThatDo() {
    feed.create("orders", 2);
    stopAtFrontier(15);
    List<String> before = checkpointRows();
    assertThatThrownBy(() -> alter(Map.of(partition(99), 0L, partition(1), 0L)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("The position is not changed.")
        .hasMessageContaining("has no partition 99, only 0 to 1");
    assertThat(checkpointRows()).isEqualTo(before);
  }

  @Test
  void anOffsetOutsideOfTheLogIsRefusedWithWhatTheLogHas() {
    feed.create("orders", 2);
    stopAtFrontier(15);
    feed.resolved("orders", 0, 16);
    feed.retain("orders", 0, 1);
    List<String> before = checkpointRows();
    long end = feed.resolved("orders", 0, 17) + 1;
    assertThatThrownBy(() -> alter(Map.of(partition(0), 999_999L)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("The position is not changed.")
        .hasMessageContaining("offset 999999 is not between 1, where the log starts, and " + end);
    assertThatThrownBy(() -> alter(Map.of(partition(0), 0L, partition(1), 1L)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("offset 0 is not between 1, where the log starts, and " + end);
    assertThat(checkpointRows()).isEqualTo(before);
    assertThat(alter(Map.of(partition(0), 1L, partition(1), 0L))).isTrue();
    assertThat(alter(Map.of(partition(0), end))).isTrue();
  }

  @Test
  void nothingIsChangedWhileKafkaDoesNotAnswer() {
    feed.create("orders", 1);
    stopAtFrontier(15);
    List<String> before = checkpointRows();
    Map<String, String> settings =
        task()
            .set("kafka.admin.bootstrap.servers", "localhost:1")
            .set("kafka.admin.default.api.timeout.ms", "1000")
            .set("kafka.admin.request.timeout.ms", "1000")
            .settings();
    assertThatThrownBy(
            () -> new BelaySinkConnector().alterOffsets(settings, Map.of(partition(0), 0L)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("The position is not changed. Kafka, describing the topics");
    assertThat(checkpointRows()).isEqualTo(before);
  }

  @Test
  void aResetOfATopicThatIsGoneIsTaken() {
    feed.create("orders", 1);
    stopAtFrontier(15);
    PARTS.topics().delete(feed.topic("orders"));
    Map<TopicPartition, Long> reset = new HashMap<>();
    reset.put(partition(0), null);
    assertThat(alter(reset)).isTrue();
    assertThat(db.checkpoint(task().settings().get("name"), feed.topic("orders"), 0).applied())
        .isEqualTo(-1);
  }

  @Test
  void aResetOfWhatNeitherKafkaNorTheTargetKnowsLeavesNothingBehind() {
    feed.create("orders", 1);
    stopAtFrontier(15);
    List<String> before = checkpointRows();
    Map<TopicPartition, Long> reset = new HashMap<>();
    reset.put(new TopicPartition(feed.topic("oders"), 0), null);
    assertThat(alter(reset)).isTrue();
    assertThat(checkpointRows()).isEqualTo(before);
  }

  private void stopAtFrontier(long time) {
    try (TaskHarness task = task().start()) {
      put(1, time - 1);
      resolved(time);
      untilFrontier(task, time);
    }
  }

  private List<String> checkpointRows() {
    List<String> all = new ArrayList<>(db.rows("SELECT * FROM belay.belay_checkpoint"));
    all.addAll(db.rows("SELECT * FROM belay.belay_frontier"));
    return all;
  }

  private boolean alter(Map<TopicPartition, Long> offsets) {
    return new BelaySinkConnector().alterOffsets(task().settings(), offsets);
  }

  private TopicPartition partition(int partition) {
    return new TopicPartition(feed.topic("orders"), partition);
  }
}
