package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Records that the feed had promised not to send any more. */
@Tag("any-target")
class SuspectIT extends TaskCase {

  @Test
  void aRecordThatWasResolvedBeforeItCameStopsTheTask() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      long offset = put(2, 14);
      assertThat(task.untilStopped())
          .contains("offset " + offset + " of topic " + feed.topic("orders") + ", partition 0")
          .contains("A-104309")
          .contains("replay.suspect=warn");
    }
  }

  @Test
  void aRecordThatWasResolvedBeforeItCameIsDroppedAndCountedWhereTheUserWantsThat() {
    feed.create("orders", 1);
    try (TaskHarness task = task().set("replay.suspect", "warn").start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      put(2, 14);
      put(1, 11); // seen before: an ordinary repetition
      put(1, 21);
      resolved(25);
      untilFrontier(task, 25);
      assertThat(rows()).containsExactly("1@21");
      assertThat(task.count("suspects-total")).isEqualTo(1);
      assertThat(task.count("replayed-total")).isEqualTo(2);
    }
  }

  @Test
  void aRowOfASecondScanIsARepetition() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      put(2, 12);
      resolved(15);
      untilFrontier(task, 15);
      feed.upsert("orders", "[1]", row(1, 11), 14, 11);
      feed.upsert("orders", "[2]", row(2, 12), 14, 12);
      put(1, 21);
      resolved(25);
      untilFrontier(task, 25);
      assertThat(rows()).containsExactly("1@21", "2@12");
      assertThat(task.count("suspects-total")).isZero();
      assertThat(task.count("replayed-total")).isEqualTo(2);
    }
  }

  @Test
  void aChangeThatTellsItsVersionsTimeIsStillSuspect() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      feed.upsert("orders", "[2]", row(2, 14), 14, 14);
      assertThat(task.untilStopped()).contains("A-104309");
    }
  }

  @Test
  void aRowOfAScanAboveTheResolvedTimeIsApplied() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      // of a backfill: the version is old, its columns are new
      feed.upsert("orders", "[1]", row(1, 17), 17, 11);
      resolved(25);
      untilFrontier(task, 25);
      assertThat(rows()).containsExactly("1@17");
    }
  }

  @Test
  void twoChangefeedsOnOneTopicAreRefused() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      for (int i = 0; i < 6; i++) {
        resolved(100 + i);
        resolved(50 + i);
      }
      assertThat(task.untilStopped()).contains("two changefeeds").contains("SHOW CHANGEFEED JOBS");
    }
  }

  @Test
  void aChangefeedThatRestartsNowAndThenIsNotTakenForTwo() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      for (int i = 1; i <= 8; i++) {
        for (int tick = 0; tick < 7; tick++) {
          resolved(100L * i + tick);
        }
        resolved(100L * i + 3); // from its last checkpoint again
      }
      untilFrontier(task, 806);
    }
  }
}
