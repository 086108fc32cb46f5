package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Modes immediate and best-effort: what waits, how long, and that nothing is lost or done twice.
 */
@Tag("any-target")
class ModesIT extends TaskCase {

  @BeforeEach
  void makeFamily() {
    db.sql(
        "CREATE TABLE parent (id int PRIMARY KEY, v bigint)",
        "CREATE TABLE child (id int PRIMARY KEY, parent int NOT NULL REFERENCES parent (id), v bigint)");
    db.audit("parent", "id", "v");
    db.audit("child", "id", "v");
    feed.create("parent", 1);
    feed.create("child", 1);
  }

  private TaskHarness.Builder family() {
    return TaskHarness.of(PARTS, feed, db, "parent", "child").immediate();
  }

  private void child(int id, int parent, long time) {
    feed.upsert(
        "child",
        0,
        "[" + id + "]",
        "{\"id\": " + id + ", \"parent\": " + parent + ", \"v\": " + time + "}",
        time);
  }

  private void parent(int id, long time) {
    feed.upsert("parent", 0, "[" + id + "]", "{\"id\": " + id + ", \"v\": " + time + "}", time);
  }

  private List<String> children() {
    return db.rows("SELECT id || '@' || v FROM child ORDER BY id");
  }

  private TargetDatabase.Checkpoint childCheckpoint(TaskHarness task) {
    return db.checkpoint(task.connector(), feed.topic("child"), 0);
  }

  @Test
  void rowsAreAppliedBeforeTheyAreResolved() {
    try (TaskHarness task = family().start()) {
      parent(1, 5);
      child(1, 1, 5);
      task.until("the child is there", () -> children().equals(List.of("1@5")));
    }
  }

  @Test
  void childThatComesBeforeItsParentWaitsAndHoldsUpNobody() {
    try (TaskHarness task = family().start()) {
      parent(2, 5);
      child(1, 1, 6);
      child(2, 2, 7);
      task.until("the other child is there", () -> children().equals(List.of("2@7")));
      assertThat(childCheckpoint(task).held()).isEqualTo("0");
      parent(1, 6);
      task.until("the child is there", () -> children().equals(List.of("1@6", "2@7")));
      task.until("nothing waits", () -> childCheckpoint(task).held().isEmpty());
    }
    assertThat(db.stepsBack()).isEmpty();
  }

  @Test
  void childThatWaitsIsNeitherLostNorWrittenTwiceByACrash() {
    TaskHarness first = family().start();
    parent(2, 5);
    child(1, 1, 6);
    child(2, 2, 7);
    first.until("the other child is there", () -> children().equals(List.of("2@7")));
    first.crash();
    try (TaskHarness second = family().start().untilClaimed()) {
      second.untilRead();
      second.steps(3);
      assertThat(children()).containsExactly("2@7");
      parent(1, 6);
      second.until("the child is there", () -> children().equals(List.of("1@6", "2@7")));
    }
    assertThat(db.history("child", "2")).containsExactly("7");
    assertThat(db.history("child", "1")).containsExactly("6");
  }

  @Test
  void childThatWaitsHoldsBackWhatCountsAsResolvedAndSurvivesTwoCrashes() {
    TaskHarness first = family().start();
    parent(2, 5);
    child(1, 1, 6);
    child(2, 2, 7);
    feed.resolved("child", 10);
    first.until("the other child is there", () -> children().equals(List.of("2@7")));
    String justBefore = HlcTimestamp.parse(Feed.hlc(6)).orElseThrow().previous().toString();
    first.until(
        "all before it is resolved", () -> childCheckpoint(first).resolved().equals(justBefore));
    first.crash();
    TaskHarness second = family().start().untilClaimed();
    second.untilRead();
    second.steps(3);
    second.crash();
    try (TaskHarness third = family().start()) {
      parent(1, 6);
      third.until("the child is there", () -> children().equals(List.of("1@6", "2@7")));
    }
    assertThat(db.stepsBack()).isEmpty();
  }

  @Test
  void childWhoseParentNeverCameIsRejectedWhenTheFrontierHasPassedIt() {
    TaskHarness task = family().start();
    try {
      parent(2, 5);
      child(1, 1, 6);
      child(2, 2, 7);
      task.until("the other child is there", () -> children().equals(List.of("2@7")));
      feed.resolved("child", 10);
      feed.resolved("parent", 10);
      assertThat(task.untilStopped())
          .contains("offset 0 of topic " + feed.topic("child"), "is not in the target");
    } finally {
      task.crash();
    }
  }

  @Test
  void newerVersionOfAChildThatWaitsIsAppliedAndTheOlderOneIsNot() {
    try (TaskHarness task = family().start()) {
      parent(2, 5);
      child(1, 1, 6);
      task.until("the child waits", () -> task.count("blocked-records") == 1);
      child(1, 2, 8);
      task.until("the newer version is there", () -> children().equals(List.of("1@8")));
      parent(1, 6);
      task.until("nothing waits", () -> task.count("blocked-records") == 0);
    }
    assertThat(db.history("child", "1")).containsExactly("8");
  }

