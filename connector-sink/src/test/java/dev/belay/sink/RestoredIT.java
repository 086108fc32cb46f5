package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Network.Point;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The target is set back to an earlier state: rows and checkpoint together, as a backup does. */
@Tag("any-target")
@Tag("each-target")
class RestoredIT extends TaskCase {
  private static final List<String> TABLES =
      List.of("orders", "belay.belay_checkpoint", "belay.belay_frontier");

  @ParameterizedTest
  @ValueSource(strings = {"consistent", "immediate"})
  void aTargetThatWasRestoredIsFilledAgainFromItsOwnPosition(String mode) {
    feed.create("orders", 2);
    try (TaskHarness task = task().set("delivery.mode", mode).start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      backup();
      put(1, 21);
      put(2, 22);
      put(3, 23);
      resolved(25);
      untilFrontier(task, 25);
      restore();
      put(3, 33);
      resolved(35);
      untilFrontier(task, 35);
      assertThat(rows()).containsExactly("1@21", "2@22", "3@33");
      assertThat(task.count("restores-total")).isEqualTo(1);
    }
  }

  @Test
  void aTargetThatFellBackWhileACommitWasInDoubtIsFilledAgain() {
    feed.create("orders", 1);
    try (TaskHarness task = task().immediate().start()) {
      put(1, 11);
      resolved(12);
      untilFrontier(task, 12);
      backup();
      put(2, 21);
      put(3, 22);
      untilRows(task, "1@11", "2@21", "3@22");
      put(4, 23);
      task.network().at(Point.BEFORE_COMMIT, () -> task.network().cut());
      task.until("the commit is in doubt", () -> task.retries() > 1);
      restore();
      task.network().mend();
      resolved(30);
      untilFrontier(task, 30);
      assertThat(rows()).containsExactly("1@11", "2@21", "3@22", "4@23");
      assertThat(task.count("restores-total")).isEqualTo(1);
    }
  }

  @Test
  void checkpointRowsThatSomebodyChangedAreReadAgainInsteadOfTriedForEver() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      db.sql("UPDATE belay.belay_checkpoint SET sequence = sequence + 5");
      put(2, 21);
      resolved(25);
      untilFrontier(task, 25);
      assertThat(rows()).containsExactly("1@11", "2@21");
      assertThat(db.stepsBack()).isEmpty();
    }
  }

  private void backup() {
    for (String table : TABLES) {
      db.sql("CREATE TABLE " + kept(table) + " AS SELECT * FROM " + table);
    }
  }

  private void restore() {
    db.restore(TABLES, TABLES.stream().map(RestoredIT::kept).toList());
  }

  private static String kept(String table) {
    return "kept_" + table.replace("belay.", "");
  }
}
