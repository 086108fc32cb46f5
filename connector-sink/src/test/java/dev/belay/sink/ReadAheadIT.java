package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.harness.Crash;
import dev.belay.sink.harness.Network.Fault;
import dev.belay.sink.harness.Network.Point;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import dev.belay.testkit.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch large enough to be written while the task reads what comes next. */
@Tag("any-target")
class ReadAheadIT extends TaskCase {
  private static final int ROWS = 2 * SinkPipeline.CROWD;

  /** Versions {@code time} of all rows, in one batch and a bit. */
  private void putAll(long time) {
    feed.pipelined(
        () -> {
          for (int id = 1; id <= ROWS; id++) {
            put(0, id, time);
          }
        });
  }

  private void untilAllAre(TaskHarness task, long time) {
    task.until(
        "all rows are of " + time,
        () -> db.value("SELECT count(*) FROM orders WHERE v = " + time).equals("" + ROWS));
  }

  private TaskHarness.Builder large(String mode) {
    return task().set("delivery.mode", mode).consumer("max.poll.records", ROWS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"consistent", "immediate"})
  void recordsAreReadWhileTheDatabaseWorks(String mode) {
    feed.create("orders", 1);
    putAll(11);
    resolved(12);
    // more than is read before Kafka's metadata confirms the resolved time
    for (long time = 21; time <= 91; time += 10) {
      putAll(time);
    }
    try (TaskHarness task = large(mode).start()) {
      AtomicInteger readMeanwhile = new AtomicInteger();
      task.network()
          .at(
              Point.BEFORE_COMMIT,
              () -> {
                int before = task.puts();
                Deadline.in(Duration.ofSeconds(10))
                    .await("another batch is read", () -> task.puts() > before);
                readMeanwhile.set(task.puts() - before);
              });
      resolved(92);
      untilFrontier(task, 92);
      untilAllAre(task, 91);
      assertThat(readMeanwhile).hasPositiveValue();
    }
    assertThat(db.stepsBack()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "BEFORE_APPLY, consistent",
    "BEFORE_COMMIT, consistent",
    "AFTER_COMMIT, consistent",
    "BEFORE_APPLY, immediate",
    "BEFORE_COMMIT, immediate",
    "AFTER_COMMIT, immediate"
  })
  void everyVersionIsWrittenOnceWhenTheTaskCrashesMeanwhile(Point point, String mode) {
    feed.create("orders", 1);
    putAll(11);
    resolved(12);
    TaskHarness first = large(mode).start();
    first.network().at(point, Fault.CRASH);
    assertThatThrownBy(() -> first.until("crash", () -> false)).isInstanceOf(Crash.class);
    putAll(21);
    resolved(22);
    try (TaskHarness second = large(mode).start()) {
      untilFrontier(second, 22);
      untilAllAre(second, 21);
    }
    assertThat(db.stepsBack()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "BEFORE_APPLY, consistent",
    "BEFORE_COMMIT, consistent",
    "AFTER_COMMIT, consistent",
    "AFTER_COMMIT, immediate"
  })
  void aConnectionLostMeanwhileHealsAndWritesNothingTwice(Point point, String mode) {
    feed.create("orders", 1);
    putAll(11);
    resolved(12);
    putAll(21);
    try (TaskHarness task = large(mode).start()) {
      task.network().at(point, Fault.LOST);
      resolved(22);
      untilFrontier(task, 22);
      untilAllAre(task, 21);
      assertThat(task.network().isQuiet()).isTrue();
    }
    assertThat(db.stepsBack()).isEmpty();
  }

