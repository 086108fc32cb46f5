package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that wait for others, where rows are compared with what they were before. */
class WaitingConflictIT extends TaskCase {

  /**
   * A child that is made before its parent is there, and changed: the change alone would find no
   * row, as if the target had deleted it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"target-wins", "merge-source-wins", "merge-target-wins", "reject"})
  void changeOfARowThatWaitsIsNoConflict(String policy) {
    db.sql(
        "CREATE TABLE parents (id int PRIMARY KEY)",
        "CREATE TABLE children (id int PRIMARY KEY, v int, parent int REFERENCES parents (id))");
    feed.create("parents", 1);
    feed.create("children", 1);
    try (TaskHarness task =
        TaskHarness.of(PARTS, feed, db, "parents", "children")
            .immediate()
            .set("conflict.policy", policy)
            .start()) {
      change("null", child(1), 10);
      task.until("the child waits", () -> task.count("blocked-records") == 1);
      change(child(1), child(2), 20);
      task.untilRead();
      task.steps(5);
      feed.raw("parents", 0, "[7]", message("null", "{\"id\": 7}", 30));
      task.until("the child", () -> db.rows("SELECT id, v FROM children").equals(List.of("1|2")));
      assertThat(task.count("conflicts-total")).isZero();
      assertThat(task.count("rejected-total")).isZero();
    }
  }

  private void change(String before, String after, long time) {
    feed.raw("children", 0, "[1]", message(before, after, time));
  }

  private static String child(int v) {
    return "{\"id\": 1, \"v\": " + v + ", \"parent\": 7}";
  }

  private static String message(String before, String after, long time) {
    return "{\"after\": %s, \"before\": %s, \"updated\": \"%s\", \"mvcc_timestamp\": \"%s\"}"
        .formatted(after, before, Feed.hlc(time), Feed.hlc(time));
  }
}
