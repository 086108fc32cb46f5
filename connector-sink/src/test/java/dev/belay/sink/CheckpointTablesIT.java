package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who makes the checkpoint tables, and what is said when nobody has. */
class CheckpointTablesIT extends TaskCase {

  @Test
  void withoutTablesTheMessageNamesTheScriptThatMakesThem() {
    feed.create("orders", 1);
    try (TaskHarness task = task().set("checkpoint.create", "never").start()) {
      assertThat(task.untilStopped())
          .contains("checkpoint.create=never")
          .contains("config/sql/postgresql/belay-schema.sql");
    }
  }

  @Test
  void aRoleThatMayNotMakeThemIsToldAboutTheScriptToo() {
    feed.create("orders", 1);
    db.sql("REVOKE CREATE ON DATABASE " + db.name() + " FROM " + db.role());
    try (TaskHarness task = task().start()) {
      assertThat(task.untilStopped())
          .contains("42501")
          .contains("config/sql/postgresql/belay-schema.sql");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"belay_checkpoint", "belay_frontier", "belay_rejection"})
  void rowsOfAFormatThatIsNewerStopTheTaskAndStayAsTheyAre(String table) {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      db.sql(
          "INSERT INTO belay.belay_rejection (connector, topic, partition, record_offset) VALUES ('"
              + task.connector()
              + "', 'any', 0, 0)");
    }
    db.sql("UPDATE belay." + table + " SET format = 7");
    List<String> before = checkpointRows();
    put(2, 21);
    resolved(25);
    try (TaskHarness task = task().start()) {
      assertThat(task.untilStopped())
          .contains("belay." + table)
          .contains("format 7")
          .contains("up to 1")
          .contains("Run the newer version");
    }
    assertThat(checkpointRows()).isEqualTo(before);
    assertThat(rows()).containsExactly("1@11");
  }

  @Test
  void aPositionIsNotMovedInRowsOfAFormatThatIsNewer() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
    }
    db.sql("UPDATE belay.belay_checkpoint SET format = 7");
    List<String> before = checkpointRows();
    TopicPartition partition = new TopicPartition(feed.topic("orders"), 0);
    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(
            () ->
                new BelaySinkConnector()
                    .alterOffsets(new HashMap<>(task().settings()), Map.of(partition, 0L)))
        .withMessageContaining("format 7");
    assertThat(checkpointRows()).isEqualTo(before);
  }

  private List<String> checkpointRows() {
    List<String> all = new ArrayList<>(db.rows("SELECT c::text FROM belay.belay_checkpoint c"));
    all.addAll(db.rows("SELECT f::text FROM belay.belay_frontier f"));
    all.addAll(db.rows("SELECT r::text FROM belay.belay_rejection r"));
    return all;
  }

  @Test
  void tablesThatADbaMadeAreUsedByARoleThatOwnsNothing() throws IOException {
    feed.create("orders", 1);
    aDbaMakesTheTables();
    db.sql("GRANT DELETE ON belay.belay_rejection TO " + db.role());
    try (TaskHarness task = dbaMade().start()) {
      put(1, 11);
      feed.upsert("orders", "[2]", "{\"id\": 2, \"v\": 12, \"note\": \"secret\"}", 12);
      resolved(15);
      untilFrontier(task, 15);
      assertThat(rows()).containsExactly("1@11");
      assertThat(task.count("open-rejections")).isOne();
    }
    try (TaskHarness task = dbaMade().start()) {
      put(2, 21);
      resolved(25);
      untilFrontier(task, 25);
      assertThat(rows()).containsExactly("1@11", "2@21");
      assertThat(task.count("open-rejections")).isZero();
    }
  }

  @Test
  void withoutTheTableOfRejectionsTheMessageNamesTheScriptThatAddsIt() throws IOException {
    feed.create("orders", 1);
    aDbaMakesTheTables();
    db.sql("DROP TABLE belay.belay_rejection");
    try (TaskHarness task = dbaMade().start()) {
      assertThat(task.untilStopped())
          .contains("42P01")
          .contains("belay_rejection")
          .contains("config/sql/postgresql/belay-schema.sql")
          .contains("role.sql");
    }
    assertThat(db.rows("SELECT * FROM belay.belay_checkpoint")).isEmpty();
  }

  @Test
  void aRoleThatMayNotDeleteRejectionsLearnsItAtTheStart() throws IOException {
    feed.create("orders", 1);
    aDbaMakesTheTables();
    try (TaskHarness task = dbaMade().start()) {
      assertThat(task.untilStopped()).contains("42501").contains("DELETE on belay_rejection");
    }
  }

  @Test
  void tablesThatAreDroppedUnderARunningTaskAreSaidToBeGone() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      db.sql("DROP SCHEMA belay CASCADE");
      put(2, 21);
      resolved(25);
      assertThat(task.untilStopped())
          .contains("writing the checkpoint")
          .contains("42P01")
          .contains("restart the task")
          .contains("config/sql/postgresql/belay-schema.sql");
      assertThat(rows()).containsExactly("1@11");
    }
    try (TaskHarness task = task().start()) {
      untilFrontier(task, 25);
      assertThat(rows()).containsExactly("1@11", "2@21");
    }
  }

  private TaskHarness.Builder dbaMade() {
    return task()
        .set("checkpoint.create", "never")
        .reporter((record, error) -> CompletableFuture.completedFuture(null));
  }

  private void aDbaMakesTheTables() throws IOException {
    try (InputStream script =
        CheckpointTablesIT.class.getResourceAsStream("target/postgres/belay-schema.sql")) {
      db.sql(new String(script.readAllBytes(), StandardCharsets.UTF_8));
    }
    db.sql(
        "REVOKE CREATE ON DATABASE " + db.name() + " FROM " + db.role(),
        "GRANT USAGE ON SCHEMA belay TO " + db.role(),
        // the harness grants everything on each table that is made
        "REVOKE ALL ON ALL TABLES IN SCHEMA belay FROM " + db.role(),
        "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA belay TO " + db.role());
  }
}