  /** Not yet committed as resolved, and yet settled: what comes at or below it was read before. */
  @ParameterizedTest
  @ValueSource(strings = {"consistent", "immediate"})
  void versionsSentAgainMeanwhileDoNotComeBack(String mode) {
    feed.create("orders", 1);
    putAll(11);
    putAll(21);
    resolved(22);
    putAll(11);
    try (TaskHarness task = large(mode).consumer("max.poll.records", 2 * ROWS + 1).start()) {
      task.network()
          .at(
              Point.BEFORE_COMMIT,
              () ->
                  Deadline.in(Duration.ofSeconds(10))
                      .await(
                          "the second batch is read",
                          () ->
                              task.count("replayed-total") > 0
                                  || task.count("window-records") > 2 * ROWS));
      untilFrontier(task, 22);
      task.untilRead();
      putAll(31);
      resolved(32);
      untilFrontier(task, 32);
      untilAllAre(task, 31);
      task.until("told", () -> task.count("replayed-total") > 0);
    }
    assertThat(db.stepsBack()).isEmpty();
  }

  @Test
  void aTaskThatIsClosedMeanwhileFinishesItsTransaction() {
    feed.create("orders", 1);
    putAll(11);
    try (TaskHarness first = large("immediate").start()) {
      first.untilClaimed();
      first.until(
          "all rows are on their way", () -> first.position(feed.topic("orders"), 0) == ROWS);
    }
    assertThat(db.value("SELECT count(*) FROM orders")).isEqualTo("" + ROWS);
    try (TaskHarness second = large("immediate").start()) {
      second.untilClaimed();
      second.untilRead();
      putAll(21);
      untilAllAre(second, 21);
    }
    assertThat(db.stepsBack()).isEmpty();
  }

  @Test
  void aTaskThatIsFencedMeanwhileWritesNothing() {
    feed.create("orders", 1);
    putAll(11);
    try (TaskHarness task = large("immediate").start();
        TaskHarness rival = large("immediate").rival().start()) {
      task.network().at(Point.BEFORE_APPLY, () -> untilAllAre(rival, 11));
      task.until("fenced", () -> task.network().isQuiet() && task.pausedByTask().size() == 1);
    }
    assertThat(db.value("SELECT count(*) FROM audit")).isEqualTo("" + ROWS);
    assertThat(db.stepsBack()).isEmpty();
  }

  /** Invariant I1: a checkpoint never covers a record whose report is not yet durable. */
  @ParameterizedTest
  @ValueSource(strings = {"consistent", "immediate"})
  void aReportThatIsNotDurableIsNotCoveredByWhatIsWrittenMeanwhile(String mode) {
    feed.create("orders", 1);
    feed.raw("orders", 0, "[1]", "not JSON");
    putAll(11);
    resolved(12);
    putAll(21);
    ErrantRecordReporter failing =
        (record, error) -> CompletableFuture.failedFuture(new IllegalStateException("no queue"));
    try (TaskHarness task = large(mode).reporter(failing).start()) {
      assertThat(task.untilStopped()).contains("errors.deadletterqueue.topic.name");
      assertThat(checkpoint(task, 0).applied()).isZero();
    }
    assertThat(db.value("SELECT count(*) FROM orders")).isEqualTo("0");
  }

