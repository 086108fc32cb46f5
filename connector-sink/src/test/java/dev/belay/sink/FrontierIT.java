package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.time.Duration;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.Test;

/** The frontier of consistent mode (part of invariant I4) when partitions come and go. */
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
}
