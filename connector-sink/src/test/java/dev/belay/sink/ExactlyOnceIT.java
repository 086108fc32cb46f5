package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.harness.Crash;
import dev.belay.sink.harness.Network.Fault;
import dev.belay.sink.harness.Network.Point;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.RegexRouter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Invariant I1 ExactlyOnce: position and rows change in one transaction, and no row version is
 * written twice, wherever the task ends.
 */
@Tag("any-target")
@Tag("each-target")
class ExactlyOnceIT extends TaskCase {

  @ParameterizedTest
  @CsvSource({
    "BEFORE_APPLY, consistent",
    "BEFORE_COMMIT, consistent",
    "AFTER_COMMIT, consistent",
    "BEFORE_APPLY, immediate",
    "BEFORE_COMMIT, immediate",
    "AFTER_COMMIT, immediate"
  })
  void everyVersionIsWrittenOnceWhenTheTaskCrashes(Point point, String mode) {
    feed.create("orders", 2);
    TaskHarness.Builder settings = task().set("delivery.mode", mode);
    TaskHarness first = settings.start();
    first.untilClaimed();
    put(1, 11);
    put(2, 12);
    resolved(15);
    untilFrontier(first, 15);
    put(1, 21);
    put(2, 22);
    put(3, 23);
    resolved(25);
    first.network().at(point, Fault.CRASH);
    assertThatThrownBy(() -> first.until("crash", () -> false)).isInstanceOf(Crash.class);

    try (TaskHarness second = task().set("delivery.mode", mode).start()) {
      gone(2, 31);
      put(3, 33);
      resolved(35);
      untilFrontier(second, 35);
      assertThat(rows()).containsExactly("1@21", "3@33");
      assertThat(db.stepsBack()).isEmpty();
      assertThat(db.history("orders", "1")).containsExactly("11", "21");
      assertEverythingIsCovered(second);
    }
  }

  @Test
  void nothingIsWrittenAgainIfTheTaskCrashesBeforeItsOffsetsAreReported() {
    feed.create("orders", 1);
    TaskHarness first = task().start();
    put(1, 11);
    resolved(15);
    untilFrontier(first, 15);
    first.crash();

    try (TaskHarness second = task().start()) {
      second.untilClaimed();
      assertThat(second.committedInKafka(feed.topic("orders"), 0)).isEqualTo(-1);
      second.untilRead();
      resolved(25);
      untilFrontier(second, 25);
      assertThat(db.history("orders", "1")).containsExactly("11");
    }
  }

  @ParameterizedTest
  @CsvSource({"BEFORE_CLAIM_COMMIT", "AFTER_CLAIM_COMMIT"})
  void aCrashInTheMidstOfAClaimHarmsNobody(Point point) {
    feed.create("orders", 2);
    put(1, 11);
    resolved(15);
    TaskHarness first = task().start();
    first.network().at(point, Fault.CRASH);
    assertThatThrownBy(first::untilClaimed).isInstanceOf(Crash.class);

    try (TaskHarness second = task().start()) {
      untilFrontier(second, 15);
      assertThat(db.history("orders", "1")).containsExactly("11");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BEFORE_COMMIT, consistent",
    "AFTER_COMMIT, consistent",
    "BEFORE_COMMIT, immediate",
    "AFTER_COMMIT, immediate"
  })
  void theWindowWhoseCommitWasNeverAnsweredIsWrittenOnce(Point point, String mode) {
    feed.create("orders", 1);
    try (TaskHarness task = task().set("delivery.mode", mode).start()) {
      task.untilClaimed();
      task.network().at(point, Fault.LOST);
      put(1, 11);
      put(1, 12);
      put(2, 13);
      resolved(15);
      untilFrontier(task, 15);
      assertThat(task.network().isQuiet()).isTrue();
      assertThat(rows()).containsExactly("1@12", "2@13");
      assertThat(db.stepsBack()).isEmpty();
      assertThat(db.history("orders", "2")).containsExactly("13");
      assertEverythingIsCovered(task);
    }
  }

