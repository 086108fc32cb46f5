package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Network.Point;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Invariant I2 Fenced: whoever claimed last writes, and nobody else. */
@Tag("any-target")
@Tag("each-target")
class FencedIT extends TaskCase {

  @Test
  void aZombieIsFencedAndWritesNothingMoreAndDoesNotFail() {
    feed.create("orders", 2);
    try (TaskHarness zombie = task().start();
        TaskHarness owner = task().rival().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(zombie, 15);
      owner.untilClaimed();
      put(1, 21);
      put(2, 22);
      resolved(25);
      zombie.untilRead();
      zombie.until("the zombie is fenced", () -> zombie.pausedByTask().size() == 2);
      zombie.commit();
      assertThat(rows()).containsExactly("1@11");
      assertThat(zombie.offered()).isEmpty();
      untilFrontier(owner, 25);
      put(2, 31);
      resolved(35);
      zombie.steps(5);
      untilFrontier(owner, 35);
      assertThat(db.history("orders", "1")).containsExactly("11", "21");
      assertThat(db.history("orders", "2")).containsExactly("22", "31");
    }
  }

  @Test
  void aPredecessorThatEndsLateDoesNotTakeTheMetersAway() {
    feed.create("orders", 1);
    TaskHarness late = task().start();
    try (TaskHarness owner = task().rival().start()) {
      late.close();
      put(1, 11);
      resolved(15);
      untilFrontier(owner, 15);
      assertThat(owner.count("applied-total")).isEqualTo(1);
    }
  }

  @Test
  void aTaskThatStaysFencedStopsWithTheReason() {
    feed.create("orders", 1);
    AtomicLong ahead = new AtomicLong();
    try (TaskHarness zombie = task().nanoTime(() -> System.nanoTime() + ahead.get()).start();
        TaskHarness owner = task().rival().start()) {
      zombie.untilClaimed();
      owner.untilClaimed();
      put(1, 11);
      resolved(15);
      zombie.until("the zombie is fenced", () -> !zombie.pausedByTask().isEmpty());
      zombie.steps(3);
      ahead.set(Duration.ofSeconds(61).toNanos());
      assertThat(zombie.untilStopped()).contains("same name").contains("another Connect cluster");
    }
  }

  @Test
  void aTaskWhosePartitionsMovedAwayWhileItWasApplyingGoesOnWithWhatItHas() {
    feed.create("orders", 2);
    try (TaskHarness slow =
        task().immediate().set("tasks.max", "2").consumer("max.poll.interval.ms", 1_000).start()) {
      slow.untilClaimed();
      try (TaskHarness other = task().immediate().set("tasks.max", "2").start()) {
        slow.network()
            .at(
                Point.BEFORE_APPLY,
                () -> {
                  // longer than Kafka waits for the slow one
                  other.until("other has all", () -> other.assignment().size() == 2);
                  other.untilClaimed();
                  put(0, 3, 12);
                  untilRows(other, "1@10", "2@11", "3@12");
                });
        put(0, 1, 10);
        put(1, 2, 11);
        slow.until("the slow one was overtaken", () -> slow.network().isQuiet());
        slow.until(
            "both have a partition",
            () -> {
              other.step();
              return slow.assignment().size() == 1
                  && other.assignment().size() == 1
                  && slow.pausedByTask().isEmpty()
                  && other.pausedByTask().isEmpty();
            });
        put(0, 1, 20);
        put(1, 2, 21);
        slow.until(
            "both write",
            () -> {
              other.step();
              return rows().equals(List.of("1@20", "2@21", "3@12"));
            });
        assertThat(db.stepsBack()).isEmpty();
        assertThat(db.history("orders", "1")).containsExactly("10", "20");
      }
    }
  }

  /** With incremental rebalances nobody opens again what stays. */
  @Test
  void whatStaysAfterAPartialRevocationIsClaimedAgain() {
    feed.create("orders", 2);
    String cooperative = CooperativeStickyAssignor.class.getName();
    try (TaskHarness task =
        task()
            .immediate()
            .set("tasks.max", "2")
            .consumer("partition.assignment.strategy", cooperative)
            .start()) {
      task.untilClaimed();
      try (TaskHarness rival = task().immediate().set("tasks.max", "2").rival().start()) {
        rival.untilClaimed();
      }
      put(0, 1, 11);
      put(1, 2, 12);
      task.until("fenced", () -> task.pausedByTask().size() == 2);
      try (KafkaConsumer<byte[], byte[]> member = task.otherMember(cooperative)) {
        task.until(
            "a partition has gone to the other member",
            () -> {
              member.poll(Duration.ofMillis(10));
              return task.assignment().size() == 1 && member.assignment().size() == 1;
            });
        boolean keepsFirst = task.assignment().iterator().next().partition() == 0;
        untilRows(task, keepsFirst ? "1@11" : "2@12");
      }
    }
  }

  @Test
  void aClaimThatIsBlockedWaitsABoundedTimeAndNamesTheBlocker() throws SQLException {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      resolved(5);
      untilFrontier(task, 5);
    }
    try (Connection blocker = db.connectAsRole("frozen-worker");
        Statement statement = blocker.createStatement();
        TaskHarness task = task().set("target.lock.timeout.ms", "200").start()) {
      blocker.setAutoCommit(false);
      statement.execute("SELECT * FROM belay.belay_frontier FOR UPDATE");
      task.until("the claim was given up", () -> task.retries() > 0);
      assertThat(task.lastRetry()).contains(db.wordsOfABlockedClaim("frozen-worker"));
      blocker.rollback();
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      assertThat(rows()).containsExactly("1@11");
    }
  }

  @Test
  void aWorkerThatFreezesInATransactionDoesNotHoldTheNextOneUp() {
    feed.create("orders", 1);
    try (TaskHarness frozen = task().set("target.idle.in.transaction.timeout.ms", "1000").start();
        TaskHarness next = task().rival().start()) {
      frozen.untilClaimed();
      frozen.network().at(Point.BEFORE_COMMIT, () -> untilFrontier(next, 15));
      put(1, 11);
      resolved(15);
      frozen.until("it woke up again", () -> frozen.network().isQuiet());
      frozen.steps(3);
      assertThat(frozen.pausedByTask()).isNotEmpty();
      assertThat(db.history("orders", "1")).containsExactly("11");
    }
  }
}
