package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Settings do in a running task what their texts say, where no other test sets them there. */
class SettingsIT extends TaskCase {

  /** Two integers, and the target has them the other way round: nothing tells which is which. */
  @Test
  void keyColumnsSayWhichRowADeleteMeans() {
    db.sql(
        "CREATE TABLE pair (a int, b int, PRIMARY KEY (b, a))",
        "INSERT INTO pair VALUES (1, 2), (2, 1)");
    feed.create("pair", 1);
    feed.delete("pair", "[1, 2]", 11);
    feed.resolved("pair", 15);
    try (TaskHarness task = TaskHarness.of(PARTS, feed, db, "pair").start()) {
      assertThat(task.untilStopped()).contains("key.columns=pair=<first>,<second>");
    }
    assertThat(db.rows("SELECT a, b FROM pair ORDER BY a")).containsExactly("1|2", "2|1");
    try (TaskHarness task =
        TaskHarness.of(PARTS, feed, db, "pair").set("key.columns", "pair=a,b").start()) {
      untilFrontier(task, 15);
    }
    assertThat(db.rows("SELECT a, b FROM pair")).containsExactly("2|1");
  }

  /** What the table's rows have shown of its key is known to the task that has seen them only. */
  @Test
  void hashShardInFrontOfTheKeyNeverDeletesTheRowOfItsNumber() {
    feed.create("orders", 1);
    try (TaskHarness task = task().start()) {
      feed.upsert("orders", "[3, 1]", row(1, 11), 11);
      feed.upsert("orders", "[1, 3]", row(3, 12), 12);
      resolved(15);
      untilFrontier(task, 15);
    }
    feed.delete("orders", "[3, 1]", 21);
    resolved(25);
    try (TaskHarness task = task().start()) {
      assertThat(task.untilStopped()).contains("key.columns=orders=<first>,<second>");
    }
    assertThat(rows()).containsExactly("1@11", "3@12");
    try (TaskHarness task = task().set("key.columns", "orders=-,id").start()) {
      untilFrontier(task, 25);
    }
    assertThat(rows()).containsExactly("3@12");
  }

  @Test
  void rejectScopeTransactionTakesTheRowsOfTheTransactionAlong() {
    feed.create("orders", 1);
    List<Long> reported = new ArrayList<>();
    try (TaskHarness task =
        task()
            .set("reject.scope", "transaction")
            .reporter(
                (record, error) -> {
                  reported.add(record.kafkaOffset());
                  return CompletableFuture.completedFuture(null);
                })
            .start()) {
      put(1, 11);
      feed.upsert("orders", "[2]", "{\"id\": 2, \"v\": 12, \"note\": \"secret\"}", 12);
      put(3, 12);
      put(4, 13);
      resolved(15);
      untilFrontier(task, 15);
    }
    assertThat(rows()).containsExactly("1@11", "4@13");
    assertThat(reported).containsExactlyInAnyOrder(1L, 2L);
  }

  @Test
  void unknownColumnsAreAFaultUnlessTheUserIgnoresThem() {
    feed.create("orders", 1);
    feed.upsert("orders", "[1]", "{\"id\": 1, \"v\": 11, \"crdb_region\": \"eu\"}", 11);
    resolved(15);
    try (TaskHarness task = task().start()) {
      assertThat(task.untilStopped()).contains("crdb_region").contains("columns.unknown=ignore");
    }
    assertThat(rows()).isEmpty();
    try (TaskHarness task = task().set("columns.unknown", "ignore").start()) {
      untilFrontier(task, 15);
    }
    assertThat(rows()).containsExactly("1@11");
  }

  @Test
  void targetSchemaHasTheTables() {
    db.sql(
        "CREATE SCHEMA elsewhere",
        "GRANT USAGE ON SCHEMA elsewhere TO " + db.role(),
        "CREATE TABLE elsewhere.orders (id int PRIMARY KEY, v bigint, note text)");
    feed.create("orders", 1);
    put(1, 11);
    resolved(15);
    try (TaskHarness task = task().set("target.schema", "elsewhere").start()) {
      untilFrontier(task, 15);
    }
    assertThat(db.rows("SELECT id || '@' || v FROM elsewhere.orders")).containsExactly("1@11");
    assertThat(rows()).isEmpty();
  }

