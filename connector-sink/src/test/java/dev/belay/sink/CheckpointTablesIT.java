package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

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

  @Test
  void tablesThatADbaMadeAreUsedByARoleThatOwnsNothing() throws IOException {
    feed.create("orders", 1);
    try (InputStream script =
        CheckpointTablesIT.class.getResourceAsStream("target/postgres/belay-schema.sql")) {
      db.sql(new String(script.readAllBytes(), StandardCharsets.UTF_8));
    }
    db.sql(
        "REVOKE CREATE ON DATABASE " + db.name() + " FROM " + db.role(),
        "GRANT USAGE ON SCHEMA belay TO " + db.role(),
        "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA belay TO " + db.role());
    try (TaskHarness task = task().set("checkpoint.create", "never").start()) {
      put(1, 11);
      resolved(15);
      untilFrontier(task, 15);
      assertThat(rows()).containsExactly("1@11");
    }
  }
}
