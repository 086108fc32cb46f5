package dev.belay.sink.faults;

import dev.belay.sink.harness.TargetDatabase;
import java.sql.Connection;
import java.sql.SQLException;

/** By advisory locks; a deferred trigger asks for one in the middle of COMMIT. */
final class PostgresGate extends Gate {
  private String session = "0";

  PostgresGate(TargetDatabase db, Connection holder) {
    super(db, holder);
  }

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

  @Override
  void shutAtWriting() throws SQLException {
    hold(lock(Moment.WRITING));
  }

  @Override
  void shutAtCommit() throws SQLException {
    hold(lock(Moment.COMMITTING));
  }

  private static String lock(Moment moment) {
    return "SELECT pg_advisory_xact_lock(" + moment.ordinal() + ")";
  }

  @Override
  boolean isSinkHere() {
    return isSinkWaiting(db);
  }

  @Override
  void look() {
    session = db.value(waiting(db, "min(pid)"));
  }

  @Override
  boolean isDone() {
    return db.rows("SELECT FROM pg_stat_activity WHERE state = 'active' AND pid = " + session)
        .isEmpty();
  }

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
}