  @Test
  void olderVersionSentAgainByTheFeedIsNotApplied() {
    try (TaskHarness task = family().start()) {
      parent(1, 5);
      parent(1, 9);
      task.until("it is there", () -> db.rows("SELECT v FROM parent").equals(List.of("9")));
      parent(1, 5);
      parent(2, 6);
      task.until("the next is there", () -> db.rows("SELECT id FROM parent").size() == 2);
    }
    assertThat(db.stepsBack()).isEmpty();
  }

  @Test
  void rowThatMovesBetweenRegionsIsNotLostWhicheverHalfComesFirst() {
    db.sql("CREATE TABLE home (id int PRIMARY KEY, region text, v bigint)");
    feed.create("home", 2);
    try (TaskHarness task = TaskHarness.of(PARTS, feed, db, "home").immediate().start()) {
      feed.upsert("home", 0, "[\"us\", 1]", "{\"id\": 1, \"region\": \"us\", \"v\": 5}", 5);
      feed.upsert("home", 0, "[\"us\", 2]", "{\"id\": 2, \"region\": \"us\", \"v\": 5}", 5);
      task.until("rows are there", () -> db.rows("SELECT id FROM home").size() == 2);
      feed.delete("home", 0, "[\"us\", 1]", 9);
      task.until("row 1 is away", () -> db.rows("SELECT id FROM home").equals(List.of("2")));
      feed.upsert("home", 1, "[\"eu\", 1]", "{\"id\": 1, \"region\": \"eu\", \"v\": 9}", 9);
      feed.upsert("home", 1, "[\"eu\", 2]", "{\"id\": 2, \"region\": \"eu\", \"v\": 9}", 9);
      task.until(
          "both are in the other region",
          () -> db.rows("SELECT id FROM home WHERE region = 'eu'").size() == 2);
      feed.delete("home", 0, "[\"us\", 2]", 9);
      task.untilRead();
      task.steps(3);
      assertThat(db.rows("SELECT id || region FROM home ORDER BY id"))
          .containsExactly("1eu", "2eu");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CASCADE", "SET NULL"})
  void parentDeletedAheadOfItsChildrensMoveTakesNoneOfThemAlong(String action) {
    db.sql(
        "DROP TABLE child",
        "CREATE TABLE child (id int PRIMARY KEY, v bigint,"
            + " parent int REFERENCES parent (id) ON DELETE "
            + action
            + ")",
        "CREATE TABLE toy (id int PRIMARY KEY, child int NOT NULL REFERENCES child (id) ON DELETE CASCADE)",
        "INSERT INTO parent VALUES (1, 1), (2, 1)",
        "INSERT INTO child (id, parent, v) VALUES (1, 1, 1)",
        "INSERT INTO toy VALUES (1, 1)");
    try (TaskHarness task = family().start()) {
      feed.resolved("parent", 5);
      feed.resolved("child", 5);
      untilFrontier(task, 5);
      feed.delete("parent", 0, "[1]", 9);
      parent(3, 9);
      task.until(
          "the parents' rows are read", () -> db.rows("SELECT id FROM parent").contains("3"));
      assertThat(db.rows("SELECT id || '-' || parent FROM child")).containsExactly("1-1");
      child(1, 2, 9);
      feed.resolved("parent", 10);
      feed.resolved("child", 10);
      untilFrontier(task, 10);
      assertThat(db.rows("SELECT id FROM parent ORDER BY id")).containsExactly("2", "3");
      assertThat(db.rows("SELECT id || '-' || child FROM toy")).containsExactly("1-1");
    }
  }

  @Test
  void bestEffortIsConsistentAgainOnceItHasCaughtUp() {
    AtomicLong now = new AtomicLong(Long.parseLong(Feed.hlc(0).substring(0, 19)));
    long minute = 60_000_000_000L;
    now.addAndGet(10 * minute);
    feed.create("orders", 1);
    try (TaskHarness task =
        task().set("delivery.mode", "best-effort").wallNanos(now::get).start()) {
      put(0, 1, 5);
      untilRows(task, "1@5");
      assertThat(task.meter("delivering")).isEqualTo("immediate");
      feed.resolved("orders", 0, 10 * minute);
      untilFrontier(task, 10 * minute);
      task.until("it has caught up", () -> task.meter("delivering").equals("consistent"));
      put(0, 2, 10 * minute + 5);
      task.untilRead();
      task.steps(5);
      assertThat(rows()).containsExactly("1@5");
      feed.resolved("orders", 0, 10 * minute + 6);
      untilRows(task, "1@5", "2@" + (10 * minute + 5));
    }
  }
}
