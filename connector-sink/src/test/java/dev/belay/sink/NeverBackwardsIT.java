package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Invariant I3 NeverBackwards: a row never returns to an older version, although changefeeds send
 * old versions again in any order, with gaps, and tasks crash in between.
 */
@Tag("any-target")
class NeverBackwardsIT extends TaskCase {
  @ParameterizedTest
  @ValueSource(strings = {"consistent", "immediate"})
  void newerRecordsBeforeTheLastResolvedTimeSurviveACrashAfterItsWindow(String mode) {
    feed.create("orders", 1);
    TaskHarness first = task().set("delivery.mode", mode).start();
    put(1, 10);
    put(1, 60); // newer than the resolved time that follows
    put(1, 30);
    put(2, 35);
    resolved(40);
    untilFrontier(first, 40);
    first.crash();

    try (TaskHarness second = task().set("delivery.mode", mode).start()) {
      put(1, 30); // the feed restarted too, and repeats itself with gaps
      put(2, 35);
      put(2, 70);
      put(1, 50);
      resolved(80);
      untilFrontier(second, 80);
      assertThat(rows()).containsExactly("1@60", "2@70");
      assertThat(db.stepsBack()).isEmpty();
    }
  }

  /** Between a claim and the first record read again, the position must not fall back. */
  @Test
  void twoCrashesInARowWriteNothingAgain() {
    feed.create("orders", 1);
    resolved(40);
    TaskHarness first = task().immediate().start();
    put(1, 50);
    untilRows(first, "1@50");
    put(1, 60);
    untilRows(first, "1@60");
    first.crash();
    TaskHarness second = task().immediate().start();
    second.untilClaimed();
    second.crash();

    try (TaskHarness third = task().immediate().start()) {
      resolved(70);
      untilFrontier(third, 70);
      assertThat(db.history("orders", "1")).containsExactly("50", "60");
    }
  }

  @Test
  void aKeyThatMovedToANewPartitionDoesNotBringItsOldVersionsBackInImmediateMode() {
    feed.create("orders", 1);
    try (TaskHarness task = task().immediate().start()) {
      resolved(10);
      put(0, 1, 50);
      untilRows(task, "1@50");
      feed.grow("orders", 2);
      task.until("the new partition is there", () -> task.assignment().size() == 2);
      task.untilClaimed();
      feed.resolved("orders", 0, 55);
      task.untilRead();
      task.steps(10); // enough to see the resolved time confirmed
      put(1, 1, 45);
      put(1, 2, 46);
      task.until("row 2", () -> rows().size() == 2);
      assertThat(rows()).containsExactly("1@50", "2@46");
      assertThat(db.stepsBack()).isEmpty();
    }
    // and after a restart, when all that is known comes from the log
    try (TaskHarness task = task().immediate().start()) {
      put(1, 1, 47);
      put(1, 3, 48);
      task.until("row 3", () -> rows().size() == 3);
      assertThat(rows()).containsExactly("1@50", "2@46", "3@48");
    }
  }

  @Test
  void theFrontierWaitsForAPartitionThatAppearedBetweenResolvedTimes() {
    feed.create("orders", 1);
    try (TaskHarness task = task().consumer("metadata.max.age.ms", 2_000).start()) {
      put(0, 1, 11);
      put(0, 2, 12);
      resolved(15);
      untilFrontier(task, 15);
      feed.grow("orders", 2);
      put(0, 2, 18);
      put(1, 1, 19); // its key lives on the new partition now
      feed.resolved("orders", 0, 20); // by a node that has not seen the partition yet
      task.until(
          "the stall is shown", () -> task.meter("stall").toString().contains("not assigned"));
      task.until("the new partition is there", () -> task.assignment().size() == 2);
      task.untilClaimed();
      task.untilRead();
      task.steps(5);
      assertThat(db.frontier(task.connector())).isEqualTo(Feed.hlc(15));
      assertThat(rows()).containsExactly("1@11", "2@12");
      put(1, 1, 11); // old versions again, where the keys live now
      put(1, 2, 12);
      put(1, 2, 18);
      put(1, 2, 30);
      put(1, 1, 19);
      resolved(40);
      untilFrontier(task, 40);
      assertThat(rows()).containsExactly("1@19", "2@30");
      assertThat(db.stepsBack()).isEmpty();
      assertThat(task.count("suspects-total")).isZero();
    }
  }

  @Test
  void severalTasksStopWhenATopicGainsPartitions() {
    feed.create("orders", 2);
    try (TaskHarness task = task().immediate().set("tasks.max", "2").start()) {
      put(1, 11);
      resolved(15);
      task.until("applied", () -> rows().equals(List.of("1@11")));
      feed.grow("orders", 3);
      resolved(25);
      assertThat(task.untilStopped()).contains("gained partitions").contains("tasks.max=1");
    }
  }

