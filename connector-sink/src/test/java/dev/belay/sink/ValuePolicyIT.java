package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.sink.harness.TargetKind;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Values that a column has no room for, where the user has said what to do with them. */
@Tag("any-target")
@Tag("each-target")
class ValuePolicyIT extends TaskCase {

  @BeforeEach
  void makeThings() {
    db.sql("CREATE TABLE things (id int PRIMARY KEY, n int, d decimal(10,2), t timestamp(3) NULL)");
    feed.create("things", 1);
  }

  private TaskHarness.Builder things() {
    return TaskHarness.of(PARTS, feed, db, "things");
  }

  private void thing(long time) {
    feed.upsert(
        "things",
        "[1]",
        "{\"id\": 1, \"n\": \"NaN\", \"d\": 1.239, \"t\": \"2020-01-02T03:04:05.123456\"}",
        time);
    feed.resolved("things", time + 1);
  }

  @Test
  void whatIsNoNumberIsNullAndWhatIsTooFineIsCutIfTheUserSaysSo() {
    thing(10);
    try (TaskHarness task =
        things().set("values.not.finite", "null").set("values.fraction", "truncate").start()) {
      untilFrontier(task, 11);
    }
    // compared there: drivers write a time in forms of their own
    assertThat(db.rows("SELECT n, d FROM things WHERE t = '2020-01-02 03:04:05.123'"))
        .containsExactly("null|1.23");
  }

  @Test
  void whatIsNoNumberIsTheOneThatTheUserHasGiven() {
    thing(10);
    try (TaskHarness task =
        things().set("values.not.finite", "-1").set("values.fraction", "truncate").start()) {
      untilFrontier(task, 11);
    }
    assertThat(db.rows("SELECT n, d FROM things")).containsExactly("-1|1.23");
  }

  @Test
  void elementsOfArraysAreValuesLikeOthers() {
    assumeTrue(
        db.kind() == TargetKind.POSTGRESQL || db.kind() == TargetKind.COCKROACHDB,
        "MySQL and MariaDB have no arrays");
    db.sql("CREATE TABLE lists (id int PRIMARY KEY, d decimal(10,2)[], t timestamp(0)[])");
    feed.create("lists", 1);
    feed.upsert(
        "lists",
        "[1]",
        "{\"id\": 1, \"d\": [1.239, null], \"t\": [\"2020-01-02T03:04:05.9\"]}",
        10);
    feed.resolved("lists", 11);
    try (TaskHarness task = TaskHarness.of(PARTS, feed, db, "lists").start()) {
      assertThat(task.untilStopped()).contains("lists.d").doesNotContain("1.239");
    }
    try (TaskHarness task =
        TaskHarness.of(PARTS, feed, db, "lists").set("values.fraction", "truncate").start()) {
      untilFrontier(task, 11);
    }
    assertThat(db.rows("SELECT d, t FROM lists"))
        .containsExactly("{1.23,NULL}|{\"2020-01-02 03:04:05\"}");
  }

  @Test
  void eitherRejectsTheRecordUnlessTheUserSaysSo() {
    thing(10);
    try (TaskHarness task = things().set("values.fraction", "truncate").start()) {
      assertThat(task.untilStopped()).contains("things.n");
    }
    try (TaskHarness task = things().set("values.not.finite", "null").start()) {
      assertThat(task.untilStopped()).contains("things.d").doesNotContain("1.239");
    }
    assertThat(db.rows("SELECT id FROM things")).isEmpty();
  }
}