  /** Windows follow each other while versions come again and connections are lost. */
  @Tag("when-asked")
  @ParameterizedTest
  @CsvSource({"consistent, 1", "consistent, 2", "immediate, 3", "immediate, 4", "best-effort, 5"})
  void aStreamWithRepetitionsAndLostConnectionsNeverGoesBack(String mode, long seed) {
    Random random = new Random(seed);
    feed.create("orders", 2);
    List<long[]> sent = new ArrayList<>();
    Map<Integer, Long> newest = new TreeMap<>();
    long time = 10;
    try (TaskHarness task = large(mode).set("replay.suspect", "fail").start()) {
      task.untilClaimed();
      for (int chunk = 0; chunk < 12; chunk++) {
        long first = time;
        time = first + 4_000;
        feed.pipelined(
            () -> {
              for (long at = first; at < first + 4_000; at++) {
                if (random.nextInt(500) == 0) {
                  feed.resolved("orders", at - 1);
                }
                int id = 1 + random.nextInt(200);
                put(id % 2, id, at);
                newest.put(id, at);
                sent.add(new long[] {id, at});
                if (random.nextInt(3) == 0) {
                  long[] again =
                      sent.get(sent.size() - 1 - random.nextInt(Math.min(sent.size(), 3_000)));
                  put((int) again[0] % 2, (int) again[0], again[1]);
                }
              }
            });
        Point point = Point.values()[random.nextInt(Point.values().length)];
        if (random.nextInt(3) == 0) {
          task.network().at(point, Fault.LOST);
        } else if (point == Point.BEFORE_COMMIT) {
          task.network()
              .at(
                  point,
                  () -> {
                    int before = task.puts();
                    Deadline deadline = Deadline.in(Duration.ofSeconds(1));
                    while (task.puts() < before + 4 && !deadline.hasPassed()) {
                      Thread.onSpinWait();
                    }
                  });
        }
        task.steps(random.nextInt(30));
      }
      resolved(time);
      untilFrontier(task, time);
    }
    assertThat(db.stepsBack()).isEmpty();
    assertThat(rows())
        .containsExactlyInAnyOrderElementsOf(
            newest.entrySet().stream().map(e -> e.getKey() + "@" + e.getValue()).toList());
  }

  /** The same with rows that reference each other across partitions, so that some wait. */
  @Tag("when-asked")
  @ParameterizedTest
  @CsvSource({"immediate, 6", "immediate, 7", "immediate, 8", "best-effort, 9"})
  void aStreamOfRowsThatWaitForEachOtherNeverGoesBack(String mode, long seed) {
    Random random = new Random(seed);
    db.sql(
        "CREATE TABLE nodes (id int PRIMARY KEY, v bigint NOT NULL, parent int REFERENCES nodes (id))");
    db.audit("nodes", "id", "v");
    feed.create("nodes", 2);
    List<String[]> sent = new ArrayList<>();
    Map<Integer, Long> newest = new TreeMap<>();
    long time = 10;
    try (TaskHarness task =
        TaskHarness.of(PARTS, feed, db, "nodes")
            .set("delivery.mode", mode)
            .consumer("max.poll.records", ROWS)
            .start()) {
      task.untilClaimed();
      for (int chunk = 0; chunk < 10; chunk++) {
        long first = time;
        time = first + 2_000;
        feed.pipelined(
            () -> {
              for (long at = first; at < first + 2_000; at++) {
                if (random.nextInt(400) == 0) {
                  feed.resolved("nodes", at - 1);
                }
                int id = newest.size() < 500 ? newest.size() + 1 : 1 + random.nextInt(500);
                int parent = newest.isEmpty() ? 0 : 1 + random.nextInt(newest.size());
                String row =
                    "{\"id\": "
                        + id
                        + ", \"v\": "
                        + at
                        + ", \"parent\": "
                        + (parent == 0 ? "null" : "" + parent)
                        + "}";
                feed.upsert("nodes", id % 2, "[" + id + "]", row, at);
                newest.put(id, at);
                sent.add(new String[] {"" + id, row, "" + at});
                if (random.nextInt(3) == 0) {
                  String[] again =
                      sent.get(sent.size() - 1 - random.nextInt(Math.min(sent.size(), 2_000)));
                  feed.upsert(
                      "nodes",
                      Integer.parseInt(again[0]) % 2,
                      "[" + again[0] + "]",
                      again[1],
                      Long.parseLong(again[2]));
                }
              }
            });
        if (random.nextInt(3) == 0) {
          task.network().at(Point.values()[random.nextInt(Point.values().length)], Fault.LOST);
        }
        task.steps(random.nextInt(30));
      }
      feed.resolved("nodes", time);
      untilFrontier(task, time);
    }
    assertThat(db.stepsBackOfCircles()).isEmpty();
    assertThat(db.rows("SELECT id || '@' || v FROM nodes ORDER BY id"))
        .containsExactlyInAnyOrderElementsOf(
            newest.entrySet().stream().map(e -> e.getKey() + "@" + e.getValue()).toList());
  }
}