  @Test
  void topicOfAllTablesIsToldApartByItsValues() {
    db.sql("CREATE TABLE customers (id int PRIMARY KEY, v bigint)");
    feed.create("all", 1);
    feed.raw("all", 0, "[1]", ofTable("orders", "{\"id\": 1, \"v\": 11}", 11));
    feed.raw("all", 0, "[1]", ofTable("customers", "{\"id\": 1, \"v\": 12}", 12));
    feed.raw("all", 0, "[2]", ofTable("customers", "{\"id\": 2, \"v\": 13}", 13));
    feed.raw("all", 0, "[1]", ofTable("customers", "null", 14));
    feed.resolved("all", 15);
    try (TaskHarness task =
        TaskHarness.of(PARTS, feed, db, "all")
            .set("feed.topic.name", feed.topic("all"))
            .set("feed.topic.prefix", "")
            .start()) {
      untilFrontier(task, 15);
    }
    assertThat(rows()).containsExactly("1@11");
    assertThat(db.rows("SELECT id || '@' || v FROM customers")).containsExactly("2@13");
  }

  private static String ofTable(String table, String after, long time) {
    return "{\"after\": "
        + after
        + ", \"topic\": \""
        + table
        + "\", \"updated\": \""
        + Feed.hlc(time)
        + "\"}";
  }

  @Test
  void dotsInATablesNameAreItsOwnIfTheFeedHasNoFullNames() {
    db.sql("CREATE TABLE \"a.b.c\" (id int PRIMARY KEY)");
    feed.create("a.b.c", 1);
    feed.upsert("a.b.c", "[1]", "{\"id\": 1}", 11);
    feed.resolved("a.b.c", 15);
    try (TaskHarness task =
        TaskHarness.of(PARTS, feed, db, "a.b.c").set("feed.full.table.name", "false").start()) {
      untilFrontier(task, 15);
    }
    assertThat(db.rows("SELECT id FROM \"a.b.c\"")).containsExactly("1");
  }

  @Test
  void triggersOfTheUserStopTheTaskUnlessTheUserAllowsThem() {
    feed.create("orders", 1);
    put(1, 11);
    resolved(15);
    try (TaskHarness task = task().set("triggers", "refuse").start()) {
      assertThat(task.untilStopped()).contains("public.orders").contains("triggers=allow");
    }
    assertThat(rows()).isEmpty();
  }

  @Test
  void statementsHaveNoMoreRowsThanTheUserWants() {
    db.sql(
        "CREATE TABLE statements (made timestamptz)",
        "CREATE FUNCTION note_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
            + " $$ BEGIN INSERT INTO public.statements VALUES (now()); RETURN NULL; END $$",
        "CREATE TRIGGER note_statement AFTER INSERT ON orders"
            + " FOR EACH STATEMENT EXECUTE FUNCTION note_statement()");
    feed.create("orders", 1);
    for (int id = 1; id <= 7; id++) {
      put(id, 11);
    }
    resolved(15);
    try (TaskHarness task = task().set("batch.rows", "3").start()) {
      untilFrontier(task, 15);
    }
    assertThat(rows()).hasSize(7);
    assertThat(db.value("SELECT count(*) FROM statements")).isEqualTo("3");
  }

  @Test
  void stallIsToldAfterTheTimeThatTheUserSet() {
    feed.create("orders", 2);
    AtomicLong now = new AtomicLong(Duration.ofHours(1).toNanos());
    try (TaskHarness task =
        task().set("frontier.stall.ms", "5000").nanoTime(now::get).start().untilClaimed()) {
      put(0, 1, 5);
      feed.resolved("orders", 0, 6);
      task.untilRead();
      now.addAndGet(Duration.ofMillis(4_900).toNanos());
      task.steps(5);
      assertThat(task.meter("stall")).isEqualTo("");
      now.addAndGet(Duration.ofMillis(200).toNanos());
      task.until("it is told", () -> task.meter("stall").toString().contains("not resolved yet"));
    }
  }
}
