package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.connect.ConnectorStatus;
import dev.belay.testkit.connect.RecordGate;
import dev.belay.testkit.standin.proxy.ConnectionFaults.Moment;
import dev.belay.testkit.standin.proxy.HeldStatement;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The worker, the broker, the connection die at each step of the loop, which is held there: all
 * that is in the topic afterwards is compared with the commit log.
 */
class DeathsIT {
  private static final String OFFSETS = "connect-offset";

  /** Rows of the window that is held, and how many go into one transaction. */
  private static final int FIRST = 101;

  private static final int LAST = 110;
  private static final int TOGETHER = 4;

  private static Parts parts;

  private String name;
  private Path gate;

  /** Of the task, by a person. */
  private int restarts;

  /** A step of the loop. */
  enum Step {
    OPENING,
    BEFORE_A_PAGE,
    AFTER_A_PAGE,
    BETWEEN_TRANSACTIONS_OF_A_WINDOW,
    BEFORE_A_COMMIT,
    AFTER_A_COMMIT
  }

  /** What dies. */
  enum Victim {
    WORKER,
    BROKER,
    CONNECTION
  }

  /** The loop stands at a step. */
  private interface Standing {
    void release() throws IOException;
  }

  @BeforeAll
  static void start() throws Exception {
    parts = Parts.exactlyOnce();
  }

  @AfterEach
  void letGo() {
    parts.cluster.connections().clear();
    parts.rest().connectors().forEach(parts.rest()::delete);
  }

  @AfterAll
  static void stop() throws Exception {
    parts.close();
  }

  @ParameterizedTest
  @CsvSource({
    "WORKER, OPENING",
    "WORKER, BEFORE_A_PAGE",
    "WORKER, AFTER_A_PAGE",
    "WORKER, BETWEEN_TRANSACTIONS_OF_A_WINDOW",
    "WORKER, BEFORE_A_COMMIT",
    "WORKER, AFTER_A_COMMIT",
    "BROKER, OPENING",
    "BROKER, BEFORE_A_PAGE",
    "BROKER, AFTER_A_PAGE",
    "BROKER, BETWEEN_TRANSACTIONS_OF_A_WINDOW",
    "BROKER, BEFORE_A_COMMIT",
    "BROKER, AFTER_A_COMMIT",
    "CONNECTION, OPENING",
    "CONNECTION, BEFORE_A_PAGE",
    "CONNECTION, AFTER_A_PAGE",
    "CONNECTION, BETWEEN_TRANSACTIONS_OF_A_WINDOW",
    "CONNECTION, BEFORE_A_COMMIT",
    "CONNECTION, AFTER_A_COMMIT"
  })
  void everyCommitIsThereOnce(Victim victim, Step step) throws Exception {
    name = victim.name().toLowerCase(Locale.ROOT) + "_" + step.name().toLowerCase(Locale.ROOT);
    gate = parts.dir.resolve("gate-" + name);
    parts.table(name);
    write(1, 40);
    Standing standing = standAt(step);
    strike(victim, standing);
    write(2, 40);

    HlcTimestamp end = parts.now();
    Contents contents = readTo(end);
    TopicsAgainstLog.Findings found =
        TopicsAgainstLog.of(parts.cluster, end).scanned(contents, topic(), name);
    assertThat(found.differences()).isEmpty();
    int committed = victim == Victim.WORKER ? committedOfTheWindow(step) : 0;
    if (committed > 0) {
      // transactions of the window that carried the cursor of before
      assertThat(found.repeats()).isEqualTo(committed);
      assertThat((Long) parts.metric(name, ReaderMeter.ROWS_REPEATED)).isEqualTo(LAST - FIRST + 1L);
    } else if (victim != Victim.BROKER) {
      assertThat(found.repeats()).isZero();
    } else {
      // a task that the broker's death has ended begins the window again, each time that it has;
      // what it counts begins anew with it
      assertThat(found.repeats()).isLessThanOrEqualTo(Math.max(1, restarts) * (LAST - FIRST + 1));
      if (restarts == 0) {
        assertThat((Long) parts.metric(name, ReaderMeter.ROWS_REPEATED))
            .isGreaterThanOrEqualTo(found.repeats());
      }
    }
    parts.rest().delete(name);
  }