  @Test
  void aClaimWhoseCommitWasNeverAnsweredIsMadeAgain() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      task.network().at(Point.AFTER_CLAIM_COMMIT, Fault.LOST);
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      assertThat(checkpoint(task, 0).epoch()).isEqualTo(2);
      assertThat(rows()).containsExactly("1@11");
    }
  }

  @Test
  void countsAddUpToTheRecordsRead() {
    feed.create("orders", 1);
    try (TaskHarness task =
        task().reporter((record, error) -> CompletableFuture.completedFuture(null)).start()) {
      put(1, 11);
      put(1, 12); // folds 11 away
      put(1, 12); // a repetition inside of the window
      put(2, 13);
      resolved(15);
      untilFrontier(task, 15);
      put(2, 13); // a repetition by its time
      put(3, 21);
      feed.raw("orders", 0, "[4]", "{\"after\": {\"id\": 4"); // not JSON
      feed.upsert("orders", "[5]", "{\"id\": 5, \"v\": 22, \"note\": \"longer than ten\"}", 22);
      gone(9, 23);
      resolved(25);
      untilFrontier(task, 25);
      Map<String, Long> counts = new HashMap<>();
      for (String meter :
          List.of(
              "applied-total",
              "folded-total",
              "replayed-total",
              "rejected-total",
              "resolved-messages-total",
              "ignored-total")) {
        counts.put(meter, task.count(meter));
      }
      assertThat(counts)
          .containsEntry("folded-total", 1L)
          .containsEntry("replayed-total", 2L)
          .containsEntry("rejected-total", 2L)
          .containsEntry("resolved-messages-total", 2L);
      assertThat(counts.values().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(task.position(feed.topic("orders"), 0));
    }
  }

  @Test
  void aBatchThatIsGivenAgainCountsOnce() {
    feed.create("orders", 1);
    try (TaskHarness task = task().immediate().start()) {
      task.untilClaimed();
      task.network().cut();
      put(1, 11);
      put(2, 12);
      put(1, 13);
      task.until("the batch was refused some times", () -> task.retries() > 3);
      task.network().mend();
      resolved(15);
      untilFrontier(task, 15);
      assertThat(db.history("orders", "1")).containsExactly("13");
      assertThat(db.history("orders", "2")).containsExactly("12");
      assertEverythingIsCovered(task);
      assertThat(
              task.count("applied-total")
                  + task.count("folded-total")
                  + task.count("replayed-total")
                  + task.count("resolved-messages-total"))
          .isEqualTo(4);
    }
  }

  /**
   * Connect keeps records of a partition that was revoked in the batch in hand if a transform
   * renamed their topic. When the partition comes back, they lie behind what is to be read again.
   */
  @Test
  void aBatchInHandDoesNotHideWhatIsReadAgainBeforeIt() {
    db.sql("ALTER TABLE orders ADD COLUMN parent int REFERENCES orders (id)");
    feed.create("sales", 2);
    String cooperative = CooperativeStickyAssignor.class.getName();
    try (RegexRouter<SinkRecord> router = new RegexRouter<>()) {
      router.configure(
          Map.of("regex", feed.prefix() + "sales", "replacement", feed.prefix() + "orders"));
      try (TaskHarness task =
          TaskHarness.of(PARTS, feed, db, "sales")
              .immediate()
              .transform(router::apply)
              .consumer("partition.assignment.strategy", cooperative)
              // both partitions in one batch
              .consumer("fetch.min.bytes", 1 << 20)
              .consumer("fetch.max.wait.ms", 300)
              // a clock that stands still: what waits is not tried again before its time
              .nanoTime(() -> Duration.ofHours(1).toNanos())
              .start()) {
        feed.upsert("sales", 0, "[1]", "{\"id\": 1, \"v\": 11, \"parent\": 9}", 11);
        feed.upsert("sales", 1, "[2]", "{\"id\": 2, \"v\": 12, \"parent\": 9}", 12);
        task.until("both wait for row 9", () -> task.count("blocked-records") == 2);
        task.network().at(Point.BEFORE_APPLY, () -> task.network().cut());
        feed.upsert("sales", 0, "[3]", row(3, 21), 21);
        feed.upsert("sales", 1, "[4]", row(4, 22), 22);
        task.until("a batch is in hand", () -> task.retries() > 1);
        try (KafkaConsumer<byte[], byte[]> member = task.otherMember(cooperative)) {
          task.until(
              "a partition has gone",
              () -> {
                member.poll(Duration.ofMillis(10));
                return task.assignment().size() == 1;
              });
        }
        task.until("it is back", () -> task.assignment().size() == 2);
        task.network().at(Point.BEFORE_APPLY, () -> task.network().cut());
        task.network().mend();
        task.until("the claim is made, and the window refused", () -> task.network().isQuiet());
        task.network().mend();
        task.until("the batch", () -> rows().equals(List.of("3@21", "4@22")));
        feed.upsert("sales", 0, "[9]", row(9, 31), 31);
        feed.resolved("sales", 40);
        untilFrontier(task, 40);
        assertThat(rows()).containsExactly("1@11", "2@12", "3@21", "4@22", "9@31");
        assertThat(db.stepsBack()).isEmpty();
      }
    }
  }

  @Test
  void kafkaIsNeverToldMoreThanTheTargetHas() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      TopicPartition partition = new TopicPartition(feed.topic("orders"), 0);
      put(1, 11);
      resolved(15);
      put(2, 21);
      put(3, 22);
      untilFrontier(task, 15);
      task.untilRead();
      task.step();
      task.commit();
      assertThat(task.offered().get(partition).offset()).isEqualTo(2);
      task.network().cut();
      resolved(25);
      task.until("the window is refused", () -> task.retries() > 0);
      task.commit();
      assertThat(task.offered().get(partition).offset()).isEqualTo(2);
      task.network().mend();
      untilFrontier(task, 25);
      task.step();
      task.commit();
      assertThat(task.offered().get(partition).offset()).isEqualTo(5);
      assertThat(task.committedInKafka(feed.topic("orders"), 0)).isEqualTo(5);
    }
  }

  @Test
  void positionsAreThoseOfTheTopicAlsoWhenATransformRenamesIt() {
    feed.create("sales", 1);
    try (RegexRouter<SinkRecord> router = new RegexRouter<>()) {
      router.configure(
          Map.of("regex", feed.prefix() + "sales", "replacement", feed.prefix() + "orders"));
      TaskHarness.Builder settings =
          TaskHarness.of(PARTS, feed, db, "sales").transform(router::apply);
      try (TaskHarness task = settings.start()) {
        feed.upsert("sales", "[1]", row(1, 11), 11);
        feed.resolved("sales", 15);
        untilFrontier(task, 15);
        assertThat(rows()).containsExactly("1@11");
        assertThat(db.checkpoint(task.connector(), feed.topic("sales"), 0).applied()).isEqualTo(2);
        task.step();
        task.commit();
        assertThat(task.committedInKafka(feed.topic("sales"), 0)).isEqualTo(2);
      }
      try (TaskHarness task =
          TaskHarness.of(PARTS, feed, db, "sales").transform(router::apply).start()) {
        feed.upsert("sales", "[2]", row(2, 21), 21);
        feed.resolved("sales", 25);
        untilFrontier(task, 25);
        assertThat(db.history("orders", "1")).containsExactly("11");
      }
    }
  }

  /** The checkpoint says that all which is in the topic has taken effect. */
  private void assertEverythingIsCovered(TaskHarness task) {
    for (int p = 0; p < feed.partitions("orders"); p++) {
      assertThat(checkpoint(task, p).applied()).isEqualTo(task.position(feed.topic("orders"), p));
      assertThat(checkpoint(task, p).held()).isEmpty();
    }
  }
}
