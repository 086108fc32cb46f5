package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * In mode immediate the target holds rows from ahead of the frontier. One of them may hold the
 * place of a row that is due now, until its own time comes.
 */
@Tag("any-target")
@Tag("each-target")
class AheadOfFrontierIT extends TaskCase {

  private static final int LATE = 0;
  private static final int AHEAD = 1;
  private static final int REST = 2;

  /**
   * Badge 30 goes from row 3, which is deleted, to row 2 at time 20, and on to row 1 at time 30,
   * whose own badge row 2 gets. Row 1 is written ahead, before row 2 has arrived at all.
   */
  @Test
  void aDueRowWhosePlaceIsHeldByARowFromAheadIsNotRejected() {
    db.sql("CREATE TABLE staff (id int PRIMARY KEY, badge int UNIQUE)");
    feed.create("staff", 3);
    try (TaskHarness task = TaskHarness.of(PARTS, feed, db, "staff").immediate().start()) {
      badge(AHEAD, 1, 10, 10);
      badge(LATE, 2, 20, 10);
      badge(REST, 3, 30, 10);
      feed.resolved("staff", 15);
      untilFrontier(task, 15);

      feed.delete("staff", REST, "[3]", 20);
      task.until("row 3 is gone", () -> staff().equals(List.of("1:10", "2:20")));
      feed.resolved("staff", AHEAD, 25);
      feed.resolved("staff", REST, 25);
      badge(AHEAD, 1, 30, 30);
      task.until("row 1 is ahead", () -> staff().equals(List.of("1:30", "2:20")));

      badge(LATE, 2, 30, 20);
      feed.resolved("staff", LATE, 25);
      task.untilRead();
      task.steps(10); // enough to see the resolved time confirmed, and to try row 2 again
      assertThat(staff()).containsExactly("1:30", "2:20");
      assertThat(frontier(task)).as("a row up to 25 is missing").isEqualTo(Feed.hlc(15));

      badge(LATE, 2, 10, 30);
      feed.resolved("staff", 35);
      untilFrontier(task, 35);
      assertThat(staff()).containsExactly("1:30", "2:10");
    }
  }

  /** The same, with a crash while row 2 waits. */
  @Test
  void aDueRowThatWaitsIsNotLostByACrash() {
    db.sql("CREATE TABLE staff (id int PRIMARY KEY, badge int UNIQUE)");
    feed.create("staff", 3);
    TaskHarness first = TaskHarness.of(PARTS, feed, db, "staff").immediate().start();
    badge(AHEAD, 1, 10, 10);
    badge(LATE, 2, 20, 10);
    feed.resolved("staff", 15);
    untilFrontier(first, 15);
    feed.resolved("staff", AHEAD, 25);
    feed.resolved("staff", REST, 25);
    badge(AHEAD, 1, 30, 30);
    first.until("row 1 is ahead", () -> staff().equals(List.of("1:30", "2:20")));
    badge(LATE, 2, 30, 20);
    feed.resolved("staff", LATE, 25);
    first.untilRead();
    first.steps(10);
    first.crash();

    try (TaskHarness second = TaskHarness.of(PARTS, feed, db, "staff").immediate().start()) {
      second.untilRead();
      badge(LATE, 2, 40, 27); // moves on before the time of row 1 comes
      feed.resolved("staff", 35);
      untilFrontier(second, 35);
      assertThat(staff()).containsExactly("1:30", "2:40");
    }
  }

  /** A row that no later one makes room for is rejected in the end, not held for ever. */
  @Test
  void aDueRowThatNoRowFromAheadStandsAgainstIsRejectedOnceTheTargetIsASnapshot() {
    db.sql("CREATE TABLE staff (id int PRIMARY KEY, badge int UNIQUE)");
    db.sql("INSERT INTO staff VALUES (9, 30)"); // nobody's row: not from the feed
    feed.create("staff", 3);
    try (TaskHarness task = TaskHarness.of(PARTS, feed, db, "staff").immediate().start()) {
      badge(LATE, 2, 30, 20);
      badge(AHEAD, 1, 10, 40);
      task.until("row 1 is ahead", () -> staff().contains("1:10"));
      feed.resolved("staff", 25);
      task.untilRead();
      task.steps(10);
      feed.resolved("staff", 45);
      assertThat(task.untilStopped())
          .contains("offset 0 of topic")
          .contains(db.wordsOfATakenValue("staff", "badge"));
    }
  }

  private void badge(int partition, int id, int badge, long time) {
    feed.upsert(
        "staff", partition, "[" + id + "]", "{\"id\": " + id + ", \"badge\": " + badge + "}", time);
  }

  private List<String> staff() {
    return db.rows("SELECT id || ':' || badge FROM staff ORDER BY id");
  }

  private String frontier(TaskHarness task) {
    return db.frontier(task.connector());
  }
}
