package dev.belay.sink.target.postgres;

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
 * characters they share; the longer match wins. Codes: PostgreSQL's appendix A, and those that
 * pgjdbc makes itself.
 */
final class PostgresVerdicts {

  static final List<Line> TABLE =
      List.of(
          // the circumstances
          line(
              "40",
              TRANSIENT,
              "Transaction rolled back",
              "nothing was written; all can be done again"),
          line("40001", TRANSIENT, "Serialization failure", "another transaction was in the way"),
          line("40P01", TRANSIENT, "Deadlock", "this side was the victim; the other goes on"),
          lost("40003", "Completion unknown", "the checkpoint row tells whether it committed"),
          line(
              "55P03",
              TRANSIENT,
              "Lock not available in time",
              "lock_timeout; the holder will let go"),
          line("55006", TRANSIENT, "Object in use", "its user will let go"),
          line("55P04", TRANSIENT, "New enum label not yet usable", "until its ALTER TYPE commits"),
          line(
              "53",
              TRANSIENT,
              "Server short of resources",
              "disk, memory or connections come back"),
          lost("53300", "Too many connections", "others will end"),
          line(
              "57014",
              TRANSIENT,
              "Statement cancelled",
              "statement_timeout, or a person's pg_cancel_backend"),
          lost(
              "57P01",
              "Server shutting down or session ended by an administrator",
              "it will be back"),
          lost("57P02", "Server restarting after a crash", "it will be back"),
          lost("57P03", "Server not accepting connections yet", "it starts, or recovers"),
          lost("57P05", "Session ended for idleness", "idle_session_timeout; connect again"),
          line("57P04", FATAL, "Database dropped", "the target is gone"),
          line("57", FATAL, "Operator intervention", "somebody wants it to stop"),
          lost(
              "25006",
              "Server is read-only",
              "connected to a standby, or to a former primary after a fail-over; connect again"),
          lost(
              "25P03",
              "Transaction sat idle too long",
              "idle_in_transaction_session_timeout freed the locks of a frozen worker"),
          lost(
              "25P04",
              "Transaction took too long",
              "transaction_timeout of the server (17 and later)"),
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
          lost("08", "Connection failed", "network or server; connect again"),
          lost(
              "26000",
              "Prepared statement vanished",
              "a pooler changed the session underneath; connect again"),
          line(
              "58000",
              TRANSIENT,
              "Server's operating system failed",
              "outside of the database; may pass"),
          lost("58030", "Server's disk failed", "may pass, or fail over"),
          line("58", FATAL, "Server's files are missing or damaged", "needs a person"),
          line("72000", TRANSIENT, "Snapshot too old", "a new transaction has a new one"),
          // the order of the rows
          line(
              "23503",
              DEFERRABLE,
              "Foreign key violated",
              "the parent may come, or the child go, with another record"),
          line(
              "23001",
              DEFERRABLE,
              "Row still referenced (RESTRICT)",
              "the child may go with another record; PostgreSQL 18 has this code for RESTRICT"),
          line(
              "23505",
              DEFERRABLE,
              "Unique value held by another row",
              "another record may move it away"),
          line(
              "23P01",
              DEFERRABLE,
              "Exclusion constraint violated",
              "another record may move the other row away"),
          // the row
          line(
              "23",
              POISON,
              "Constraint violated",
              "this row cannot be, and no other row can help it"),
          line("23502", POISON, "NULL in a NOT NULL column", "the row lacks a value"),
          line(
              "23514",
              POISON,
              "CHECK constraint violated",
              "the row does not pass, or no partition takes it"),
          line("22", POISON, "Value not accepted", "this value does not fit its column"),
          line(
              "22P05",
              POISON,
              "Character not in the database's encoding",
              "only a UTF8 database takes all"),
          line(
              "42804",
              POISON,
              "Value of another type",
              "the column's type and the value do not go together"),
          line("44000", POISON, "View's CHECK OPTION violated", "the row does not pass"),
          line(
              "54000",
              POISON,
              "Value too large for an index or a row",
              "another row may be smaller"),
          line(
              "54001", POISON, "Value nested too deeply", "the stack depth limit, reached by JSON"),
          line("P0", POISON, "A trigger raised an error", "the user's own code refused the row"),
          line(
              "P0001",
              POISON,
              "A trigger raised an exception",
              "the user's own code refused the row"),
          line("09000", POISON, "A trigger failed", "the user's own code refused the row"),
          line(
              "20000",
              POISON,
              "A trigger's CASE has no such case",
              "the user's own code refused the row"),
          line(
              "38",
              POISON,
              "A trigger's external routine failed",
              "the user's own code refused the row"),
          line(
              "39",
              POISON,
              "A trigger's external routine was called wrongly",
              "the user's own code refused the row"),
          line(
              "2F",
              POISON,
              "A trigger's SQL routine failed",
              "the user's own code refused the row"),
          // what only a person can change
          line(
              "21000",
              FATAL,
              "Two rows of one statement have the same key",
              "keys that differ in CockroachDB are equal under the target's collation or type"),
          line("42", FATAL, "Statement not accepted", "target and its description disagree"),
          line("42P01", FATAL, "Table does not exist", "it was dropped or renamed"),
          line("42703", FATAL, "Column does not exist", "it was dropped or renamed"),
          line(
              "42501",
              FATAL,
              "Permission denied",
              "a GRANT, or a row level security policy, is missing"),
          line(
              "428C9",
              FATAL,
              "A GENERATED ALWAYS column cannot be updated",
              "an identity column outside of the primary key must be GENERATED BY DEFAULT"),
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
          line("28", FATAL, "Login refused", "user, password or pg_hba.conf"),
          line("0P000", FATAL, "Role does not exist", "it was dropped"),
          line(
              "0A000",
              FATAL,
              "Not supported by this server",
              "the table's definition forbids the statement"),
          line(
              "55000",
              FATAL,
              "Object not in a state for this",
              "for example a published table without replica identity"),
          line("55P02", FATAL, "Setting cannot be changed now", "the session cannot be prepared"),
          line("54", FATAL, "Server's limit exceeded", "too many columns or arguments"),
          line(
              "XX",
              FATAL,
              "Internal error of the server",
              "its data may be damaged; trying again could hide it"),
          line("F0", FATAL, "Server's configuration file is faulty", "needs a person"));

  private static final VerdictTable VERDICTS =
      new VerdictTable(TABLE, Set.of("23503", "23001", "23505", "23P01"));

  private PostgresVerdicts() {}

  static Line of(String code) {
    return VERDICTS.of(code);
  }

  /** See {@link VerdictTable#judge}. */
  static TargetFault judge(SQLException failure) {
    return VERDICTS.judge(failure);
  }
}
