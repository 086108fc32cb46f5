package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import org.junit.jupiter.api.Test;

/** Debezium's events without their schema, through a task. */
class SchemalessIT extends TaskCase {
  private static final String TABLE = "d.public.t";

  private TaskHarness.Builder schemaless() {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, day date, price numeric(10,2), raw bytea, moment"
            + " timestamptz, days date[])");
    feed.create(TABLE, 1);
    return TaskHarness.of(PARTS, feed, db, TABLE)
        .immediate()
        .set("feed.topic.prefix", "")
        .set("feed.envelope", "debezium")
        .set("feed.schemaless", "text");
  }

  private void send(long lsn, String op, String after) {
    feed.raw(
        TABLE,
        0,
        "{\"id\":1}",
        "{\"before\":null,\"after\":"
            + after
            + ",\"source\":{\"connector\":\"postgresql\",\"db\":\"shop\",\"schema\":\"public\",\"table\":\"t\","
            + "\"snapshot\":\"false\",\"ts_ms\":1,\"lsn\":"
            + lsn
            + ",\"sequence\":\"[null,\\\""
            + lsn
            + "\\\"]\"},\"op\":\""
            + op
            + "\"}");
  }

  @Test
  void rowsAreReadByTheColumnsOfTheTarget() {
    try (TaskHarness task = schemaless().start()) {
      send(
          10,
          "c",
          "{\"id\":1,\"day\":\"2026-11-22Z\",\"price\":\"1234.50\",\"raw\":\"00ff\","
              + "\"moment\":\"2026-11-22T12:34:56.789Z\",\"days\":[\"2026-11-22Z\",null]}");
      // what did not change is not sent
      send(
          20,
          "u",
          "{\"id\":1,\"day\":null,\"price\":\"8\",\"raw\":\"__debezium_unavailable_value\","
              + "\"moment\":\"2026-11-23T00:00:00Z\",\"days\":[\"__debezium_unavailable_value\"]}");
      task.until(
          "the row is there",
          () ->
              db.rows("SELECT id, day, price, raw, moment AT TIME ZONE 'UTC', days FROM t")
                  .contains("1|null|8.00|\\x00ff|2026-11-23 00:00:00|{2026-11-22,NULL}"));
      send(30, "d", "null");
      task.until("the row is gone", () -> db.rows("SELECT id FROM t").isEmpty());
    }
  }

  @Test
  void numberForADateIsRejected() {
    try (TaskHarness task = schemaless().start()) {
      send(10, "c", "{\"id\":1,\"day\":20779}");
      assertThat(task.untilStopped()).contains("t.day").contains("time.precision.mode=isostring");
    }
    assertThat(db.rows("SELECT id FROM t")).isEmpty();
  }
}
