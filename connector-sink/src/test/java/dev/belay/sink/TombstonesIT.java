package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.config.ConflictKeys;
import dev.belay.sink.harness.ConflictScript;
import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.RealParts;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.harness.TaskHarness;
import dev.belay.testkit.standin.StandIn;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Deletes that the target remembers, in a task whose role has the rights of the scripts. */
class TombstonesIT {
  private static final String DAY = "86400000";

  @RegisterExtension static final RealParts PARTS = new RealParts();

  private static StandIn standIn;

  private Feed feed;
  private TargetDatabase db;

  /** PostgreSQL with times of commits. */
  @BeforeAll
  static void start() throws Exception {
    standIn = StandIn.start();
  }

  @AfterAll
  static void stop() {
    standIn.close();
  }

  @BeforeEach
  void open() throws Exception {
    feed = new Feed(PARTS);
    db = TargetDatabase.on(standIn.server());
    db.sql("CREATE TABLE orders (id int PRIMARY KEY, v bigint NOT NULL)");
    feed.create("orders", 1);
  }

  @AfterEach
  void close() {
    feed.close();
  }

  private TaskHarness.Builder task() {
    return TaskHarness.of(PARTS, feed, db, "orders")
        .set(ConflictKeys.POLICY, "newest")
        .set(ConflictKeys.TOMBSTONE_RETENTION, DAY)
        .set("triggers", "refuse");
  }

  /** As checkpoint.create=auto does it, so that the script finds the schema. */
  private void makeScheme() {
    try (TaskHarness task =
        TaskHarness.of(PARTS, feed, db, "orders").set(ConflictKeys.POLICY, "newest").start()) {
      task.untilClaimed();
    }
    ConflictScript.run(db, "orders", TargetDatabase.SOMEBODY);
  }

  @Test
  void rowThatAnApplicationDeletedIsNotMadeByAnOlderChange() throws Exception {
    makeScheme();
    db.sql(
        "INSERT INTO orders VALUES (1, 1)",
        "GRANT SELECT, DELETE ON orders TO " + TargetDatabase.SOMEBODY);
    try (Connection application = db.connectAsSomebody();
        Statement statement = application.createStatement()) {
      statement.execute("DELETE FROM orders WHERE id = 1");
    }
    try (TaskHarness task = task().start()) {
      made(1, 10);
      made(2, 20);
      feed.resolved("orders", 30);
      task.until("row 2", () -> db.rows("SELECT id, v FROM orders").equals(List.of("2|20")));
      assertThat(task.count("conflicts-target-total")).isEqualTo(1);
    }
  }

  /** The application's session has other settings than the sink's. */
  @Test
  void keyIsFoundByWhatItIsAndNotByHowItReads() throws Exception {
    makeScheme();
    db.sql(
        "CREATE TABLE parts (n numeric(10,2), p char(5), d date, k uuid, b boolean, w varchar(9), v int,"
            + " PRIMARY KEY (w, n, p, d, k, b))",
        "CREATE TRIGGER belay_tombstone AFTER DELETE ON parts"
            + " FOR EACH ROW EXECUTE FUNCTION belay.note_delete()",
        "INSERT INTO parts VALUES (1.5, 'ab', '2024-02-29', '0A0B0C0D-0000-0000-0000-000000000001',"
            + " true, 'Ü''', 1)",
        "SET DateStyle = 'ISO, DMY'; SET TimeZone = 'Asia/Tokyo'; DELETE FROM parts");
    feed.create("parts", 1);
    String key =
        "\"w\": \"Ü'\", \"n\": 1.50, \"p\": \"ab\", \"d\": \"2024-02-29\","
            + " \"k\": \"0a0b0c0d-0000-0000-0000-000000000001\", \"b\": true";
    try (TaskHarness task =
        TaskHarness.of(PARTS, feed, db, "parts")
            .set(ConflictKeys.POLICY, "newest")
            .set(ConflictKeys.TOMBSTONE_RETENTION, DAY)
            .start()) {
      feed.raw(
          "parts",
          0,
          "[\"Ü'\", 1.50, \"ab\", \"2024-02-29\", \"0a0b0c0d-0000-0000-0000-000000000001\", true]",
          "{\"after\": {%s, \"v\": 2}, \"before\": null, \"updated\": \"%s\", \"mvcc_timestamp\": \"%s\"}"
              .formatted(key, Feed.hlc(10), Feed.hlc(10)));
      feed.resolved("parts", 30);
      task.until("it is dropped", () -> task.count("conflicts-target-total") == 1);
      assertThat(db.rows("SELECT v FROM parts")).isEmpty();
    }
  }

  private void made(int id, long time) {
    feed.raw(
        "orders",
        0,
        "[" + id + "]",
        "{\"after\": {\"id\": %d, \"v\": %d}, \"before\": null, \"updated\": \"%s\", \"mvcc_timestamp\": \"%s\"}"
            .formatted(id, time, Feed.hlc(time), Feed.hlc(time)));
  }

  @Test
  void whatIsOlderThanTheRetentionIsDropped() {
    makeScheme();
    db.sql(
        "INSERT INTO belay.belay_tombstone SELECT 'public', 'orders', to_jsonb(i),"
            + " now() - CASE WHEN i > 3 THEN interval '25 hours' ELSE interval '23 hours' END"
            + " FROM generate_series(1, 1503) i");
    try (TaskHarness task = task().start()) {
      task.until(
          "old ones are gone",
          () ->
              db.rows("SELECT key FROM belay.belay_tombstone ORDER BY key")
                  .equals(List.of("1", "2", "3")));
    }
  }

  @Test
  void withoutTheTableTheTaskNamesTheScriptThatMakesIt() {
    try (TaskHarness task = task().start()) {
      assertThat(task.untilStopped())
          .contains("belay.belay_tombstone")
          .contains("config/sql/postgresql/conflicts.sql");
    }
  }

  @Test
  void validationAsksForTheTrigger() {
    makeScheme();
    assertThat(faults()).isEmpty();
    db.sql("ALTER TABLE orders DISABLE TRIGGER belay_tombstone");
    assertThat(faults()).containsOnlyKeys(ConflictKeys.TOMBSTONE_RETENTION);
    assertThat(faults().get(ConflictKeys.TOMBSTONE_RETENTION))
        .contains("public.orders")
        .contains("config/sql/postgresql/conflicts.sql");
  }

  private Map<String, String> faults() {
    Map<String, String> faults = new HashMap<>();
    for (ConfigValue field : new BelaySinkConnector().validate(task().settings()).configValues()) {
      if (!field.errorMessages().isEmpty()) {
        faults.put(field.name(), String.join(" ", field.errorMessages()));
      }
    }
    return faults;
  }
}
