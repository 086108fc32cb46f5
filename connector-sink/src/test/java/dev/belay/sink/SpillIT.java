package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.harness.Crash;
import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.Network.Fault;
import dev.belay.sink.harness.Network.Point;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Invariant I8 Bounded, with a disk: a window far larger than the buffer stays one window. */
@Tag("any-target")
class SpillIT extends TaskCase {
  private static final int BUFFER = 8_192;
  private static final int ROWS = 1_000;

  @TempDir Path disk;

  private TaskHarness.Builder spilling(TaskHarness.Builder task) {
    return task.set("window.buffer.bytes", Integer.toString(BUFFER))
        .set("spill.dir", disk.toString())
        .consumer("max.poll.records", "100");
  }

  private void putAll(long time) {
    feed.pipelined(
        () -> {
          for (int id = 1; id <= ROWS; id++) {
            put(id % 2, id, time);
          }
        });
  }

  private List<Path> onDisk() {
    try (Stream<Path> found = Files.walk(disk)) {
      return found.filter(path -> !path.equals(disk)).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void untilSpilled(TaskHarness task) {
    task.until("most of it is on disk", () -> task.count("spilled-bytes") > 4 * BUFFER);
  }

  private void isOneTransaction() {
    assertThat(db.writersOf("orders")).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void windowLargerThanTheBufferIsOneTransaction() throws IOException {
    feed.create("orders", 2);
    putAll(5);
    try (TaskHarness task = spilling(task()).start()) {
      untilSpilled(task);
      assertThat(task.count("window-bytes")).isLessThan(2 * BUFFER);
      assertThat(Files.getPosixFilePermissions(onDisk().get(0)))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
      resolved(6);
      untilFrontier(task, 6);
      assertThat(db.value("SELECT count(*) FROM orders")).isEqualTo("" + ROWS);
      isOneTransaction();
      assertThat(db.isSnapshot()).isTrue();
      task.until("the disk is empty", () -> onDisk().isEmpty());
      task.until("told", () -> task.count("applied-total") == ROWS);
      put(1, 21);
      resolved(22);
      untilFrontier(task, 22);
    }
    assertThat(db.history("orders", "1")).containsExactly("5", "21");
    assertThat(db.stepsBack()).isEmpty();
  }

  @Test
  void changesOfOneRowFoldAndChildrenGoWithTheirParents() {
    db.sql(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (id int PRIMARY KEY, parent int NOT NULL REFERENCES parent (id),"
            + " v bigint)",
        "INSERT INTO parent VALUES (0)",
        "INSERT INTO child VALUES (0, 0, 1)");
    db.audit("child", "id", "v");
    feed.create("parent", 1);
    feed.create("child", 2);
    feed.pipelined(
        () -> {
          for (long time = 5; time <= 6; time++) {
            for (int id = 1; id <= ROWS / 2; id++) {
              feed.upsert("child", "[" + id + "]", child(id, id, time), time);
            }
          }
          feed.delete("parent", "[0]", 6);
          feed.delete("child", "[0]", 6);
          for (int id = 1; id <= ROWS / 2; id++) {
            feed.upsert("parent", "[" + id + "]", "{\"id\": " + id + "}", 5);
          }
        });
    try (TaskHarness task = spilling(TaskHarness.of(PARTS, feed, db, "child", "parent")).start()) {
      untilSpilled(task);
      feed.resolved("child", 7);
      feed.resolved("parent", 7);
      untilFrontier(task, 7);
      task.until("told", () -> task.count("folded-total") == ROWS / 2);
    }
    assertThat(db.value("SELECT count(*) FROM child WHERE v = 6")).isEqualTo("" + ROWS / 2);
    assertThat(db.value("SELECT count(*) FROM parent WHERE id = 0")).isEqualTo("0");
    assertThat(db.history("child", "1")).containsExactly("6");
  }

  private static String child(int id, int parent, long v) {
    return "{\"id\": " + id + ", \"parent\": " + parent + ", \"v\": " + v + "}";
  }

  @Test
  void whatIsNewerThanTheFrontierWaitsOnAndComesLater() {
    feed.create("orders", 2);
    putAll(5);
    putAll(15);
    try (TaskHarness task = spilling(task()).start()) {
      task.untilRead();
      untilSpilled(task);
      resolved(6);
      untilFrontier(task, 6);
      assertThat(db.value("SELECT count(*) FROM orders WHERE v = 5")).isEqualTo("" + ROWS);
      resolved(16);
      untilFrontier(task, 16);
      assertThat(db.value("SELECT count(*) FROM orders WHERE v = 15")).isEqualTo("" + ROWS);
      isOneTransaction();
      task.until("the disk is empty", () -> onDisk().isEmpty());
    }
    assertThat(db.stepsBack()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {"BEFORE_APPLY", "BEFORE_COMMIT", "AFTER_COMMIT"})
  void everyVersionIsWrittenOnceWhenTheTaskCrashes(Point point) throws IOException {
    feed.create("orders", 2);
    putAll(5);
    TaskHarness first = spilling(task()).start();
    untilSpilled(first);
    first.network().at(point, Fault.CRASH);
    resolved(6);
    assertThatThrownBy(() -> first.until("crash", () -> false)).isInstanceOf(Crash.class);
    Path left = Files.createDirectories(disk.resolve("belay-" + first.connector() + "-0"));
    Files.writeString(left.resolve("window-7"), "what a killed process left");
    try (TaskHarness second = spilling(task()).start()) {
      assertThat(onDisk()).isEmpty();
      untilFrontier(second, 6);
      isOneTransaction();
      put(1, 21);
      resolved(22);
      untilFrontier(second, 22);
    }
    assertThat(db.value("SELECT count(*) FROM audit")).isEqualTo("" + (ROWS + 1));
    assertThat(onDisk()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {"BEFORE_APPLY", "BEFORE_COMMIT", "AFTER_COMMIT"})
  void aLostConnectionHealsAndNothingIsWrittenTwice(Point point) {
    feed.create("orders", 2);
    putAll(5);
    try (TaskHarness task = spilling(task()).start()) {
      untilSpilled(task);
      task.network().at(point, Fault.LOST);
      resolved(6);
      untilFrontier(task, 6);
      task.untilRead();
      assertThat(task.network().isQuiet()).isTrue();
      isOneTransaction();
    }
    assertThat(db.value("SELECT count(*) FROM audit")).isEqualTo("" + ROWS);
    assertThat(onDisk()).isEmpty();
  }

  @Test
  void aWindowThatCannotBeWrittenInOrderIsAppliedInPieces() {
    db.sql("ALTER TABLE orders ADD UNIQUE (note)");
    feed.create("orders", 2);
    feed.upsert("orders", 0, "[1]", note(1, 1, "a"), 1);
    feed.upsert("orders", 0, "[2]", note(2, 1, "b"), 1);
    resolved(2);
    try (TaskHarness task = spilling(task()).start()) {
      untilFrontier(task, 2);
      feed.upsert("orders", 0, "[1]", note(1, 5, "b"), 5);
      feed.upsert("orders", 0, "[2]", note(2, 5, "a"), 5);
      feed.pipelined(
          () -> {
            for (int id = 3; id <= ROWS; id++) {
              feed.upsert("orders", id % 2, "[" + id + "]", note(id, 5, "n" + id), 5);
            }
          });
      untilSpilled(task);
      resolved(6);
      untilFrontier(task, 6);
      assertThat(db.rows("SELECT note FROM orders WHERE id < 3 ORDER BY id"))
          .containsExactly("b", "a");
      assertThat(db.value("SELECT count(*) FROM orders WHERE v = 5")).isEqualTo("" + ROWS);
      assertThat(db.value("SELECT snapshot_from FROM belay.belay_frontier")).isEqualTo(Feed.hlc(5));
    }
    assertThat(db.history("orders", "3")).containsExactly("5");
    assertThat(onDisk()).isEmpty();
  }

  private static String note(int id, long v, String note) {
    return "{\"id\": " + id + ", \"v\": " + v + ", \"note\": \"" + note + "\"}";
  }

  @Test
  void aWindowLargerThanTheDiskMayHoldIsAppliedInPieces() {
    feed.create("orders", 2);
    putAll(5);
    try (TaskHarness task = spilling(task()).set("spill.max.bytes", "20000").start()) {
      task.until("rows come", () -> !db.value("SELECT count(*) FROM orders").equals("0"));
      assertThat(onDisk()).isEmpty();
      resolved(6);
      untilFrontier(task, 6);
      assertThat(db.value("SELECT count(*) FROM orders")).isEqualTo("" + ROWS);
    }
    assertThat(db.stepsBack()).isEmpty();
  }

  /** The device that is always full. */
  @Test
  void aFullDiskStopsTheTaskAndLosesNothing() throws IOException {
    feed.create("orders", 2);
    putAll(5);
    try (TaskHarness task = spilling(task()).start()) {
      Path folder = Files.createDirectories(disk.resolve("belay-" + task.connector() + "-0"));
      Files.createSymbolicLink(folder.resolve("window-0"), Path.of("/dev/full"));
      assertThat(task.untilStopped())
          .contains("No space left on device", folder.toString(), "Nothing is lost", "spill.dir");
    }
    assertThat(rows()).isEmpty();
    try (TaskHarness task = spilling(task()).start()) {
      resolved(6);
      untilFrontier(task, 6);
      assertThat(db.value("SELECT count(*) FROM orders")).isEqualTo("" + ROWS);
    }
    assertThat(db.value("SELECT count(*) FROM audit")).isEqualTo("" + ROWS);
  }

  /** Invariant I1: a checkpoint never covers a record whose report is not yet durable. */
  @Test
  void aReportThatIsNotDurableIsNotCoveredByAWindowFromDisk() {
    feed.create("orders", 2);
    feed.raw("orders", 0, "[1]", "not JSON");
    putAll(5);
    resolved(6);
    ErrantRecordReporter failing =
        (record, error) -> CompletableFuture.failedFuture(new IllegalStateException("no queue"));
    try (TaskHarness task = spilling(task()).reporter(failing).start()) {
      assertThat(task.untilStopped()).contains("errors.deadletterqueue.topic.name");
    }
    assertThat(db.value("SELECT count(*) FROM orders")).isEqualTo("0");
  }
}
