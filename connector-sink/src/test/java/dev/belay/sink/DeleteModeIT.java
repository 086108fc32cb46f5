package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.config.MappingKeys;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that stay when the feed deletes them, and columns that go their own way. */
@Tag("any-target")
@Tag("each-target")
class DeleteModeIT extends TaskCase {

  @BeforeEach
  void makeTopic() {
    feed.create("orders", 1);
  }

  private List<String> marks() {
    return db.rows(
        "SELECT id || '@' || v || CASE WHEN gone THEN ' gone' ELSE '' END FROM orders ORDER BY id");
  }

  private TaskHarness.Builder marking(String mode) {
    db.sql("ALTER TABLE orders ADD COLUMN gone boolean");
    return task().set("delivery.mode", mode).set(MappingKeys.DELETE_MODE, "mark:gone");
  }

  @ParameterizedTest
  @ValueSource(strings = {"consistent", "immediate"})
  void rowsThatAreGoneStayAndSaySo(String mode) {
    try (TaskHarness task = marking(mode).start()) {
      put(1, 5);
      put(2, 5);
      resolved(6);
      untilFrontier(task, 6);
      assertThat(marks()).containsExactly("1@5", "2@5");

      gone(1, 7);
      gone(3, 7);
      put(4, 7);
      gone(4, 8);
      resolved(9);
      untilFrontier(task, 9);
      assertThat(marks()).containsExactly("1@5 gone", "2@5", "4@7 gone");

      put(1, 10);
      resolved(11);
      untilFrontier(task, 11);
      assertThat(marks()).containsExactly("1@10", "2@5", "4@7 gone");
    }
  }

  @Test
  void repetitionsDoNotTakeTheMarkAway() {
    TaskHarness first = marking("immediate").start();
    put(1, 5);
    gone(1, 7);
    first.until("the row is gone", () -> marks().equals(List.of("1@5 gone")));
    put(1, 5);
    put(1, 6);
    put(2, 8);
    first.until("all is read", () -> marks().contains("2@8"));
    assertThat(marks()).containsExactly("1@5 gone", "2@8");
    first.crash();
    TaskHarness.Builder again = task().immediate().set(MappingKeys.DELETE_MODE, "mark:gone");
    try (TaskHarness second = again.start()) {
      put(1, 5);
      put(3, 9);
      second.until("all is read again", () -> marks().contains("3@9"));
      assertThat(marks()).containsExactly("1@5 gone", "2@8", "3@9");
    }
  }

  @Test
  void deletesThatAreIgnoredMoveThePosition() {
    try (TaskHarness task = task().set(MappingKeys.DELETE_MODE, "ignore").start()) {
      put(1, 5);
      gone(1, 6);
      resolved(7);
      untilFrontier(task, 7);
      assertThat(rows()).containsExactly("1@5");
      long end = feed.upsert("orders", "[1]", row(1, 8), 8);
      resolved(9);
      untilFrontier(task, 9);
      assertThat(rows()).containsExactly("1@8");
      assertThat(checkpoint(task, 0).applied()).isGreaterThan(end);
    }
  }

  @Test
  void tableWithoutTheColumnStopsTheTask() {
    TaskHarness task = task().set(MappingKeys.DELETE_MODE, "mark:gone").start();
    put(1, 5);
    resolved(6);
    assertThat(task.untilStopped()).contains("delete.mode=mark:gone needs a boolean column");
  }

  @Test
  void columnsAreLeftOutAndGathered() {
    db.sql("ALTER TABLE orders ADD COLUMN more json");
    try (TaskHarness task =
        task()
            .set(MappingKeys.COLUMNS_IGNORE, "note,orders.internal")
            .set(MappingKeys.COLUMNS_UNKNOWN, "more")
            .start()) {
      feed.upsert(
          "orders",
          "[1]",
          "{\"id\": 1, \"v\": 5, \"note\": \"n\", \"internal\": 1, \"tag\": \"x\", \"size\": 12.5}",
          5);
      resolved(6);
      untilFrontier(task, 6);
    }
    assertThat(db.rows("SELECT id, v, note FROM orders")).containsExactly("1|5|null");
    assertThat(db.value("SELECT more FROM orders").replace(" ", ""))
        .isEqualTo("{\"tag\":\"x\",\"size\":12.5}");
  }
}
