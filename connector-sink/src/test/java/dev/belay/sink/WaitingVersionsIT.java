package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Network.Point;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import dev.belay.testkit.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Invariant I3 NeverBackwards where rows wait for others: one that waits may be older than what is
 * written of its row meanwhile, and outlive all that tells so.
 */
@Tag("any-target")
@Tag("each-target")
class WaitingVersionsIT extends TaskCase {
  private static final int MANY = 2 * SinkPipeline.CROWD;

  /** A child that waits lies before a newer version of it that did not have to. */
  @Test
  void anOlderVersionThatWaitedDoesNotOvertakeANewerOneAfterACrash() {
    parentsAndChildren();
    TaskHarness first = whatWaitsIsNotTriedAgain().start();
    feed.upsert("parents", "[8]", "{\"id\": 8}", 10);
    first.until("parent 8", () -> db.rows("SELECT id FROM parents").equals(List.of("8")));
    feed.upsert("children", "[1]", "{\"id\": 1, \"parent\": 7, \"v\": 30}", 30);
    first.untilRead();
    feed.upsert("children", "[1]", "{\"id\": 1, \"parent\": 8, \"v\": 40}", 40);
    first.until("child 1@40", () -> db.rows("SELECT v FROM children").equals(List.of("40")));
    feed.upsert("parents", "[7]", "{\"id\": 7}", 20);
    first.until("parent 7", () -> db.rows("SELECT id FROM parents").size() == 2);
    assertThat(db.checkpoint(first.connector(), feed.topic("children"), 0).held()).isEqualTo("0");
    first.crash();

    try (TaskHarness second =
        TaskHarness.of(PARTS, feed, db, "parents", "children")
            .immediate()
            .consumer("max.poll.records", 1)
            .start()) {
      feed.resolved("parents", 50);
      feed.resolved("children", 50);
      untilFrontier(second, 50);
      assertThat(db.stepsBack()).isEmpty();
      assertThat(db.history("children", "1")).containsExactly("40");
    }
  }

  /**
   * Child 1 waits for parent 7 at time 30, and at 40 needs it no more. While that is written, the
   * time of both is resolved. A row that is rejected makes it a window that is not written in one
   * go, so that its checkpoint is made anew.
   */
  @Test
  void anOlderVersionThatWaitsIsToldFromANewerOneThoughBothAreResolvedMeanwhile() {
    parentsAndChildren();
    db.sql("ALTER TABLE children ADD CHECK (id > 0)", "INSERT INTO parents VALUES (8)");
    children(15);
    try (TaskHarness task =
        whatWaitsIsNotTriedAgain()
            .reporter((record, error) -> CompletableFuture.completedFuture(null))
            .consumer("max.poll.records", SinkPipeline.CROWD)
            .start()) {
      task.until("all", () -> db.value("SELECT count(*) FROM children").equals("" + MANY));
      child(1, 7, 30);
      task.until("child 1 waits", () -> task.count("blocked-records") == 1);
      task.network()
          .at(
              Point.BEFORE_APPLY,
              () -> {
                int before = task.puts();
                Deadline.in(Duration.ofSeconds(10))
                    .await("the resolved time is confirmed", () -> task.puts() > before + 6);
              });
      feed.resolved("parents", 50);
      feed.pipelined(
          () -> {
            child(1, 8, 40);
            child(-2, 8, 41);
          });
      children(42);
      feed.resolved("children", 50);
      for (int time = 60; time < 70; time++) {
        children(time);
      }
      untilFrontier(task, 50);
      assertThat(task.count("rejected-total")).isEqualTo(1);
      assertThat(db.stepsBack()).isEmpty();
      assertThat(db.history("children", "1")).containsExactly("40");
    }
  }

  /** Nor is it refused for a parent that nobody needs any more. */
  @Test
  void anOlderVersionThatWaitedIsNotRejectedWhenANewerOneTookItsPlace() {
    parentsAndChildren();
    try (TaskHarness task = whatWaitsIsNotTriedAgain().start()) {
      feed.upsert("parents", "[8]", "{\"id\": 8}", 10);
      task.until("parent 8", () -> db.rows("SELECT id FROM parents").equals(List.of("8")));
      feed.upsert("children", "[1]", "{\"id\": 1, \"parent\": 7, \"v\": 30}", 30);
      task.untilRead();
      feed.upsert("children", "[1]", "{\"id\": 1, \"parent\": 8, \"v\": 40}", 40);
      task.until("child 1@40", () -> db.rows("SELECT v FROM children").equals(List.of("40")));
      feed.resolved("parents", 50);
      feed.resolved("children", 50);
      untilFrontier(task, 50);
      assertThat(db.history("children", "1")).containsExactly("40");
    }
  }

  /** What is written with the frontier's window is remembered while an older row of it waits. */
  @Test
  void aVersionSentAgainDoesNotComeBackWhileAnOlderRowOfTheWindowWaits() {
    db.sql(
        "CREATE TABLE nodes (id int PRIMARY KEY, v bigint NOT NULL, parent int REFERENCES nodes (id))");
    db.audit("nodes", "id", "v");
    feed.create("nodes", 1);
    try (TaskHarness task = TaskHarness.of(PARTS, feed, db, "nodes").immediate().start()) {
      node(1, 20, "99"); // its parent does not come
      node(3, 60, "null"); // written ahead: until then nothing is final
      task.until("row 3 is there", () -> nodes().contains("3@60"));
      feed.resolved("nodes", 25);
      task.until("row 1 waits", () -> task.count("blocked-records") == 1);
      task.untilRead();
      task.steps(5);
      node(2, 28, "null");
      feed.resolved("nodes", 30);
      task.until("row 2 is there", () -> nodes().contains("2@28"));
      node(2, 27, "null");
      feed.resolved("nodes", 35);
      task.untilRead();
      task.steps(20);
      assertThat(db.stepsBack()).isEmpty();
      assertThat(nodes()).contains("2@28");
    }
  }

  private void children(int time) {
    feed.pipelined(
        () -> {
          for (int id = 101; id <= 100 + MANY; id++) {
            child(id, 8, time);
          }
        });
  }

  private void child(int id, int parent, long time) {
    feed.upsert(
        "children",
        "[" + id + "]",
        "{\"id\": " + id + ", \"parent\": " + parent + ", \"v\": " + time + "}",
        time);
  }

  /** A task whose clock stands still, so that what waits is tried when the frontier passes it. */
  private TaskHarness.Builder whatWaitsIsNotTriedAgain() {
    return TaskHarness.of(PARTS, feed, db, "parents", "children")
        .immediate()
        .nanoTime(() -> Duration.ofHours(1).toNanos());
  }

  private void parentsAndChildren() {
    db.sql(
        "CREATE TABLE parents (id int PRIMARY KEY)",
        "CREATE TABLE children (id int PRIMARY KEY, parent int NOT NULL REFERENCES parents (id),"
            + " v bigint)");
    db.audit("children", "id", "v");
    feed.create("parents", 1);
    feed.create("children", 1);
  }

  private void node(int id, long time, String parent) {
    feed.upsert(
        "nodes",
        "[" + id + "]",
        "{\"id\": " + id + ", \"v\": " + time + ", \"parent\": " + parent + "}",
        time);
  }

  private List<String> nodes() {
    return db.rows("SELECT id || '@' || v FROM nodes ORDER BY id");
  }
}