  @Test
  void severalTasksStopWhenATopicGainedPartitionsWhileTheyWereDown() {
    feed.create("orders", 2);
    try (TaskHarness task = task().immediate().set("tasks.max", "2").start()) {
      resolved(15);
      put(0, 1, 50);
      untilRows(task, "1@50");
    }
    feed.grow("orders", 3);
    for (int attempt = 0; attempt < 2; attempt++) {
      try (TaskHarness task = task().immediate().set("tasks.max", "2").start()) {
        put(2, 1, 45);
        assertThat(task.untilStopped()).contains("gained partitions").contains("tasks.max=1");
      }
    }
    try (TaskHarness alone = task().immediate().start()) {
      resolved(60);
      untilFrontier(alone, 60);
      assertThat(rows()).containsExactly("1@50");
      assertThat(db.stepsBack()).isEmpty();
    }
  }

  /** Without resolved times nothing is ever final; the memory is bounded by setting instead. */
  @Test
  void aFeedWithoutResolvedTimesIsNotReadAgainFromItsBeginning() {
    feed.create("orders", 1);
    try (TaskHarness task = task().immediate().set("replay.memory.records", "10").start()) {
      for (int i = 1; i <= 50; i++) {
        put(i % 5, i);
      }
      task.until("all is applied", () -> rows().contains("0@50"));
      task.until("the checkpoint is written", () -> checkpoint(task, 0).applied() == 50);
      assertThat(checkpoint(task, 0).rewind()).isBetween(1L, 40L);
    }
    feed.retain("orders", 0, 35);
    try (TaskHarness task = task().immediate().set("replay.memory.records", "10").start()) {
      put(1, 46); // old
      put(7, 60);
      task.until("row 7", () -> rows().contains("7@60"));
      assertThat(db.stepsBack()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, consistent",
    "2, immediate",
    "3, best-effort",
    "4, consistent",
    "5, immediate",
    "6, best-effort"
  })
  void noOrderOfRepetitionsGapsGrowthAndCrashesMovesARowBackwards(long seed, String mode) {
    Random random = new Random(seed);
    feed.create("orders", 2);
    // for best-effort: lag comes and goes
    AtomicLong wall = new AtomicLong(Feed.nanos(0));
    Supplier<TaskHarness> start =
        () ->
            task()
                .set("delivery.mode", mode)
                .set("best.effort.window.ms", "1000")
                .wallNanos(wall::get)
                .start();
    List<long[]> sent = new ArrayList<>(); // id, time
    Map<Integer, Long> newest = new TreeMap<>();
    Map<Integer, Long> gone = new HashMap<>();
    TaskHarness task = start.get();
    long time = 100;
    try {
      for (int round = 0; round < 14; round++) {
        if (round == 7) {
          feed.grow("orders", 3); // keys move
        }
        wall.set(Feed.nanos(random.nextBoolean() ? 0 : 3_600_000_000_000L));
        int from = Math.max(0, sent.size() - 12);
        boolean repeats = random.nextInt(3) == 0;
        List<long[]> batch = new ArrayList<>();
        if (repeats) {
          // the feed restarts: from some earlier version on, with gaps
          for (int i = from; i < sent.size(); i++) {
            if (random.nextInt(3) > 0) {
              batch.add(sent.get(i));
            }
          }
        }
        for (int i = 0; i < 5; i++) {
          time += 1 + random.nextInt(3);
          long[] change = {random.nextInt(6), time, random.nextInt(6)};
          batch.add(change);
          sent.add(change);
        }
        for (long[] change : batch) {
          int id = (int) change[0];
          if (change[2] == 0) {
            gone(id, change[1]);
            gone.merge(id, change[1], Math::max);
          } else {
            put(id, change[1]);
            newest.merge(id, change[1], Math::max);
          }
        }
        if (random.nextInt(3) == 0) {
          resolved(time - random.nextInt(2));
        }
        switch (random.nextInt(4)) {
          case 0 -> {
            task.crash();
            task = start.get();
          }
          case 1 -> {
            task.close();
            task = start.get();
            task.untilClaimed();
          }
          case 2 -> task.untilRead();
          default -> task.steps(2);
        }
      }
      resolved(time + 1);
      untilFrontier(task, time + 1);
      List<String> expected = new ArrayList<>();
      newest.forEach(
          (id, v) -> {
            if (v > gone.getOrDefault(id, 0L)) {
              expected.add(id + "@" + v);
            }
          });
      assertThat(rows()).isEqualTo(expected);
      assertThat(db.stepsBack()).isEmpty();
    } finally {
      task.close();
    }
  }
}
