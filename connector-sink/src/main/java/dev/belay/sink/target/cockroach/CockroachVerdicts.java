package dev.belay.sink.target.cockroach;

import static dev.belay.sink.failure.Verdict.DEFERRABLE;
import static dev.belay.sink.failure.Verdict.FATAL;
import static dev.belay.sink.failure.Verdict.POISON;
import static dev.belay.sink.failure.Verdict.TRANSIENT;
import static dev.belay.sink.target.pgwire.VerdictTable.line;
import static dev.belay.sink.target.pgwire.VerdictTable.lost;

import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.target.pgwire.VerdictTable;
import dev.belay.sink.target.pgwire.VerdictTable.Line;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/**
 * The verdict on each SQLSTATE. A line is for one code, or for a class of codes, which are the two
 * characters they share; the longer match wins. Codes: CockroachDB's own list of codes, and those
 * that pgjdbc makes itself.
 */
final class CockroachVerdicts {

  static final List<Line> TABLE =
      List.of(
          // the circumstances
          line(
              "40",
              TRANSIENT,
              "Transaction rolled back",
              "nothing was written; all can be done again"),
          line(
              "40001",
              TRANSIENT,
              "Transaction must be restarted",
              "another one was in the way, or its time had moved on; also at COMMIT, and then nothing"
                  + " was written"),
          lost(
              "40003",
              "Result ambiguous",
              "a COMMIT whose fate the cluster cannot tell; the checkpoint row can"),
          line(
              "55P03",
              TRANSIENT,
              "Lock not available in time",
              "lock_timeout; the holder will let go"),
          line("55006", TRANSIENT, "Object in use", "its user will let go"),
          line(
              "55000",
              TRANSIENT,
              "Table not in a state for this",
              "offline while an IMPORT or RESTORE runs, as a rule; it comes back when that ends"),
          line(
              "55C01",
              TRANSIENT,
              "Schema change in the way",
              "the table's definition moved on; the next try sees the new one"),
          line("53", TRANSIENT, "Cluster short of resources", "memory or disk comes back"),
          lost("53300", "Too many connections", "others will end"),
          line(
              "57014",
              TRANSIENT,
              "Statement cancelled",
              "statement_timeout, or a person's CANCEL QUERY"),
          lost("57P01", "Node shutting down or draining", "another node takes the connection"),
          lost("57P02", "Node restarting after a crash", "it will be back"),
          lost("57P03", "Node not accepting connections yet", "it starts, or catches up"),
          lost("57P05", "Session ended for idleness", "idle_session_timeout; connect again"),
          line("57", FATAL, "Operator intervention", "somebody wants it to stop"),
          lost(
              "25006",
              "Session is read-only",
              "a follower or a setting of the user; connect again, and see whether it lasts"),
          lost(
              "25P03",
              "Transaction sat idle too long",
              "idle_in_transaction_session_timeout freed the locks of a frozen worker"),
          lost("25P04", "Transaction took too long", "transaction_timeout of the user"),
          line(
              "25P02",
              TRANSIENT,
              "Transaction already failed",
              "rolling back and doing all of it again shows the first error"),
          line(
              "25",
              FATAL,
              "Invalid transaction state",
              "a fault of the statements, not of the rows"),
          lost("08", "Connection failed", "network or node; connect again"),
          lost(
              "26000",
              "Prepared statement vanished",
              "a pooler changed the session underneath; connect again"),
          lost(
              "58C00",
              "Range unavailable",
              "too few of its replicas are up; writing goes on when they are"),
          lost("58C01", "Connection between nodes failed", "may pass, or another node answers"),
          line("58", FATAL, "A node's system failed", "needs a person"),
          // the order of the rows
          line(
              "23503",
              DEFERRABLE,
              "Foreign key violated",
              "the parent may come, or the child go, with another record"),
          line(
              "23505",
              DEFERRABLE,
              "Unique value held by another row",
              "another record may move it away"),
          // the row
          line(
              "23",
              POISON,
              "Constraint violated",
              "this row cannot be, and no other row can help it"),
          line("23502", POISON, "NULL in a NOT NULL column", "the row lacks a value"),
          line("23514", POISON, "CHECK constraint violated", "the row does not pass"),
          line("22", POISON, "Value not accepted", "this value does not fit its column"),
          line(
              "42804",
              POISON,
              "Value of another type",
              "the column's type and the value do not go together"),
          line("44000", POISON, "View's CHECK OPTION violated", "the row does not pass"),
          line(
              "54000",
              POISON,
              "Row too large",
              "sql.guardrails.max_row_size_err or sql.conn.max_read_buffer_message_size of the"
                  + " cluster; another row may be smaller"),
          line("P0", POISON, "A trigger raised an error", "the user's own code refused the row"),
          line(
              "P0001",
              POISON,
              "A trigger raised an exception",
              "the user's own code refused the row"),
          // what only a person can change
          line(
              "21000",
              FATAL,
              "Two rows of one statement have the same key",
              "keys that differ at the source are equal under the target's collation or type"),
          line("42", FATAL, "Statement not accepted", "target and its description disagree"),
          line("42P01", FATAL, "Table does not exist", "it was dropped or renamed"),
          line("42703", FATAL, "Column does not exist", "it was dropped or renamed"),
          line("42501", FATAL, "Permission denied", "a GRANT, or a row level policy, is missing"),
          line(
              "428C9",
              FATAL,
              "A GENERATED ALWAYS column cannot be written",
              "an identity column must be GENERATED BY DEFAULT"),
          line(
              "42P10",
              FATAL,
              "No unique index for ON CONFLICT",
              "the primary key was changed; the catalog must be read again"),
          line(
              "42P05",
              FATAL,
              "Prepared statement exists already",
              "a transaction pooler is in between; connect directly or pool sessions"),
          line("3F000", FATAL, "Schema does not exist", "it was dropped or renamed"),
          line("3D000", FATAL, "Database does not exist", "the URL names another one"),
          line("28", FATAL, "Login refused", "user, password, certificate or HBA configuration"),
          line(
              "0A000",
              FATAL,
              "Not supported by this version",
              "the table's definition forbids the statement, or the cluster is too old"),
          line("55", FATAL, "Object not in a state for this", "needs a person"),
          line("54", FATAL, "Cluster's limit exceeded", "too many columns or arguments"),
          line(
              "XXC02",
              FATAL,
              "Licence required",
              "the cluster has no licence for what the statement asks, or it has expired"),
          line(
              "XX",
              FATAL,
              "Internal error of the cluster",
              "its data may be damaged; trying again could hide it"));

  private static final VerdictTable VERDICTS = new VerdictTable(TABLE, Set.of("23503", "23505"));

  private CockroachVerdicts() {}

  static Line of(String code) {
    return VERDICTS.of(code);
  }

  /** See {@link VerdictTable#judge}; a failure of our own says itself what it is. */
  static TargetFault judge(SQLException failure) {
    return failure instanceof OwnFault own ? own.fault() : VERDICTS.judge(failure);
  }
}
