package dev.belay.sink.harness;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A feed and a target with one audited table {@code orders (id, v, note)}. The version {@code v} of
 * a row is the time at which it was committed, so that a row reads as {@code id@time}.
 */
public abstract class TaskCase {
  @RegisterExtension protected static final RealParts PARTS = new RealParts();

  protected Feed feed;
  protected TargetDatabase db;

  @BeforeEach
  void makeFeedAndTarget() throws Exception {
    feed = new Feed(PARTS);
    db = PARTS.newDatabase();
    makeOrders(db);
  }

  @AfterEach
  void closeFeed() {
    feed.close();
  }

  protected static void makeOrders(TargetDatabase target) {
    target.sql(
        "CREATE TABLE orders (id int PRIMARY KEY, v bigint NOT NULL, note varchar(10),"
            + " CONSTRAINT note_is_public CHECK (note <> 'secret'))");
    target.audit("orders", "id", "v");
  }

  /** A task over the topic of orders, which the test has made. */
  protected TaskHarness.Builder task() {
    return TaskHarness.of(PARTS, feed, db, "orders");
  }

  /** Row {@code id} as of {@code time}, on the partition that CockroachDB would choose. */
  protected long put(int id, long time) {
    return feed.upsert("orders", "[" + id + "]", row(id, time), time);
  }

  protected long put(int partition, int id, long time) {
    return feed.upsert("orders", partition, "[" + id + "]", row(id, time), time);
  }

  protected long gone(int id, long time) {
    return feed.delete("orders", "[" + id + "]", time);
  }

  protected static String row(int id, long time) {
    return "{\"id\": " + id + ", \"v\": " + time + ", \"note\": \"n\"}";
  }

  /** A resolved time on all partitions. */
  protected void resolved(long time) {
    feed.resolved("orders", time);
  }

  /** The target's rows, as {@code id@time}. */
  protected List<String> rows() {
    return db.rows("SELECT id || '@' || v FROM orders ORDER BY id");
  }

  protected void untilRows(TaskHarness task, String... expected) {
    task.until("rows are " + List.of(expected), () -> rows().equals(List.of(expected)));
  }

  /** Steps until the frontier is committed. */
  protected void untilFrontier(TaskHarness task, long time) {
    task.until("the frontier is " + time, () -> db.hasFrontier(task.connector(), Feed.hlc(time)));
  }

  protected TargetDatabase.Checkpoint checkpoint(TaskHarness task, int partition) {
    return db.checkpoint(task.connector(), feed.topic("orders"), partition);
  }
}
