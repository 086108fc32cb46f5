package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** What the meters say of a situation that the test has made; the other tests read more of them. */
class MetersIT extends TaskCase {
  private static final long SECOND = 1_000_000_000L;
  private static final double SLOW_MS = 300;

  @Test
  void secondsBehindAreThoseSinceTheFrontier() throws Exception {
    feed.create("orders", 2);
    AtomicLong wall = new AtomicLong(Feed.nanos(10 * SECOND));
    try (TaskHarness task = task().wallNanos(wall::get).start().untilClaimed()) {
      task.step();
      assertThat(task.meter("seconds-behind")).isEqualTo(-1.0);
      assertThat(task.meter("frontier")).isEqualTo("none");
      put(0, 1, SECOND);
      feed.resolved("orders", 0, 9 * SECOND);
      feed.resolved("orders", 1, 8 * SECOND);
      untilFrontier(task, 8 * SECOND);
      task.until("shown", () -> task.meter("frontier").equals(Feed.hlc(8 * SECOND)));
      assertThat(task.meter("seconds-behind")).isEqualTo(2.0);
      assertThat(ofPartition(task, 0, "partition-resolved")).isEqualTo(Feed.hlc(9 * SECOND));
      assertThat(ofPartition(task, 0, "partition-seconds-behind")).isEqualTo(1.0);
      assertThat(ofPartition(task, 1, "partition-resolved")).isEqualTo(Feed.hlc(8 * SECOND));
      assertThat(ofPartition(task, 1, "partition-seconds-behind")).isEqualTo(2.0);
      // no record comes, and time goes on
      wall.addAndGet(5 * SECOND);
      assertThat(task.meter("seconds-behind")).isEqualTo(7.0);
    }
  }

  private Object ofPartition(TaskHarness task, int partition, String meter) throws Exception {
    return ManagementFactory.getPlatformMBeanServer()
        .getAttribute(
            new ObjectName(
                "dev.belay:type=sink-partition,connector="
                    + ObjectName.quote(task.connector())
                    + ",task=0,topic="
                    + ObjectName.quote(feed.topic("orders"))
                    + ",partition="
                    + partition),
            meter);
  }

  @Test
  void whatWaitsForItsResolvedTimeIsCountedInRecordsAndBytes() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      put(2, 12);
      task.untilRead();
      task.until("they wait", () -> task.count("window-records") == 2);
      long one = "[1]".length() + ("{\"after\": " + row(1, 11) + ", \"updated\": \"\"}").length();
      assertThat(task.count("window-bytes")).isEqualTo(2 * (one + Feed.hlc(11).length()));
      resolved(15);
      untilFrontier(task, 15);
      task.until("nothing waits", () -> task.count("window-records") == 0);
      assertThat(task.count("window-bytes")).isZero();
    }
  }

  @Test
  void whyTheTargetIsNoSnapshotIsTold() {
    feed.create("orders", 1);
    try (TaskHarness task = task().immediate().start()) {
      resolved(10);
      put(1, 20);
      untilRows(task, "1@20");
      task.until("told", () -> task.meter("unverified").toString().contains(Feed.hlc(20)));
      resolved(25);
      task.until("over", () -> task.meter("unverified").equals(""));
    }
  }

  @Test
  void everyTimeThatTheWorkIsPutOffCounts() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start().untilClaimed()) {
      long before = task.count("retries-total");
      assertThat(before).isEqualTo(task.retries());
      task.network().cut();
      put(1, 11);
      resolved(15);
      task.until("it waits", () -> task.retries() > before + 3);
      assertThat(task.count("retries-total")).isEqualTo(task.retries());
      task.network().mend();
      untilFrontier(task, 15);
    }
  }

  @Test
  void aTaskThatWasOvertakenCountsItOnce() {
    feed.create("orders", 1);
    // the meters are those of the one that started last
    try (TaskHarness owner = task().rival().start();
        TaskHarness zombie = task().start().untilClaimed()) {
      put(1, 11);
      resolved(15);
      untilFrontier(zombie, 15);
      assertThat(zombie.count("lost-epochs-total")).isZero();
      owner.untilClaimed();
      put(1, 21);
      resolved(25);
      zombie.until("it is fenced", () -> !zombie.pausedByTask().isEmpty());
      zombie.steps(5);
      assertThat(zombie.count("lost-epochs-total")).isOne();
    }
  }

  @Test
  void theSlowestTransactionIsInTheUpperPercentileAndNotInTheMedian() {
    db.sql(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 9 THEN"
            + " PERFORM pg_sleep("
            + SLOW_MS / 1_000
            + "); END IF; RETURN NEW; END $$",
        "CREATE TRIGGER slow BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION slow()");
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      for (int window = 1; window <= 5; window++) {
        put(window == 3 ? 9 : 1, 10L * window);
        resolved(10L * window + 5);
        untilFrontier(task, 10L * window + 5);
      }
      task.until("all are counted", () -> task.count("transactions-total") >= 5);
      assertThat((double) task.meter("apply-ms-p99")).isGreaterThanOrEqualTo(SLOW_MS);
      assertThat((double) task.meter("apply-ms-p50")).isPositive().isLessThan(SLOW_MS);
    }
  }
}
