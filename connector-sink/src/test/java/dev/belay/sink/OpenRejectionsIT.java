package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.sink.harness.Crash;
import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.Network.Fault;
import dev.belay.sink.harness.Network.Point;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What was rejected is known until it is mended, whatever becomes of the task. */
@Tag("any-target")
@Tag("each-target")
class OpenRejectionsIT extends TaskCase {
  private static final ErrantRecordReporter QUEUE =
      (record, error) -> CompletableFuture.completedFuture(null);
  private static final ErrantRecordReporter NO_QUEUE =
      (record, error) -> CompletableFuture.failedFuture(new IllegalStateException("no queue"));

  @Test
  void aRejectionSurvivesACrashAndIsMendedByANewerVersion() {
    feed.create("orders", 1);
    long offset;
    try (TaskHarness task = tolerant().start()) {
      put(1, 11);
      offset = putSecret(2, 12);
      resolved(15);
      untilFrontier(task, 15);
      assertThat(task.count("open-rejections")).isOne();
      task.crash();
    }
    assertThat(
            db.rows(
                "SELECT record_offset || ' ' || table_name || ' ' || hlc || ' ' || \"sqlstate\" || ' '"
                    + " || records || ' ' || length(key_hash) FROM belay.belay_rejection"))
        .containsExactly(
            offset
                + " "
                + db.schema()
                + ".orders "
                + Feed.hlc(12)
                + " "
                + db.checkViolation()
                + " 1 64");
    try (TaskHarness task = tolerant().start()) {
      task.untilClaimed();
      task.step();
      assertThat(task.count("open-rejections")).isOne();
      put(1, 21);
      resolved(25);
      untilFrontier(task, 25);
      assertThat(task.count("open-rejections")).isOne();
      put(2, 31);
      resolved(35);
      untilFrontier(task, 35);
      assertThat(task.count("open-rejections")).isZero();
      assertThat(rejections()).isEmpty();
    }
    try (TaskHarness task = tolerant().start()) {
      task.untilClaimed();
      task.step();
      assertThat(task.count("open-rejections")).isZero();
    }
  }

  @Test
  void aDeleteMendsToo() {
    feed.create("orders", 1);
    try (TaskHarness task = tolerant().start()) {
      putSecret(2, 12);
      resolved(15);
      untilFrontier(task, 15);
      gone(2, 21);
      resolved(25);
      untilFrontier(task, 25);
      assertThat(task.count("open-rejections")).isZero();
      assertThat(rejections()).isEmpty();
    }
  }

  @Test
  void theRowOfARejectionComesAndGoesWithTheCheckpointThatCoversIt() {
    feed.create("orders", 1);
    try (TaskHarness task = tolerant().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      task.network().at(Point.BEFORE_COMMIT, Fault.CRASH);
      putSecret(2, 22);
      resolved(25);
      assertThatExceptionOfType(Crash.class).isThrownBy(() -> untilFrontier(task, 25));
      assertThat(rejections()).isEmpty();
    }
    try (TaskHarness task = tolerant().start()) {
      untilFrontier(task, 25);
      assertThat(rejections()).hasSize(1);
      task.network().at(Point.BEFORE_COMMIT, Fault.CRASH);
      put(2, 31);
      resolved(35);
      assertThatExceptionOfType(Crash.class).isThrownBy(() -> untilFrontier(task, 35));
      assertThat(rejections()).hasSize(1);
    }
    try (TaskHarness task = tolerant().start()) {
      untilFrontier(task, 35);
      assertThat(rejections()).isEmpty();
      assertThat(task.count("open-rejections")).isZero();
    }
  }

  @Test
  void aRecordThatNobodyCanReadCountsUntilAPersonDeletesItsRow() {
    feed.create("orders", 1);
    long offset;
    try (TaskHarness task = tolerant().start()) {
      offset = feed.raw("orders", 0, "[1]", "not JSON");
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      assertThat(task.count("open-rejections")).isOne();
      assertThat(task.count("open-rejections-unkeyed")).isOne();
      assertThat(rejections()).containsExactly(offset + " none");
    }
    try (TaskHarness task = tolerant().start()) {
      put(1, 21);
      resolved(25);
      untilFrontier(task, 25);
      assertThat(task.count("open-rejections-unkeyed")).isOne();
    }
    db.sql(
        "DELETE FROM belay.belay_rejection WHERE connector = 'c"
            + feed.prefix()
            + "' AND key_hash IS NULL");
    try (TaskHarness task = tolerant().start()) {
      task.untilClaimed();
      task.step();
      assertThat(task.count("open-rejections")).isZero();
    }
  }

  @Test
  void nothingIsOpenBeforeTheReportIsDurable() {
    feed.create("orders", 1);
    try (TaskHarness task = task().reporter(NO_QUEUE).start()) {
      feed.raw("orders", 0, "[1]", "not JSON");
      putSecret(2, 12);
      resolved(15);
      assertThat(task.untilStopped()).contains("errors.deadletterqueue.topic.name");
      assertThat(rejections()).isEmpty();
    }
  }

  @Test
  void anOlderVersionThatIsSentAgainMendsNothing() {
    feed.create("orders", 1);
    try (TaskHarness task = tolerant().immediate().start()) {
      task.untilClaimed();
      putSecret(2, 22);
      resolved(5);
      task.until("it is rejected", () -> !rejections().isEmpty());
      put(2, 12);
      task.until("the older one is written", () -> rows().equals(List.of("2@12")));
      assertThat(task.count("open-rejections")).isOne();
      put(2, 32);
      task.until("the newer one is written", () -> rows().equals(List.of("2@32")));
      task.step();
      assertThat(task.count("open-rejections")).isZero();
    }
  }

  private TaskHarness.Builder tolerant() {
    return task().reporter(QUEUE);
  }

  private List<String> rejections() {
    return db.rows(
        "SELECT record_offset || ' ' || coalesce(left(key_hash, 8), 'none')"
            + " FROM belay.belay_rejection ORDER BY 1");
  }

  private long putSecret(int id, long time) {
    return feed.upsert(
        "orders",
        "[" + id + "]",
        "{\"id\": " + id + ", \"v\": " + time + ", \"note\": \"secret\"}",
        time);
  }
}
