package dev.belay.sink.faults;

import dev.belay.sink.checkpoint.OffsetRanges;
import dev.belay.sink.harness.TargetDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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
  static void install(TargetDatabase db, List<String> tables) throws SQLException {
    try (Connection sink = db.connectAsRole("audit");
        Statement statement = sink.createStatement()) {
      for (String text : db.target().checkpointSql().createTables()) {
        statement.execute(text);
      }
    }
    db.sql(AuditTriggers.of(db, tables).toArray(String[]::new));
  }

  /** Forgets what was, for a feed that begins anew. */
  static void empty(TargetDatabase db) {
    db.sql("DELETE FROM audit_row", "DELETE FROM audit_position", "DELETE FROM audit_frontier");
  }

  /** All transactions, in the order of their commits: the checkpoint's lock makes it one. */
  static List<Transaction> read(TargetDatabase db) {
    Map<String, Transaction> found = new LinkedHashMap<>();
    String all =
        "SELECT xid, 'r' AS what, k, CASE WHEN gone THEN 'true' ELSE 'false' END, '' || v,"
            + " '' AS d, '' AS e, '' AS f, n FROM audit_row"
            + " UNION ALL SELECT xid, 'p', topic, '' || part, '' || epoch, '' || sequence,"
            + " '' || applied, held, n FROM audit_position"
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
}
