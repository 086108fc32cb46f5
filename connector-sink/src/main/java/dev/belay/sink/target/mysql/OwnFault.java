package dev.belay.sink.target.mysql;

import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import java.sql.SQLException;

/**
 * A failure that this room finds itself, since the server would not: it fills in what is missing,
 * or ends the connection over what is too long. Judged as what it says.
 */
final class OwnFault extends SQLException {
  private static final long serialVersionUID = 1;

  private final transient TargetFault fault;

  private OwnFault(TargetFault fault) {
    super(fault.summary());
    this.fault = fault;
  }

  /** The server would put a value of its own into an AUTO_INCREMENT or TIMESTAMP column. */
  static OwnFault missing(String table, String column) {
    return poison(
        "1048",
        table,
        column,
        "NULL in a NOT NULL column: the row lacks a value that it must have");
  }

  /** The server would put the first label of an ENUM. */
  static OwnFault withoutDefault(String table, String column) {
    return poison(
        "1364",
        table,
        column,
        "NOT NULL column without a default that the record does not carry: the row lacks a value"
            + " that it must have");
  }

  static OwnFault tooLong(String table, long limit) {
    return poison(
        "1153",
        table,
        "",
        "Row longer than a statement can be: the server's max_allowed_packet is "
            + limit
            + " bytes; raise it");
  }

  private static OwnFault poison(String code, String table, String column, String summary) {
    return new OwnFault(
        new TargetFault(Verdict.POISON, Matter.OTHER, code, "", table, column, summary, false));
  }

  /** The keys are not those that the statements were made for. */
  static OwnFault changedKeys(String table) {
    return new OwnFault(
        new TargetFault(
            Verdict.FATAL,
            Matter.DEFINITION,
            "1412",
            "",
            table,
            "",
            "Primary key or unique index changed: rows would be told apart by other columns than"
                + " planned",
            false));
  }

  /** A setting of the session that cannot be had. */
  static OwnFault setting(String what) {
    return new OwnFault(
        new TargetFault(Verdict.FATAL, Matter.OTHER, "1231", "", "", "", what, false));
  }

  /** What the session writes cannot be told apart in the binlog. */
  static OwnFault unmarked(String what) {
    return new OwnFault(
        new TargetFault(Verdict.FATAL, Matter.RIGHTS, "1227", "", "", "", what, false));
  }

  TargetFault fault() {
    return fault;
  }
}
