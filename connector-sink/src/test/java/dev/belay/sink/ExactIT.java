package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Invariant I6 Exact, from the broker to the row. Every type and its edges are in the type table.
 */
class ExactIT extends TaskCase {

  @BeforeEach
  void makeThings() {
    db.sql(
        "CREATE TABLE things (id int PRIMARY KEY, d numeric, money numeric(6,2), i bigint,"
            + " f double precision, t text, j jsonb, b bytea)");
    feed.create("things", 1);
  }

  private TaskHarness.Builder things() {
    return TaskHarness.of(PARTS, feed, db, "things");
  }

  private void thing(String columns, long time) {
    feed.upsert("things", "[1]", "{\"id\": 1, " + columns + "}", time);
  }

  @Test
  void valuesArriveWithEveryDigitAndCharacter() {
    thing(
        "\"d\": -12345678901234567890123456789012345678.90, \"money\": 1.10,"
            + " \"i\": 9223372036854775807, \"f\": 0.1, \"t\": \"h\u00e9 \\\"\\\\\\n\u2603\","
            + " \"j\": {\"a\": 1.10, \"z\": [9007199254740993, null]}, \"b\": \"\\\\x00ff\"",
        11);
    feed.resolved("things", 15);
    try (TaskHarness task = things().start()) {
      untilFrontier(task, 15);
    }
    assertThat(db.rows("SELECT d, money, i, f, t, j, b FROM things"))
        .containsExactly(
            "-12345678901234567890123456789012345678.90|1.10|9223372036854775807|0.1"
                + "|h\u00e9 \"\\\n\u2603|{\"a\": 1.10, \"z\": [9007199254740993, null]}|\\x00ff");
  }

  @Test
  void aValueThatItsColumnWouldRoundIsRejectedWithTheReason() {
    thing("\"money\": 1.234", 11);
    feed.resolved("things", 15);
    try (TaskHarness task = things().start()) {
      assertThat(task.untilStopped())
          .contains("Column public.things.money", "3 decimals")
          .doesNotContain("1.234");
    }
    assertThat(db.rows("SELECT id FROM things")).isEmpty();
  }

  @Test
  void aColumnThatIsAbsentKeepsItsValueAndOneThatIsNullLosesIt() {
    try (TaskHarness task = things().start()) {
      thing("\"i\": 1, \"t\": \"kept\"", 11);
      feed.resolved("things", 15);
      untilFrontier(task, 15);
      thing("\"i\": null", 21);
      feed.resolved("things", 25);
      untilFrontier(task, 25);
    }
    assertThat(db.rows("SELECT i, t FROM things")).containsExactly("null|kept");
  }
}
