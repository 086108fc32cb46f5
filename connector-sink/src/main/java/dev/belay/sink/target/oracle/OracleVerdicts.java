package dev.belay.sink.target.oracle;

import static dev.belay.sink.failure.Verdict.FATAL;
import static dev.belay.sink.failure.Verdict.POISON;

import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The verdict on each error number, {@code ORA-} of the server and of the driver; SQLSTATEs tell
 * too little here. The message gives names that stand before any value, and nothing else.
 */
final class OracleVerdicts {

  /**
   * @param code {@code ORA-00001}, the same with {@code n} for any digit at its end, or two
   *     characters of a SQLSTATE
   * @param lost whether the session is gone or of no use any more
   * @param summary what the code means
   * @param reason why this verdict
   */
  record Line(
      String code, Verdict verdict, Matter matter, boolean lost, String summary, String reason) {}

  /** They name another error, which is the cause, behind themselves; 2091 is of COMMIT. */
  private static final Set<Integer> WRAPPERS = Set.of(604, 2091, 12801);

  /** What RAISE_APPLICATION_ERROR of a trigger may use. */
  private static final int FIRST_OF_USERS = 20_000;

  private static final int LAST_OF_USERS = 20_999;

  private static final Pattern NUMBER = Pattern.compile("ORA-(\\d{5})");

  /** {@code unique constraint (SHOP.ORDERS_PK) violated}: names alone, and before any value. */
  private static final Pattern CONSTRAINT =
      Pattern.compile("^[^(\"']*\\(([^().\"]+)\\.([^()\"]+)\\)");

  /** {@code ("SHOP"."ORDERS"."TOTAL")}, {@code column "SHOP"."ORDERS"."NOTE"}. */
  private static final Pattern COLUMN =
      Pattern.compile("^[^\"']*\"([^\"]+)\"\\.\"([^\"]+)\"\\.\"([^\"]+)\"");

  /** {@code "NOTE": invalid identifier}. */
  private static final Pattern IDENTIFIER =
      Pattern.compile("^[^\"']*(?:\"[^\"]+\"\\.)*\"([^\"]+)\"");

  static final List<Line> TABLE = OracleErrors.TABLE;

  private static final Map<String, Line> BY_CODE =
      TABLE.stream().collect(Collectors.toUnmodifiableMap(Line::code, Function.identity()));

  /** Of the checkpoint's own tables. */
  private static final String OUR_SCHEMA = "BELAY";

  /** Two claims made the same row at once; the other's is there now. */
  static final Line RACE =
      new Line(
          "ORA-00001",
          Verdict.TRANSIENT,
          Matter.CONTENTION,
          false,
          "Checkpoint row made by another claim",
          "it is there now");

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

  private OracleVerdicts() {}

  static Line of(String code) {
    Line exact = BY_CODE.get(code);
    if (exact != null) {
      return exact;
    }
    if (!code.startsWith("ORA-")) {
      return code.length() == 5 ? BY_CODE.getOrDefault(code.substring(0, 2), UNKNOWN) : UNKNOWN;
    }
    int number = Integer.parseInt(code.substring(4));
    return number >= FIRST_OF_USERS && number <= LAST_OF_USERS ? BY_CODE.get("ORA-20nnn") : UNKNOWN;
  }

  /** Takes numbers and names from a failure, and none of its texts: they quote row values. */
  static TargetFault judge(SQLException failure) {
    Optional<OwnFault> own = own(failure);
    if (own.isPresent()) {
      return own.get().fault();
    }
    String message = failure.getMessage() == null ? "" : failure.getMessage();
    String code = code(failure, message);
    Optional<Matcher> constraint =
        isAboutConstraint(code) ? found(CONSTRAINT, from(message, code)) : Optional.empty();
    Line line =
        code.equals("ORA-00001")
                && constraint.filter(names -> names.group(1).equals(OUR_SCHEMA)).isPresent()
            ? RACE
            : of(failure, code);
    Optional<Matcher> column =
        line.verdict() == POISON && !line.code().equals("ORA-20nnn")
            ? found(COLUMN, from(message, code))
            : Optional.empty();
    return new TargetFault(
        line.verdict(),
        line.matter(),
        code,
        constraint.map(names -> names.group(2)).orElse(""),
        column.map(names -> names.group(1) + "." + names.group(2)).orElse(""),
        column.map(names -> names.group(3)).orElseGet(() -> identifier(code, message)),
        line.summary() + ": " + line.reason(),
        line.lost());
  }

  /** What the list does not have may still be known for a lost connection by the driver. */
  private static Line of(SQLException failure, String code) {
    Line line = of(code);
    boolean isOfTheConnection =
        failure instanceof SQLRecoverableException
            || failure instanceof SQLTransientConnectionException
            || String.valueOf(failure.getSQLState()).startsWith("08");
    return line == UNKNOWN && isOfTheConnection ? BY_CODE.get("08") : line;
  }

  /** A batch's failure may carry ours as its cause. */
  private static Optional<OwnFault> own(SQLException failure) {
    return failure instanceof OwnFault own ? Optional.of(own) : Optional.empty();
  }

  private static String code(SQLException failure, String message) {
    int number = failure.getErrorCode();
    if (WRAPPERS.contains(number)) {
      Matcher numbers = NUMBER.matcher(message);
      while (numbers.find()) {
        int next = Integer.parseInt(numbers.group(1));
        if (!WRAPPERS.contains(next)) {
          return text(next);
        }
      }
    }
    if (number > 0) {
      return text(number);
    }
    return failure.getSQLState() == null ? "" : failure.getSQLState();
  }

  private static String text(int number) {
    return String.format("ORA-%05d", number);
  }

  private static boolean isAboutConstraint(String code) {
    return switch (code) {
      case "ORA-00001", "ORA-02290", "ORA-02291", "ORA-02292" -> true;
      default -> false;
    };
  }

  /** The part of a message that begins with an error's number. */
  private static String from(String message, String code) {
    int at = message.indexOf(code + ":");
    return at < 0 ? "" : message.substring(at + code.length());
  }

  private static String identifier(String code, String message) {
    return code.equals("ORA-00904")
        ? found(IDENTIFIER, from(message, code)).map(name -> name.group(1)).orElse("")
        : "";
  }

  private static Optional<Matcher> found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher) : Optional.empty();
  }
}
