package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import org.junit.jupiter.api.Test;

/**
 * Invariant I9 Loud, as to gaps: when Kafka no longer has what the position in the target needs,
 * the task stops and says what to do.
 */
class LoudGapIT extends TaskCase {

  @Test
  void aTopicThatWasMadeAnewStopsTheNextTask() {
    feed.create("orders", 1);
    appliedUpTo15();
    feed.recreate("orders");
    put(2, 21);
    try (TaskHarness task = task().start()) {
      assertThat(task.untilStopped())
          .contains(feed.topic("orders") + ", partition 0")
          .contains("deleted and made anew")
          .contains("DELETE /connectors/<name>/offsets");
      assertThat(rows()).containsExactly("1@11");
    }
  }

  @Test
  void aTopicThatIsMadeAnewUnderARunningTaskStopsIt() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      put(1, 12);
      resolved(15);
      untilFrontier(task, 15);
      feed.recreate("orders");
      put(2, 21);
      resolved(25);
      assertThat(task.untilStopped()).contains("deleted and made anew");
      assertThat(rows()).containsExactly("1@12");
    }
  }

  @Test
  void aNewTopicThatIsLongerThanTheOldOneStopsARunningTaskToo() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      feed.recreate("orders");
      put(2, 21);
      put(3, 22);
      put(4, 23);
      resolved(25);
      assertThat(task.untilStopped()).contains("deleted and made anew");
      assertThat(rows()).containsExactly("1@11");
    }
  }

  @Test
  void recordsThatRetentionTookBeforeTheyWereAppliedStopTheNextTask() {
    feed.create("orders", 1);
    appliedUpTo15();
    put(2, 21);
    put(3, 22);
    feed.retain("orders", 0, 3);
    try (TaskHarness task = task().start()) {
      assertThat(task.untilStopped())
          .contains("starts at offset 3")
          .contains("read from 2")
          .contains("retention.ms");
    }
  }

  @Test
  void recordsThatRetentionTakesWhileTheTargetIsAwayStopARunningTask() {
    feed.create("orders", 1);
    try (TaskHarness task = task().consumer("max.poll.records", 1).start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      task.network().cut();
      resolved(25);
      task.until("it waits for the target", () -> task.retries() > 1);
      put(2, 31);
      put(3, 32);
      put(4, 33);
      resolved(35);
      feed.retain("orders", 0, 5);
      task.network().mend();
      assertThat(task.untilStopped()).contains("starts at offset 5").contains("retention");
      assertThat(rows()).containsExactly("1@11");
    }
  }

  @Test
  void aLogThatEndsBeforeThePositionStopsTheTask() {
    feed.create("orders", 1);
    appliedUpTo15();
    db.sql("UPDATE belay.belay_checkpoint SET applied_offset = 7");
    try (TaskHarness task = task().start()) {
      assertThat(task.untilStopped()).contains("ends at offset 2").contains("up to 7");
    }
  }

  private void appliedUpTo15() {
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
    }
  }
}
