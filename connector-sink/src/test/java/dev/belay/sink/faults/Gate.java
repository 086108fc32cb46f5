package dev.belay.sink.faults;

import dev.belay.sink.harness.TargetDatabase;
import dev.belay.testkit.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Holds the sink's session at a {@link Moment} by a lock in the target that it runs into: on rows
 * of the checkpoint tables, or an advisory one which triggers on {@code account} ask for. It opens
 * when told, or when its server dies.
 */
final class Gate implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TargetDatabase db;
  private final Connection holder;
  private String session = "0";

  private Gate(TargetDatabase db, Connection holder) {
    this.db = db;
    this.holder = holder;
  }

  /** Puts the triggers on {@code account} that ask for the gate's lock, once for a database. */
  static void build(TargetDatabase db) {
    db.sql(
        "CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint); RETURN NULL; END $$",
        "CREATE TRIGGER gate_writing AFTER INSERT OR UPDATE ON account"
            + " FOR EACH STATEMENT EXECUTE FUNCTION gate("
            + Moment.WRITING.ordinal()
            + ")",
        // at COMMIT, by the database itself
        "CREATE CONSTRAINT TRIGGER gate_committing AFTER INSERT OR UPDATE ON account"
            + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION gate("
            + Moment.COMMITTING.ordinal()
            + ")");
  }

  /** Shuts a gate: the sink will come as far as this moment and wait. */
  static Gate at(Moment moment, TargetDatabase db) {
    try {
      Connection holder = db.connect();
      holder.setAutoCommit(false);
      try (Statement statement = holder.createStatement()) {
        statement.execute(
            switch (moment) {
              case CLAIMING -> "SELECT * FROM belay.belay_frontier FOR UPDATE";
              case BEFORE_APPLY -> "SELECT * FROM belay.belay_checkpoint FOR UPDATE";
              case WRITING -> lock(Moment.WRITING);
              case COMMITTING, COMMITTED -> lock(Moment.COMMITTING);
            });
      }
      return new Gate(db, holder);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String lock(Moment moment) {
    return "SELECT pg_advisory_xact_lock(" + moment.ordinal() + ")";
  }

  /** Waits until the sink stands before the gate. */
  void awaitSink() {
    Deadline.in(PATIENCE).await("the sink stands before the gate", () -> isSinkWaiting(db));
    session = db.value(waiting(db, "min(pid)"));
  }

  /** Opens it, and waits until the database has done what the sink had asked for. */
  void letPass() {
    open();
    Deadline.in(PATIENCE)
        .await(
            "the sink has passed the gate",
            () ->
                db.rows("SELECT FROM pg_stat_activity WHERE state = 'active' AND pid = " + session)
                    .isEmpty());
  }

  /** Whether a session of the sink waits for a lock. */
  static boolean isSinkWaiting(TargetDatabase db) {
    return !db.rows(waiting(db, "pid")).isEmpty();
  }

  private static String waiting(TargetDatabase db, String what) {
    return "SELECT "
        + what
        + " FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '"
        + db.name()
        + "' AND usename = '"
        + db.role()
        + "'";
  }

  /** Lets the sink pass; does nothing if it is open. */
  void open() {
    try {
      holder.close();
    } catch (SQLException gone) {
      // with its server, and the lock with it
    }
  }

  @Override
  public void close() {
    open();
  }
}