  /** A broker's death may fail the task after it was seen running. */
  private Contents readTo(HlcTimestamp end) throws Exception {
    awaitRunning();
    try {
      return Contents.until(parts.bootstrap(), end, topic());
    } catch (AssertionError late) {
      awaitRunning();
      return Contents.until(parts.bootstrap(), end, topic());
    }
  }

  /** Rows in transactions before the one that is held, whose resolved time is not there yet. */
  private static int committedOfTheWindow(Step step) {
    return switch (step) {
      case BETWEEN_TRANSACTIONS_OF_A_WINDOW -> TOGETHER;
      case BEFORE_A_COMMIT -> 2 * TOGETHER;
      default -> 0;
    };
  }

  private String topic() {
    return "defaultdb.public." + name;
  }

  private void write(int seed, int transactions) throws Exception {
    try (Connection session = parts.cluster.connect()) {
      Parts.work(session, new Random(seed), transactions, name);
    }
  }

  private Standing standAt(Step step) throws Exception {
    return switch (step) {
      case OPENING -> atStatement("CREATE CHANGEFEED", Moment.BEFORE);
      // the second page and those after it begin after a key
      case BEFORE_A_PAGE -> atStatement(") > (", Moment.BEFORE);
      case AFTER_A_PAGE -> atStatement(") > (", Moment.AFTER);
      case BETWEEN_TRANSACTIONS_OF_A_WINDOW -> atRow(FIRST + TOGETHER);
      case BEFORE_A_COMMIT -> atCommitOf(LAST);
      case AFTER_A_COMMIT -> atRowAfterTheWindow();
    };
  }

  private void create() {
    Map<String, String> settings = new HashMap<>(RecordGate.settings(gate));
    settings.put("scan.page.rows", "5");
    settings.put("transaction.max.records", Integer.toString(TOGETHER));
    parts.create(name, name, settings);
  }

  private Standing atStatement(String text, Moment moment) throws Exception {
    HeldStatement held = parts.cluster.connections().holdNext(text, moment);
    create();
    held.awaitMet(Parts.LIMIT);
    return held::cut;
  }

  /** One transaction of the cluster makes a window that takes several of Kafka's. */
  private void window() throws Exception {
    parts.cluster.execute(
        "INSERT INTO %s SELECT i, 'w', i FROM generate_series(%d, %d) i"
            .formatted(name, FIRST, LAST));
  }

  private Standing atRow(int id) throws Exception {
    begun();
    RecordGate.Held held = RecordGate.hold(gate, topic(), "\"id\": " + id + ",");
    window();
    held.awaitReached(Parts.LIMIT);
    return held::release;
  }

  private Standing atCommitOf(int id) throws Exception {
    atRow(id);
    RecordGate.Held commit = RecordGate.hold(gate, OFFSETS, name);
    commit.awaitReached(Parts.LIMIT);
    return commit::release;
  }

  private Standing atRowAfterTheWindow() throws Exception {
    begun();
    window();
    Contents.until(parts.bootstrap(), parts.now(), topic());
    RecordGate.Held held = RecordGate.hold(gate, topic(), "\"id\": " + (LAST + 1) + ",");
    parts.cluster.execute("INSERT INTO " + name + " VALUES (" + (LAST + 1) + ", 'w', 0)");
    held.awaitReached(Parts.LIMIT);
    return held::release;
  }

  /** The scan is done and the feed reads. */
  private void begun() throws Exception {
    create();
    Contents.until(parts.bootstrap(), parts.now(), topic());
  }

  private static void strike(Victim victim, Standing standing) throws Exception {
    switch (victim) {
      case WORKER -> {
        parts.worker.kill9();
        standing.release();
        parts.worker.restart();
        parts.worker.awaitHealthy(Parts.LIMIT);
      }
      case BROKER -> {
        parts.kafka.kill9();
        standing.release();
        parts.kafka.restart();
      }
      case CONNECTION -> {
        parts.cluster.connections().cutAll();
        standing.release();
      }
    }
  }

  /** Connect does not restart a task by itself that a dead broker has failed; a person does. */
  private void awaitRunning() {
    Deadline deadline = Deadline.in(Parts.LIMIT);
    deadline.await(
        () -> name + " runs: " + parts.rest().status(name),
        () -> {
          ConnectorStatus status = parts.rest().status(name).orElseThrow();
          if (status.failure().isPresent()) {
            restarts++;
            parts.rest().restartTask(name, 0);
          }
          return status.isRunning();
        });
  }
}
