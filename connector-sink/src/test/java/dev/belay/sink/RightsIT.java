package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a task says when somebody takes rights from its role. */
class RightsIT extends TaskCase {

  @ParameterizedTest
  @ValueSource(strings = {"SELECT", "INSERT", "UPDATE"})
  void aRightTakenUnderARunningTaskIsNamedWithItsTableAndGivenBackHealsIt(String right) {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      db.sql("REVOKE " + right + " ON orders FROM " + db.role());
      put(1, 21);
      resolved(25);
      assertThat(task.untilStopped())
          .contains("42501")
          .contains("writing public.orders")
          .contains("needs SELECT, INSERT, UPDATE and DELETE on public.orders");
      assertThat(rows()).containsExactly("1@11");
    }
    db.sql("GRANT " + right + " ON orders TO " + db.role());
    try (TaskHarness task = task().start()) {
      untilFrontier(task, 25);
      assertThat(rows()).containsExactly("1@21");
    }
  }

  @Test
  void aPolicyThatHidesRowsIsNamedWithItsTable() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      db.sql("ALTER TABLE orders ENABLE ROW LEVEL SECURITY");
      put(2, 21);
      resolved(25);
      assertThat(task.untilStopped()).contains("42501").contains("writing public.orders");
      assertThat(rows()).containsExactly("1@11");
    }
  }
}
