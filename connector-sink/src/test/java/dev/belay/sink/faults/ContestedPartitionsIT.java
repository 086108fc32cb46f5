package dev.belay.sink.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Partitions come and go, or have two tasks at once, while the load runs. */
@Tag("any-target")
@Tag("when-asked")
class ContestedPartitionsIT extends TaskCase {
  private static final int ROUNDS = 6;

  private Bank bank;

  @BeforeEach
  void makeBank() throws SQLException {
    Bank.makeTables(db);
    AuditTables.install(db, Bank.tables());
    bank = new Bank(feed, Long.getLong("belay.seed", 1));
    bank.makeTopics();
  }

  /** Another member of the group joins and leaves again and again, eagerly or by increments. */
  @ParameterizedTest
  @ValueSource(classes = {RangeAssignor.class, CooperativeStickyAssignor.class})
  void everyRecordTakesEffectOnceThroughAStormOfRebalances(Class<?> assignor) {
    try (BankObserver observer = new BankObserver(db);
        TaskHarness task =
            bankTask().consumer("partition.assignment.strategy", assignor.getName()).start()) {
      bank.open();
      task.untilClaimed();
      int all = task.assignment().size();
      for (int round = 0; round < ROUNDS; round++) {
        bank.transactions(3);
        try (KafkaConsumer<byte[], byte[]> member = task.otherMember(assignor.getName())) {
          task.until(
              "partitions have gone",
              () -> {
                member.poll(Duration.ofMillis(10));
                return task.assignment().size() < all;
              });
          bank.transactions(2);
          // it may be in the midst of joining, and would wait for this thread to join as well
          member.close(CloseOptions.timeout(Duration.ofMillis(100)));
        }
        task.until("they are back", () -> task.assignment().size() == all);
      }
      assertEveryRecordTookEffectOnce(task, true);
      assertThat(observer.faults()).isEmpty();
    }
  }

  /** Each new one takes over from one that lives on and knows nothing of it. */
  @ParameterizedTest
  @ValueSource(strings = {"consistent", "immediate"})
  void everyRecordTakesEffectOnceWhenPartitionsHaveTwoLiveTasks(String mode) {
    Deque<TaskHarness> living = new ArrayDeque<>();
    try (BankObserver observer = new BankObserver(db)) {
      bank.open();
      for (int round = 0; round < ROUNDS; round++) {
        TaskHarness next =
            bankTask().set("delivery.mode", mode).group("rival-" + round + feed.prefix()).start();
        living.addLast(next);
        next.untilClaimed();
        for (int i = 0; i < 4; i++) {
          bank.transactions(2);
          living.forEach(TaskHarness::step);
        }
        if (living.size() > 2) {
          living.removeFirst().crash();
        }
      }
      assertEveryRecordTookEffectOnce(living.getLast(), mode.equals("consistent"));
      if (mode.equals("consistent")) {
        assertThat(observer.faults()).isEmpty();
      }
    } finally {
      living.forEach(TaskHarness::crash);
    }
  }

  private TaskHarness.Builder bankTask() {
    return TaskHarness.of(PARTS, feed, db, Bank.tables().toArray(String[]::new));
  }

  private void assertEveryRecordTookEffectOnce(TaskHarness task, boolean consistent) {
    untilFrontier(task, bank.now());
    FeedLog log = FeedLog.read(PARTS.bootstrapServers(), feed, Bank.tables());
    task.until("all positions are at the ends", () -> log.isCoveredBy(db, task.connector()));
    Audit.of(log, AuditTables.read(db), Set.of(), consistent);
  }
}
