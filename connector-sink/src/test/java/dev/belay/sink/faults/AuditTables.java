package dev.belay.sink.faults;

import dev.belay.sink.checkpoint.OffsetRanges;
import dev.belay.sink.harness.TargetDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * What the target's own triggers write down of every change to audited tables and to the checkpoint
 * tables, in the transaction of the change: what is rolled back was never here, what a restored or
 * promoted database has lost is lost here too.
 */
final class AuditTables {
  private static final String SCRIPT = "/dev/belay/sink/target/postgres/belay-schema.sql";

  private AuditTables() {}

  /** A version that a row got, or had when it was deleted. */
  record Written(String row, boolean isGone, long version) {}

  /** Where a partition's checkpoint was moved to. */
  record Moved(
      TopicPartition partition, long epoch, long sequence, long applied, OffsetRanges held) {}

  /** What one transaction did, in the order in which it did it. */
  static final class Transaction {
    private final List<Written> rows = new ArrayList<>();
    private final List<Moved> positions = new ArrayList<>();
    private OptionalLong frontier = OptionalLong.empty();

    List<Written> rows() {
      return rows;
    }

    List<Moved> positions() {
      return positions;
    }

    /** The frontier that it set; empty if it left it alone or there is none yet. */
    OptionalLong frontier() {
      return frontier;
    }
  }

  /**
   * Makes the tables and triggers, and the checkpoint tables as the sink's role would.
   *
   * @param tables with columns {@code id} and {@code v}, its version
   */
  static void install(TargetDatabase db, List<String> tables) {
    db.sql("SET ROLE " + db.role() + ";" + script());
    db.sql(
        "CREATE SEQUENCE audit_n",
        "CREATE TABLE audit_row (n bigint DEFAULT nextval('audit_n'), xid bigint DEFAULT"
            + " txid_current(), k text, gone boolean, v bigint)",
        "CREATE TABLE audit_position (n bigint DEFAULT nextval('audit_n'), xid bigint DEFAULT"
            + " txid_current(), topic text, partition int, epoch bigint, sequence bigint,"
            + " applied bigint, held text)",
        "CREATE TABLE audit_frontier (n bigint DEFAULT nextval('audit_n'), xid bigint DEFAULT"
            + " txid_current(), frontier text)",
        function(
            "audit_row",
            "IF TG_OP = 'DELETE' THEN INSERT INTO public.audit_row (k, gone, v)"
                + " VALUES (TG_TABLE_NAME || ' ' || OLD.id, true, OLD.v); ELSE"
                + " INSERT INTO public.audit_row (k, gone, v)"
                + " VALUES (TG_TABLE_NAME || ' ' || NEW.id, false, NEW.v); END IF;"),
        function(
            "audit_position",
            "INSERT INTO public.audit_position (topic, partition, epoch, sequence, applied, held)"
                + " VALUES (NEW.topic, NEW.partition, NEW.epoch, NEW.sequence, NEW.applied_offset,"
                + " NEW.held);"),
        function(
            "audit_frontier",
            "INSERT INTO public.audit_frontier (frontier) VALUES (NEW.frontier);"),
        trigger("belay.belay_checkpoint", "INSERT OR UPDATE", "audit_position"),
        trigger("belay.belay_frontier", "INSERT OR UPDATE", "audit_frontier"));
    tables.forEach(table -> db.sql(trigger(table, "INSERT OR UPDATE OR DELETE", "audit_row")));
  }

  /** Forgets what was, for a feed that begins anew. */
  static void empty(TargetDatabase db) {
    db.sql("TRUNCATE audit_row, audit_position, audit_frontier");
  }

  /** All transactions, in the order of their commits: the checkpoint's lock makes it one. */
  static List<Transaction> read(TargetDatabase db) {
    Map<String, Transaction> found = new LinkedHashMap<>();
    String all =
        "SELECT xid, 'r' AS what, k, gone::text, v::text, '' AS d, '' AS e, '' AS f, n"
            + " FROM audit_row"
            + " UNION ALL SELECT xid, 'p', topic, partition::text, epoch::text, sequence::text,"
            + " applied::text, held, n FROM audit_position"
            + " UNION ALL SELECT xid, 'f', coalesce(frontier, ''), '', '', '', '', '', n"
            + " FROM audit_frontier ORDER BY n";
    for (String line : db.rows(all)) {
      String[] part = line.split("\\|", -1);
      Transaction transaction = found.computeIfAbsent(part[0], xid -> new Transaction());
      switch (part[1]) {
        case "r" ->
            transaction.rows.add(
                new Written(part[2], Boolean.parseBoolean(part[3]), Long.parseLong(part[4])));
        case "p" ->
            transaction.positions.add(
                new Moved(
                    new TopicPartition(part[2], Integer.parseInt(part[3])),
                    Long.parseLong(part[4]),
                    Long.parseLong(part[5]),
                    Long.parseLong(part[6]),
                    OffsetRanges.parse(part[7])));
        default -> {
          if (!part[2].isEmpty()) {
            transaction.frontier = OptionalLong.of(FeedLog.time(part[2]));
          }
        }
      }
    }
    return List.copyOf(found.values());
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

  private static String script() {
    try (InputStream in = AuditTables.class.getResourceAsStream(SCRIPT)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
