package dev.belay.sink.target.oracle;

import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import java.sql.SQLException;

/** A failure that this room finds itself, since the server would not. Judged as what it says. */
final class OwnFault extends SQLException {
  private static final long serialVersionUID = 1;

  private final transient TargetFault fault;

  private OwnFault(TargetFault fault) {
    super(fault.summary());
    this.fault = fault;
  }

  /** The server would put a value of its own where the column has DEFAULT ON NULL. */
  static OwnFault missing(String table, String column) {
    return new OwnFault(
        new TargetFault(
            Verdict.POISON,
            Matter.OTHER,
            "ORA-01400",
            "",
            table,
            column,
            "NULL in a NOT NULL column: the row lacks a value that it must have",
            false));
  }

  /** The server would not take a text's NULL for one of the column's type. */
  static OwnFault withoutNull(String table, String column, String type) {
    return new OwnFault(
        new TargetFault(
            Verdict.POISON,
            Matter.OTHER,
            "ORA-00932",
            "",
            table,
            column,
            "Column of type "
                + type
                + ", which takes neither values nor NULL: leave it out with columns.ignore",
            false));
  }

  /** A setting of the session that cannot be had. */
  static OwnFault setting(String what) {
    return fatal(Matter.OTHER, "ORA-02248", what);
  }

  /** A view of the dictionary that the user may not read. */
  static OwnFault dictionary(String view) {
    return fatal(
        Matter.RIGHTS,
        "ORA-00942",
        "The user may not read "
            + view
            + ", without which foreign keys and triggers of others stay unseen; an administrator is to"
            + " grant SELECT on it, as config/sql/oracle/role.sql does");
  }

  /** The driver did not say how many rows each execution of a batch touched. */
  static OwnFault withoutCounts() {
    return fatal(
        Matter.OTHER,
        "ORA-17081",
        "The driver does not count the rows of a batch: use ojdbc11 of version 19 or newer");
  }

  private static OwnFault fatal(Matter matter, String code, String summary) {
    return new OwnFault(new TargetFault(Verdict.FATAL, matter, code, "", "", "", summary, false));
  }

  TargetFault fault() {
    return fault;
  }
}
