package dev.belay.sink.faults;

import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.harness.TargetKind;
import java.util.ArrayList;
import java.util.List;

/**
 * The statements that make the audit's tables and triggers. Each line that a trigger writes has a
 * number, which grows over all tables, and its transaction.
 */
final class AuditTriggers {
  private static final List<String> EVENTS = List.of("INSERT", "UPDATE", "DELETE");

  /**
   * MySQL and MariaDB number their transactions where a trigger cannot read it at the moment that
   * it needs it (information_schema.innodb_trx is a copy of 0.1 s ago). The performance schema
   * tells which transaction of a session this is, and when it began.
   */
  private static final String TRANSACTION =
      "(SELECT CONCAT(x.THREAD_ID, '-', x.EVENT_ID, '-', x.TIMER_START)"
          + " FROM performance_schema.events_transactions_current x"
          + " JOIN performance_schema.threads h ON h.THREAD_ID = x.THREAD_ID"
          + " WHERE h.PROCESSLIST_ID = CONNECTION_ID())";

  private AuditTriggers() {}

  /**
   * For a database that has the checkpoint tables.
   *
   * @param tables with columns {@code id} and {@code v}
   */
  static List<String> of(TargetDatabase db, List<String> tables) {
    return db.kind() == TargetKind.POSTGRESQL ? postgres(tables) : mysql(db.name(), tables);
  }

  private static List<String> postgres(List<String> tables) {
    List<String> all = new ArrayList<>();
    all.add("CREATE SEQUENCE audit_n");
    all.addAll(
        tables(
            "n bigint DEFAULT nextval('audit_n'), xid bigint DEFAULT txid_current()", "boolean"));
    all.add(
        function(
            "audit_row",
            "IF TG_OP = 'DELETE' THEN INSERT INTO public.audit_row (k, gone, v)"
                + " VALUES (TG_TABLE_NAME || ' ' || OLD.id, true, OLD.v); ELSE"
                + " INSERT INTO public.audit_row (k, gone, v)"
                + " VALUES (TG_TABLE_NAME || ' ' || NEW.id, false, NEW.v); END IF;"));
    all.add(
        function(
            "audit_position",
            "INSERT INTO public.audit_position (topic, part, epoch, sequence, applied, held)"
                + " VALUES (NEW.topic, NEW.partition, NEW.epoch, NEW.sequence, NEW.applied_offset,"
                + " NEW.held);"));
    all.add(
        function(
            "audit_frontier",
            "INSERT INTO public.audit_frontier (frontier) VALUES (NEW.frontier);"));
    all.add(trigger("belay.belay_checkpoint", "INSERT OR UPDATE", "audit_position"));
    all.add(trigger("belay.belay_frontier", "INSERT OR UPDATE", "audit_frontier"));
    tables.forEach(table -> all.add(trigger(table, "INSERT OR UPDATE OR DELETE", "audit_row")));
    return all;
  }

  private static List<String> tables(String first, String bool) {
    return List.of(
        "CREATE TABLE audit_row (" + first + ", k varchar(100), gone " + bool + ", v bigint)",
        "CREATE TABLE audit_position ("
            + first
            + ", topic varchar(249), part int, epoch bigint, sequence bigint, applied bigint,"
            + " held text)",
        "CREATE TABLE audit_frontier (" + first + ", frontier varchar(64))");
  }

  private static String function(String name, String body) {
    return "CREATE FUNCTION "
        + name
        + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN "
        + body
        + " RETURN NULL; END $$";
  }

  private static String trigger(String table, String events, String function) {
    return "CREATE TRIGGER audit AFTER "
        + events
        + " ON "
        + table
        + " FOR EACH ROW EXECUTE FUNCTION "
        + function
        + "()";
  }

  /** UUID_SHORT grows, also from one start of the server to the next. */
  private static List<String> mysql(String database, List<String> tables) {
    List<String> all = new ArrayList<>(tables("n bigint, xid varchar(80)", "boolean"));
    for (String event : EVENTS) {
      boolean gone = event.equals("DELETE");
      String row = gone ? "OLD" : "NEW";
      for (String table : tables) {
        String values = "CONCAT('" + table + " ', " + row + ".id), " + gone + ", " + row + ".v";
        all.add(mysqlTrigger(table, event, database + ".audit_row", values));
      }
      if (!gone) {
        all.add(
            mysqlTrigger(
                "belay.belay_checkpoint",
                event,
                database + ".audit_position",
                "NEW.topic, NEW.`partition`, NEW.epoch, NEW.sequence, NEW.applied_offset,"
                    + " NEW.held"));
        all.add(
            mysqlTrigger(
                "belay.belay_frontier", event, database + ".audit_frontier", "NEW.frontier"));
      }
    }
    return all;
  }

  private static String mysqlTrigger(String table, String event, String into, String values) {
    return "CREATE TRIGGER "
        + table
        + "_audit_"
        + event
        + " AFTER "
        + event
        + " ON "
        + table
        + " FOR EACH ROW INSERT INTO "
        + into
        + " VALUES (UUID_SHORT(), "
        + TRANSACTION
        + ", "
        + values
        + ")";
  }
}
