package dev.belay.sink.target.postgres;

import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import java.sql.SQLException;

/** The server speaks PostgreSQL's protocol, and is CockroachDB. */
final class OtherServerException extends SQLException {
  private static final long serialVersionUID = 1;
  private static final String CODE = "0A000";

  OtherServerException() {
    super(
        "The URL begins with jdbc:postgresql:, and the server is CockroachDB. Nothing is written,"
            + " since PostgreSQL's statements and rules are not its own. Begin the URL with"
            + " jdbc:cockroachdb: if that server is meant, else name the right one",
        CODE);
  }

  TargetFault fault() {
    return new TargetFault(Verdict.FATAL, Matter.OTHER, CODE, "", "", "", getMessage(), false);
  }
}
