package dev.belay.sink.target.mysql;

import dev.belay.sink.target.SessionLimits;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What an apply session sets, after the driver has set its own; an ordinary user may set it all.
 */
final class SessionSettings {

  /** What a user's trigger asks to know whether Belay writes. */
  static final String GUARD = "@belay_apply";

  /**
   * Strict, so that what does not fit is an error; zero is a number and no request for the next
   * one; and nothing of what cuts, pads or reads otherwise.
   */
  private static final Set<String> MODE =
      new LinkedHashSet<>(
          List.of(
              "STRICT_TRANS_TABLES",
              "STRICT_ALL_TABLES",
              "NO_ZERO_IN_DATE",
              "NO_ZERO_DATE",
              "ERROR_FOR_DIVISION_BY_ZERO",
              "NO_AUTO_VALUE_ON_ZERO",
              "NO_ENGINE_SUBSTITUTION"));

  /** How the driver writes texts hangs on it: it stays as the server has it. */
  private static final String BACKSLASHES = "NO_BACKSLASH_ESCAPES";

  private SessionSettings() {}

  /**
   * @throws OwnFault if the server took a setting otherwise
   */
  static void apply(Connection connection, SessionLimits limits, ServerFacts facts)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      Set<String> mode = new LinkedHashSet<>(MODE);
      if (modes(statement).contains(BACKSLASHES)) {
        mode.add(BACKSLASHES);
      }
      Map<String, String> settings = settings(limits, facts, mode);
      List<String> assignments = new ArrayList<>();
      settings.forEach((name, value) -> assignments.add("SESSION " + name + " = " + value));
      statement.execute("SET " + String.join(", ", assignments));
      statement.execute("SET " + GUARD + " = 1");
      if (!modes(statement).containsAll(mode) || modes(statement).size() != mode.size()) {
        throw OwnFault.setting(
            "The server does not take the session's sql_mode: strict it must be");
      }
      verify(statement);
    }
  }

  private static Map<String, String> settings(
      SessionLimits limits, ServerFacts facts, Set<String> mode) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("sql_mode", "'" + String.join(",", mode) + "'");
    settings.put("time_zone", "'+00:00'");
    settings.put("foreign_key_checks", "1");
    settings.put("unique_checks", "1");
    settings.put("sql_safe_updates", "0");
    settings.put("completion_type", "0");
    settings.put("innodb_lock_wait_timeout", seconds(limits.lockWait()));
    settings.put("lock_wait_timeout", seconds(limits.lockWait()));
    if (facts.mariaDb()) {
      settings.put("idle_transaction_timeout", seconds(limits.idleInTransaction()));
    } else {
      // it knows no other way to take the locks from a frozen worker
      settings.put("wait_timeout", seconds(limits.idleInTransaction()));
      // a long list of keys is looked up key by key, however long it is
      settings.put("range_optimizer_max_mem_size", "0");
    }
    return settings;
  }

  private static Set<String> modes(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT @@SESSION.sql_mode")) {
      row.next();
      Set<String> modes = new LinkedHashSet<>();
      for (String mode : row.getString(1).split(",")) {
        if (!mode.isEmpty()) {
          modes.add(mode.toUpperCase(Locale.ROOT));
        }
      }
      return modes;
    }
  }

  private static void verify(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT @@SESSION.character_set_client, @@SESSION.character_set_connection,"
                + " @@SESSION.time_zone, @@SESSION.foreign_key_checks")) {
      row.next();
      if (!row.getString(1).equals("utf8mb4") || !row.getString(2).equals("utf8mb4")) {
        throw OwnFault.setting(
            "The driver speaks "
                + row.getString(1)
                + " with the server, which cannot carry every character: leave characterEncoding"
                + " and connectionCollation out of target.connection.url and target.jdbc., or set"
                + " UTF-8");
      }
      if (!row.getString(3).equals("+00:00") || row.getInt(4) != 1) {
        throw OwnFault.setting("The server does not take the session's time_zone or checks");
      }
    }
  }

  /** At least one: zero would mean at once, or the default. */
  private static String seconds(Duration duration) {
    return Long.toString(Math.max(1, duration.plusMillis(999).toSeconds()));
  }
}
