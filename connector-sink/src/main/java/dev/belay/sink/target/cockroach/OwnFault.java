package dev.belay.sink.target.cockroach;

import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import java.sql.SQLException;

/** A failure that this room finds itself; judged as what it says. */
final class OwnFault extends SQLException {
  private static final long serialVersionUID = 1;

  private final transient TargetFault fault;

  private OwnFault(String code, String summary) {
    super(summary, code);
    this.fault = new TargetFault(Verdict.FATAL, Matter.OTHER, code, "", "", "", summary, false);
  }

  /**
   * @param product what the server says to be, no more than a name and a version
   */
  static OwnFault otherServer(String product) {
    return new OwnFault(
        "0A000",
        "The URL begins with jdbc:cockroachdb:, and the server says that it is "
            + product
            + ". Nothing is written, since CockroachDB's statements and rules are not its own. Begin"
            + " the URL with jdbc:postgresql: if that server is meant, else name the right one");
  }

  static OwnFault oldServer(String version, String oldest) {
    return new OwnFault(
        "0A000",
        "The server is CockroachDB "
            + version
            + ", and the sink writes to "
            + oldest
            + " and newer. Upgrade the cluster");
  }

  /** What the session writes would come back through the changefeed. */
  static OwnFault notHidden() {
    return new OwnFault(
        "55000",
        "disable_changefeed_replication is not on after it was set, so a changefeed would send what"
            + " is written here back where it came from (origin.mark=on). Connect to CockroachDB"
            + " itself, without a pooler that changes sessions");
  }

  TargetFault fault() {
    return fault;
  }
}
