package dev.belay.sink.target.postgres;

import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import java.sql.SQLException;

/** A failure that this room finds itself, or knows more of than the server says. */
final class OwnFault extends SQLException {
  private static final long serialVersionUID = 1;

  private final transient TargetFault fault;

  private OwnFault(Verdict verdict, Matter matter, String code, String summary) {
    super(summary, code);
    this.fault = new TargetFault(verdict, matter, code, "", "", "", summary, false);
  }

  /** The server speaks PostgreSQL's protocol, and is CockroachDB. */
  static OwnFault otherServer() {
    return new OwnFault(
        Verdict.FATAL,
        Matter.OTHER,
        "0A000",
        "The URL begins with jdbc:postgresql:, and the server is CockroachDB. Nothing is written,"
            + " since PostgreSQL's statements and rules are not its own. Begin the URL with"
            + " jdbc:cockroachdb: if that server is meant, else name the right one");
  }

  /** The user may not mark what it writes. */
  static OwnFault markForbidden() {
    return new OwnFault(Verdict.FATAL, Matter.RIGHTS, "42501", MARK_FORBIDDEN);
  }

  /** What to do about rights; a whole sentence without its full stop. */
  static final String MARK_FORBIDDEN =
      "The user may not mark what it writes (origin.mark=on), so it would come back by the feed of"
          + " the other direction. Run config/sql/postgresql/origin.sql, which grants EXECUTE on the"
          + " functions of replication origins; before PostgreSQL 14 only a superuser may call them";

  static OwnFault noRoomForMark() {
    return new OwnFault(
        Verdict.FATAL,
        Matter.OTHER,
        "53400",
        "The server has no room for another replication origin (origin.mark=on). Raise"
            + " max_active_replication_origins, before PostgreSQL 18 max_replication_slots, and"
            + " restart it. Or the session has an origin already, which a pooler has left there:"
            + " connect directly");
  }

  /**
   * @param origin the first name that was tried
   */
  static OwnFault markInUse(String origin, int names) {
    return new OwnFault(
        Verdict.TRANSIENT,
        Matter.OTHER,
        "55006",
        "Replication origin "
            + origin
            + " and the "
            + (names - 1)
            + " more of this task are in use by other sessions (origin.mark=on). Sessions that went"
            + " silent let go when the server notices; look into pg_stat_activity for this"
            + " application_name, and end what is left of earlier workers");
  }

  TargetFault fault() {
    return fault;
  }
}
