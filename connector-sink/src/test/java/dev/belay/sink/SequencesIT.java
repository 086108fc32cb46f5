package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.config.SequenceKeys;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A task keeps the sequences of its tables ahead of the rows that it writes. */
class SequencesIT extends TaskCase {
  private static final long MINUTE = 60_000_000_000L;

  /** The task's clock; looks are as far apart as the test says. */
  private final AtomicLong clock = new AtomicLong(System.nanoTime());

  @BeforeEach
  void numberOrders() {
    db.sql(
        "CREATE SEQUENCE orders_id_seq OWNED BY orders.id",
        "ALTER TABLE orders ALTER COLUMN id SET DEFAULT nextval('orders_id_seq'),"
            + " ALTER COLUMN v SET DEFAULT 0");
    grant();
    feed.create("orders", 1);
  }

  private void grant() {
    db.sql("GRANT SELECT, UPDATE ON SEQUENCE orders_id_seq TO " + db.role());
  }

  private TaskHarness.Builder keeping(String sync) {
    return task()
        .set(SequenceKeys.SYNC, sync)
        .set(SequenceKeys.MARGIN, "100")
        .set(SequenceKeys.INTERVAL, "60000")
        .nanoTime(clock::get);
  }

  private String position() {
    return db.value("SELECT last_value || ' ' || is_called FROM orders_id_seq");
  }

  /** The number that the application's next insert gets. */
  private String insert() {
    db.sql("INSERT INTO orders (note) VALUES ('app')");
    return db.value("SELECT id FROM orders WHERE note = 'app'");
  }

  @Test
  void firstInsertAfterARollbackGetsAFreeNumber() {
    try (TaskHarness task = keeping("on").start().untilClaimed()) {
      put(7, 11);
      resolved(15);
      untilFrontier(task, 15);
      assertThat(position()).as("not in the way of rows").isEqualTo("1 false");
      clock.addAndGet(2 * MINUTE);
      task.until("it is moved", () -> position().equals("107 true"));
      assertThat(task.count("sequences-moved-total")).isOne();
      assertThat(task.count("sequences-at-risk")).isZero();
    }
    assertThat(insert()).isEqualTo("108");
  }

  @Test
  void lastRowsCountThoughTheTaskIsStoppedBeforeTheNextLook() {
    try (TaskHarness task = keeping("on").start().untilClaimed()) {
      put(7, 11);
      resolved(15);
      untilFrontier(task, 15);
    }
    assertThat(insert()).isEqualTo("108");
  }

  @Test
  void nothingIsAskedWhileNothingIsWritten() {
    try (TaskHarness task = keeping("on").start().untilClaimed()) {
      put(7, 11);
      resolved(15);
      untilFrontier(task, 15);
      clock.addAndGet(2 * MINUTE);
      task.until("it is moved", () -> position().equals("107 true"));
      db.sql("SELECT setval('orders_id_seq', 1)");
      clock.addAndGet(2 * MINUTE);
      task.steps(5);
      assertThat(position()).isEqualTo("1 true");
      put(8, 21);
      resolved(25);
      untilFrontier(task, 25);
      task.until("it is moved again", () -> position().equals("108 true"));
    }
  }

  @Test
  void dryRunMovesNothingAndCountsWhatIsBehind() {
    try (TaskHarness task = keeping("dry-run").start().untilClaimed()) {
      put(7, 11);
      resolved(15);
      untilFrontier(task, 15);
      clock.addAndGet(2 * MINUTE);
      task.until("it is found", () -> task.count("sequences-at-risk") == 1);
      assertThat(task.count("sequences-moved-total")).isZero();
    }
    assertThat(position()).isEqualTo("1 false");
  }

  @Test
  void missingRightsAreCountedAndKeepNoRowBack() {
    db.sql("REVOKE SELECT, UPDATE ON SEQUENCE orders_id_seq FROM " + db.role());
    try (TaskHarness task = keeping("on").start().untilClaimed()) {
      task.until("it is found", () -> task.count("sequences-at-risk") == 1);
      put(7, 11);
      resolved(15);
      untilFrontier(task, 15);
      grant();
      clock.addAndGet(2 * MINUTE);
      task.until("it is moved", () -> position().equals("107 true"));
      assertThat(task.count("sequences-at-risk")).isZero();
    }
  }

  @Test
  void targetThatIsAwayIsWaitedForAndLookedAtAfterwards() {
    try (TaskHarness task = keeping("on").start().untilClaimed()) {
      put(7, 11);
      resolved(15);
      untilFrontier(task, 15);
      int before = task.retries();
      task.network().cut();
      clock.addAndGet(2 * MINUTE);
      task.until("it waits", () -> task.retries() > before);
      task.network().mend();
      clock.addAndGet(2 * MINUTE);
      task.until("it is moved", () -> position().equals("107 true"));
      put(7, 21);
      resolved(25);
      untilFrontier(task, 25);
      assertThat(rows()).containsExactly("7@21");
    }
  }

  /** Invariant I2 Fenced: one that was overtaken has nothing to say. */
  @Test
  void taskThatWasOvertakenMovesNothing() {
    try (TaskHarness zombie = keeping("on").start().untilClaimed()) {
      put(7, 11);
      resolved(15);
      untilFrontier(zombie, 15);
      try (TaskHarness owner = task().rival().start().untilClaimed()) {
        put(8, 21);
        resolved(25);
        untilFrontier(owner, 25);
        put(9, 31);
        resolved(35);
        zombie.until("it is fenced", () -> !zombie.pausedByTask().isEmpty());
        db.sql("SELECT setval('orders_id_seq', 1)");
        clock.addAndGet(2 * MINUTE);
        zombie.steps(5);
        assertThat(position()).isEqualTo("1 true");
      }
    }
  }

  @Test
  void validationNamesTheRightsThatAreMissing() {
    assertThat(faults("on")).isEmpty();
    db.sql("REVOKE UPDATE ON SEQUENCE orders_id_seq FROM " + db.role());
    assertThat(faults("off")).isEmpty();
    for (String sync : new String[] {"on", "dry-run"}) {
      assertThat(faults(sync).get(SequenceKeys.SYNC))
          .contains("GRANT SELECT, UPDATE ON SEQUENCE \"public\".\"orders_id_seq\" (lacks UPDATE)")
          .contains("config/sql/postgresql");
    }
  }

  private Map<String, String> faults(String sync) {
    Map<String, String> faults = new HashMap<>();
    for (ConfigValue field :
        new BelaySinkConnector().validate(keeping(sync).settings()).configValues()) {
      if (!field.errorMessages().isEmpty()) {
        faults.put(field.name(), String.join(" ", field.errorMessages()));
      }
    }
    return faults;
  }
}
