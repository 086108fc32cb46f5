package dev.belay.sink.target.pgwire;

import static dev.belay.sink.failure.Verdict.FATAL;
import static dev.belay.sink.failure.Verdict.TRANSIENT;

import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** One database's verdicts on SQLSTATEs; the lines are the database's own. */
public final class VerdictTable {

  /**
   * @param code five characters, or two for the rest of a class
   * @param lost whether the session is gone or of no use any more
   * @param summary what the code means
   * @param reason why this verdict
   */
  public record Line(String code, Verdict verdict, boolean lost, String summary, String reason) {}

  /**
   * Stopping loses nothing and hides nothing: trying again for ever, or skipping the record, might.
   */
  private static final Line UNKNOWN =
      line(
          "",
          FATAL,
          "Error of an unknown kind",
          "neither the row nor the circumstances are known to be at fault");

  private final Map<String, Line> byCode;
  private final Set<String> collisions;

  /**
   * @param lines the longer code wins
   * @param collisions codes of rows that stand in each other's way
   */
  public VerdictTable(List<Line> lines, Set<String> collisions) {
    this.byCode =
        lines.stream().collect(Collectors.toUnmodifiableMap(Line::code, Function.identity()));
    this.collisions = Set.copyOf(collisions);
  }

  public static Line line(String code, Verdict verdict, String summary, String reason) {
    return new Line(code, verdict, false, summary, reason);
  }

  /** A transient failure whose session is of no use any more. */
  public static Line lost(String code, String summary, String reason) {
    return new Line(code, TRANSIENT, true, summary, reason);
  }

  /** The line for a code; there is one for each. */
  public Line of(String code) {
    Line exact = byCode.get(code);
    if (exact != null) {
      return exact;
    }
    return code.length() == 5 ? byCode.getOrDefault(code.substring(0, 2), UNKNOWN) : UNKNOWN;
  }

  /** Takes code and names from a failure, and none of its texts: they quote row values. */
  public TargetFault judge(SQLException failure) {
    String code = failure.getSQLState() == null ? "" : failure.getSQLState();
    Line line = of(code);
    Optional<ServerErrorMessage> server =
        failure instanceof PSQLException fromServer
            ? Optional.ofNullable(fromServer.getServerErrorMessage())
            : Optional.empty();
    return new TargetFault(
        line.verdict(),
        matter(code),
        code,
        named(server, ServerErrorMessage::getConstraint),
        server.map(VerdictTable::table).orElse(""),
        named(server, ServerErrorMessage::getColumn),
        line.summary() + ": " + line.reason(),
        line.lost());
  }

  private Matter matter(String code) {
    if (code.equals("42501")) {
      return Matter.RIGHTS;
    }
    if (collisions.contains(code)) {
      return Matter.COLLISION;
    }
    return code.startsWith("42") || code.startsWith("3F")
        ? Matter.DEFINITION
        : code.startsWith("40") ? Matter.CONTENTION : Matter.OTHER;
  }

  private static String named(
      Optional<ServerErrorMessage> server, Function<ServerErrorMessage, String> name) {
    return server.map(name).orElse("");
  }

  private static String table(ServerErrorMessage server) {
    if (server.getTable() == null) {
      return "";
    }
    String schema = server.getSchema() == null ? "" : server.getSchema();
    return TableName.of(schema, server.getTable()).toString();
  }
}
