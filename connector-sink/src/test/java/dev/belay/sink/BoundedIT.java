package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Invariant I8 Bounded: a buffer far smaller than the window. */
@Tag("any-target")
@Tag("when-asked")
class BoundedIT extends TaskCase {
  private static final int BUFFER = 8_192;

  /** Some eighty bytes of key and value each. */
  private static final int ROWS = 1_000;

  /** A poll may bring that much more. */
  private static final int POLL = 20;

  private TaskHarness.Builder small(TaskHarness.Builder task) {
    return task.set("window.buffer.bytes", Integer.toString(BUFFER))
        .consumer("max.poll.records", Integer.toString(POLL));
  }

  private static long held(TaskHarness task) {
    return task.count("window-bytes");
  }

  @Test
  void windowLargerThanTheBufferIsAppliedInPiecesAndMemoryStaysBounded() {
    feed.create("orders", 2);
    feed.pipelined(
        () -> {
          for (int id = 1; id <= ROWS; id++) {
            put(id % 2, id, 5);
          }
        });
    try (TaskHarness task = small(task()).start()) {
      task.until(
          "most rows are there",
          () -> {
            assertThat(held(task)).isLessThan(BUFFER + POLL * 100);
            return Integer.parseInt(db.value("SELECT count(*) FROM orders")) > ROWS / 2;
          });
      assertThat(task.meter("snapshot")).isEqualTo(false);
      resolved(6);
      untilFrontier(task, 6);
      assertThat(db.value("SELECT count(*) FROM orders")).isEqualTo(Integer.toString(ROWS));
      task.until("told", () -> task.meter("snapshot").equals(true));
    }
    assertThat(db.stepsBack()).isEmpty();
  }

  @Test
  void windowLargerThanTheBufferStopsIfTheUserSaysSo() {
    feed.create("orders", 1);
    for (int id = 1; id <= ROWS / 4; id++) {
      put(0, id, 5);
    }
    try (TaskHarness task = small(task()).set("window.oversize", "fail").start()) {
      assertThat(task.untilStopped()).contains("window.oversize=fail", "window.buffer.bytes=8192");
    }
    assertThat(rows()).isEmpty();
  }

  @Test
  void partitionsThatAreAheadArePausedAndTheOthersCatchUp() {
    feed.create("orders", 2);
    feed.pipelined(
        () -> {
          for (int id = 1; id <= ROWS / 2; id++) {
            put(id % 2, id, 10 + id);
            feed.resolved("orders", id % 2, 10 + id);
          }
        });
    resolved(10 + ROWS);
    try (TaskHarness task = small(task()).start()) {
      untilFrontier(task, 10 + ROWS);
      // nothing had to be written ahead of the frontier for want of room
      assertThat(db.isSnapshot()).isTrue();
    }
    assertThat(db.value("SELECT count(*) FROM orders")).isEqualTo(Integer.toString(ROWS / 2));
  }

  @Test
  void childrenReadBeforeTheirParentsDoNotBlockTheBufferForEver() {
    db.sql(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (id int PRIMARY KEY, parent int NOT NULL REFERENCES parent (id))");
    feed.create("parent", 1);
    feed.create("child", 2);
    for (int id = 1; id <= ROWS / 4; id++) {
      feed.upsert(
          "child", id % 2, "[" + id + "]", "{\"id\": " + id + ", \"parent\": " + id + "}", 5);
    }
    try (TaskHarness task = small(TaskHarness.of(PARTS, feed, db, "child", "parent")).start()) {
      task.until("the buffer is full", () -> held(task) > BUFFER / 2);
      for (int id = 1; id <= ROWS / 4; id++) {
        feed.upsert("parent", 0, "[" + id + "]", "{\"id\": " + id + "}", 5);
      }
      feed.resolved("child", 6);
      feed.resolved("parent", 6);
      untilFrontier(task, 6);
    }
    assertThat(db.value("SELECT count(*) FROM child")).isEqualTo(Integer.toString(ROWS / 4));
  }

  @Test
  void bufferFullOfChildrenWhoseParentsNeverComeStopsWithTheReason() {
    db.sql(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (id int PRIMARY KEY, parent int NOT NULL REFERENCES parent (id))");
    feed.create("child", 1);
    for (int id = 1; id <= ROWS / 4; id++) {
      feed.upsert("child", 0, "[" + id + "]", "{\"id\": " + id + ", \"parent\": " + id + "}", 5);
    }
    try (TaskHarness task = small(TaskHarness.of(PARTS, feed, db, "child")).start()) {
      assertThat(task.untilStopped()).contains("wait for rows that did not come");
    }
  }
}
