package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Records that cannot be applied: reported before a checkpoint covers them, or the task stops. */
@Tag("any-target")
@Tag("each-target")
class RejectedIT extends TaskCase {
  @Test
  void aRecordThatTheDatabaseRefusesStopsTheTaskWithCoordinatesAndNoValues() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      long offset = putSecret(2, 12);
      resolved(15);
      String reason = task.untilStopped();
      assertThat(reason)
          .contains("offset " + offset + " of topic " + feed.topic("orders") + ", partition 0")
          .contains(db.checkViolation())
          .contains("note_is_public")
          .contains("errors.tolerance=all")
          .doesNotContain("secret");
      assertThat(rows()).isEmpty();
    }
  }

  @Test
  void aRecordThatDoesNotFitItsColumnStopsTheTaskWithCoordinatesAndNoValues() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      long offset =
          feed.upsert("orders", "[1]", "{\"id\": 1, \"v\": 11, \"note\": \"secret-and-long\"}", 11);
      resolved(15);
      assertThat(task.untilStopped())
          .contains("offset " + offset + " of topic " + feed.topic("orders") + ", partition 0")
          .contains("Column " + db.schema() + ".orders.note")
          .doesNotContain("secret")
          .doesNotContainPattern("[a-z)] Nothing"); // sentences end before the next begins
    }
  }

  @Test
  void aRecordThatCannotBeReadStopsTheTaskWithCoordinatesAndNoValues() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      long offset = feed.raw("orders", 0, "[1]", "{\"after\": {\"id\": 1, \"note\": \"secret");
      assertThat(task.untilStopped())
          .contains("offset " + offset + " of topic " + feed.topic("orders") + ", partition 0")
          .doesNotContain("secret");
    }
  }

  @Test
  void rejectedRecordsAreReportedWithTheirReasonBeforeTheCheckpointCoversThem() {
    feed.create("orders", 1);
    Reports reports = new Reports();
    try (TaskHarness task = task().reporter(reports).start()) {
      reports.watch(task);
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      feed.raw("orders", 0, "[1]", "{\"after\": {\"id\": 1, \"note\": \"secret");
      putSecret(2, 22);
      put(3, 23);
      resolved(25);
      untilFrontier(task, 25);
      assertThat(rows()).containsExactly("1@11", "3@23");
      assertThat(reports.records).extracting(SinkRecord::kafkaOffset).containsExactly(2L, 3L);
      // when each report became durable, the checkpoint stood before its record
      assertThat(reports.coveredWhenDurable).isEmpty();
      SinkRecord refused = reports.records.get(1);
      assertThat(header(refused, "belay.table")).isEqualTo(db.schema() + ".orders");
      assertThat(header(refused, "belay.key.columns")).isEqualTo("id");
      assertThat(header(refused, db.codeHeader())).isEqualTo(db.checkViolation());
      assertThat(header(refused, "belay.constraint")).isEqualTo("note_is_public");
      assertThat(header(refused, "belay.hlc")).isEqualTo(Feed.hlc(22));
      assertThat(header(refused, "belay.reason")).doesNotContain("secret");
      assertThat(header(reports.records.get(0), "belay.reason")).doesNotContain("secret");
      assertThat(task.count("rejected-total")).isEqualTo(2);
      assertThat(task.count("open-rejections")).isEqualTo(2);
      put(2, 31);
      resolved(35);
      untilFrontier(task, 35);
      // nobody knows which row the unreadable one was of
      assertThat(task.count("open-rejections")).isOne();
      assertThat(task.count("open-rejections-unkeyed")).isOne();
    }
  }

  @Test
  void aReportThatIsNotDurableStopsTheTaskAndIsMadeAgainByTheNext() {
    feed.create("orders", 1);
    ErrantRecordReporter failing =
        (record, error) -> CompletableFuture.failedFuture(new IllegalStateException("no queue"));
    try (TaskHarness task = task().reporter(failing).start()) {
      feed.raw("orders", 0, "[1]", "not JSON");
      put(1, 11);
      resolved(15);
      assertThat(task.untilStopped()).contains("errors.deadletterqueue.topic.name");
      assertThat(rows()).isEmpty();
      assertThat(checkpoint(task, 0).applied()).isZero();
    }
    Reports reports = new Reports();
    try (TaskHarness task = task().reporter(reports).start()) {
      reports.watch(task);
      untilFrontier(task, 15);
      assertThat(reports.records).extracting(SinkRecord::kafkaOffset).containsExactly(0L);
      assertThat(rows()).containsExactly("1@11");
    }
  }

  private long putSecret(int id, long time) {
    return feed.upsert(
        "orders",
        "[" + id + "]",
        "{\"id\": " + id + ", \"v\": " + time + ", \"note\": \"secret\"}",
        time);
  }

  private static String header(SinkRecord record, String name) {
    Header header = record.headers().lastWithName(name);
    return header == null ? "" : String.valueOf(header.value());
  }

  /** Keeps what is reported, and where the checkpoint is when a report becomes durable. */
  private final class Reports implements ErrantRecordReporter {
    private final List<SinkRecord> records = new ArrayList<>();
    private final List<Long> coveredWhenDurable = new ArrayList<>();
    private TaskHarness task;

    void watch(TaskHarness watched) {
      task = watched;
    }

    @Override
    public Future<Void> report(SinkRecord record, Throwable error) {
      records.add(record);
      return new CompletableFuture<>() {
        @Override
        public Void get(long timeout, TimeUnit unit) {
          if (checkpoint(task, 0).applied() > record.kafkaOffset()) {
            coveredWhenDurable.add(record.kafkaOffset());
          }
          return null;
        }
      };
    }
  }
}
