package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.time.Duration;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The frontier of consistent mode (part of invariant I4) when partitions come and go. */
@Tag("any-target")
@Tag("each-target")
class FrontierIT extends TaskCase {

  @Test
  void theFrontierDoesNotPassAPartitionThatWasTakenAway() {
    feed.create("orders", 2);
    String cooperative = CooperativeStickyAssignor.class.getName();
    try (TaskHarness task = task().consumer("partition.assignment.strategy", cooperative).start()) {
      resolved(40);
      untilFrontier(task, 40);
      // one transaction on both partitions, resolved on each but on one at a time
      put(0, 1, 50);
      put(1, 2, 50);
      try (KafkaConsumer<byte[], byte[]> member = task.otherMember(cooperative)) {
        feed.resolved("orders", 0, 55);
        task.untilRead();
        task.steps(5); // enough to see it confirmed
        task.until(
            "a partition is gone",
            () -> {
              member.poll(Duration.ofMillis(10));
              return task.assignment().size() == 1 && member.assignment().size() == 1;
            });
        feed.resolved("orders", 0, 56);
        feed.resolved("orders", 1, 45);
        task.untilRead();
        task.steps(5);
        assertThat(rows()).isEmpty();
        assertThat(db.frontier(task.connector())).isEqualTo(Feed.hlc(40));
      }
      task.until("both are back", () -> task.assignment().size() == 2);
      resolved(60);
      untilFrontier(task, 60);
      assertThat(rows()).containsExactly("1@50", "2@50");
    }
  }

  /**
   * What a topic that joins has read is not all that it has, whatever the others are resolved to.
   */
  @Test
  void aTopicThatJoinsWhileAPartitionIsMissingLosesNoRows() {
    feed.create("orders", 1);
    try (TaskHarness before = task().start()) {
      put(1, 11);
      resolved(40);
      untilFrontier(before, 40);
    }
    db.sql("CREATE TABLE items (id int PRIMARY KEY, v bigint NOT NULL)");
    feed.create("items", 1);
    feed.upsert("items", 0, "[1]", "{\"id\": 1, \"v\": 21}", 21);
    feed.upsert("items", 0, "[2]", "{\"id\": 2, \"v\": 22}", 22);
    TaskHarness.Builder both = TaskHarness.of(PARTS, feed, db, "orders", "items");
    try (TaskHarness task =
        both.consumer("metadata.max.age.ms", 600_000)
            .consumer("max.poll.records", 1)
            .set("replay.suspect", "warn")
            .start()) {
      task.network().cut();
      task.until("assigned", () -> task.assignment().size() == 2);
      feed.grow("items", 2);
      task.network().mend();
      task.untilClaimed();
      task.untilRead();
      task.steps(5);
    }
    try (TaskHarness task = both.consumer("metadata.max.age.ms", 300).start()) {
      feed.resolved("items", 50);
      resolved(50);
      untilFrontier(task, 50);
    }
    assertThat(db.rows("SELECT id || '@' || v FROM items ORDER BY id"))
        .containsExactly("1@21", "2@22");
  }

  /**
   * The others have gone past what the topic needs: no refusal is final before it has caught up.
   */
  @Test
  void aRowOfATopicThatJoinsWaitsForWhatTheOthersAreAheadOf() {
    db.sql(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (id int PRIMARY KEY, parent int NOT NULL REFERENCES parent (id))");
    feed.create("parent", 1);
    try (TaskHarness before = TaskHarness.of(PARTS, feed, db, "parent").start()) {
      feed.upsert("parent", "[1]", "{\"id\": 1}", 11);
      feed.delete("parent", "[1]", 30);
      feed.resolved("parent", 40);
      untilFrontier(before, 40);
    }
    feed.create("child", 1);
    feed.upsert("child", "[7]", "{\"id\": 7, \"parent\": 1}", 20);
    feed.resolved("child", 21);
    try (TaskHarness task =
        TaskHarness.of(PARTS, feed, db, "parent", "child")
            .set("checkpoint.idle.interval.ms", "60000")
            .start()) {
      task.untilClaimed();
      task.untilRead();
      task.steps(20);
      feed.delete("child", "[7]", 25);
      feed.resolved("parent", 50);
      feed.resolved("child", 50);
      untilFrontier(task, 50);
      assertThat(db.rows("SELECT id FROM child")).isEmpty();
    }
  }
}
