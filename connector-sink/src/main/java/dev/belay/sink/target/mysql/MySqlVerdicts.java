package dev.belay.sink.target.mysql;

import static dev.belay.sink.failure.Verdict.FATAL;
import static dev.belay.sink.failure.Verdict.POISON;

import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.target.OrphanedRowsException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The verdict on each error number of the server; its SQLSTATEs tell too little. A failure without
 * a number comes from the driver, and is judged by the SQLSTATE that the driver gives it.
 */
final class MySqlVerdicts {

  /**
   * @param code the server's error number, or the driver's SQLSTATE or two characters of it
   * @param lost whether the session is gone or of no use any more
   * @param summary what the code means
   * @param reason why this verdict
   */
  record Line(
      String code, Verdict verdict, Matter matter, boolean lost, String summary, String reason) {}

  /** Names of columns where a message begins with one: a value cannot stand before it. */
  private static final Pattern COLUMN =
      Pattern.compile("^(?:\\(conn=\\d+\\) )?(?:Column|Field) '([^']+)'");

  /** The table and the name of a foreign key, which come without values. */
  private static final Pattern FOREIGN_KEY =
      Pattern.compile("\\(`((?:[^`]|``)+)`\\.`((?:[^`]|``)+)`, CONSTRAINT `((?:[^`]|``)+)`");

  /** The last quoted text: the value comes before it. */
  private static final Pattern KEY = Pattern.compile("for key '([^']+)'$");

  private static final Pattern CHECK =
      Pattern.compile("(?:Check constraint '([^']+)'|CONSTRAINT `([^`]+)` failed)");

  static final List<Line> TABLE = MySqlErrors.TABLE;

  private static final Map<String, Line> BY_CODE =
      TABLE.stream().collect(Collectors.toUnmodifiableMap(Line::code, Function.identity()));

  /**
   * Stopping loses nothing and hides nothing: trying again for ever, or skipping the record, might.
   */
  private static final Line UNKNOWN =
      new Line(
          "",
          FATAL,
          Matter.OTHER,
          false,
          "Error of an unknown kind",
          "neither the row nor the circumstances are known to be at fault");

  private MySqlVerdicts() {}

  static Line of(String code) {
    Line exact = BY_CODE.get(code);
    if (exact != null) {
      return exact;
    }
    boolean state = code.length() == 5;
    return state ? BY_CODE.getOrDefault(code.substring(0, 2), UNKNOWN) : UNKNOWN;
  }

  /** Takes numbers and names from a failure, and none of its texts: they quote row values. */
  static TargetFault judge(SQLException failure) {
    if (failure instanceof OwnFault own) {
      return own.fault();
    }
    if (failure instanceof OrphanedRowsException orphans) {
      return orphans.fault();
    }
    String code = code(failure);
    Line line = of(code);
    String message = message(failure);
    return new TargetFault(
        line.verdict(),
        line.matter(),
        code,
        constraint(code, message),
        table(code, message),
        line.verdict() == POISON || line.matter() == Matter.DEFINITION
            ? first(COLUMN.matcher(message))
            : "",
        line.summary() + ": " + line.reason(),
        line.lost());
  }

  private static String code(SQLException failure) {
    // the drivers refuse what is longer than the server takes, each with an exception of its own
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String name = cause.getClass().getSimpleName();
      if (name.equals("PacketTooBigException") || name.equals("MaxAllowedPacketException")) {
        return "1153";
      }
    }
    int number = failure.getErrorCode();
    String state = failure.getSQLState() == null ? "" : failure.getSQLState();
    // MariaDB's driver numbers the connections that it cannot make, and names them by their state
    return number > 0 && (BY_CODE.containsKey(Integer.toString(number)) || !state.startsWith("08"))
        ? Integer.toString(number)
        : state;
  }

  /** Without what MariaDB's driver puts before it: {@code (conn=12) }. */
  private static String message(SQLException failure) {
    String text = failure.getMessage() == null ? "" : failure.getMessage();
    return text.startsWith("(conn=") ? text.substring(text.indexOf(')') + 1).strip() : text;
  }

  private static String constraint(String code, String message) {
    return switch (code) {
      case "1062", "1586", "1859" -> {
        String key = first(KEY.matcher(message));
        // MySQL from 8.0.19 on puts the table before it
        yield key.substring(key.indexOf('.') + 1);
      }
      case "1452", "1451" -> {
        Matcher found = FOREIGN_KEY.matcher(message);
        yield found.find() ? found.group(3).replace("``", "`") : "";
      }
      case "3819", "4025" -> {
        Matcher found = CHECK.matcher(message);
        yield found.find() ? found.group(1) == null ? found.group(2) : found.group(1) : "";
      }
      default -> "";
    };
  }

  private static String table(String code, String message) {
    if (!code.equals("1452") && !code.equals("1451")) {
      return "";
    }
    Matcher found = FOREIGN_KEY.matcher(message);
    return found.find()
        ? TableName.of(found.group(1).replace("``", "`"), found.group(2).replace("``", "`"))
            .toString()
        : "";
  }

  private static String first(Matcher matcher) {
    return matcher.find() ? matcher.group(1) : "";
  }
}
