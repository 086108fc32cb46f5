package dev.belay.sink.target.oracle;

import dev.belay.sink.target.SessionLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** What an apply session sets; an ordinary user may set it all. */
final class SessionSettings {

  /** What a user's trigger asks to know whether Belay writes: the session's action. */
  static final String ACTION = "belay_apply";

  static final String GUARD = "SYS_CONTEXT('USERENV', 'ACTION') = '" + ACTION + "'";

  /** Bytes of a module's name in the list of sessions. */
  private static final int LONGEST_MODULE = 48;

  static final String NAME_THE_SESSION = "BEGIN DBMS_APPLICATION_INFO.SET_MODULE(?, ?); END;";

  private SessionSettings() {}

  /**
   * Texts are compared by their bytes, and messages are in the language that the verdicts know.
   * Dates and numbers are bound as such; their formats are set for what triggers do.
   */
  static List<String> statements(SessionLimits limits) {
    return List.of(
        "ALTER SESSION SET NLS_LANGUAGE = 'AMERICAN'",
        "ALTER SESSION SET NLS_TERRITORY = 'AMERICA'",
        "ALTER SESSION SET NLS_CALENDAR = 'GREGORIAN'",
        "ALTER SESSION SET NLS_COMP = 'BINARY'",
        "ALTER SESSION SET NLS_SORT = 'BINARY'",
        "ALTER SESSION SET TIME_ZONE = '+00:00'",
        "ALTER SESSION SET DDL_LOCK_TIMEOUT = " + seconds(limits.lockWait()));
  }

  static void apply(Connection connection, SessionLimits limits) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements(limits)) {
        statement.execute(sql);
      }
    }
    try (PreparedStatement name = connection.prepareStatement(NAME_THE_SESSION)) {
      String module = limits.applicationName();
      name.setString(1, module.substring(0, Math.min(LONGEST_MODULE, module.length())));
      name.setString(2, ACTION);
      name.execute();
    }
  }

  /** At least one: zero would mean at once, or for ever. */
  static long seconds(Duration duration) {
    return Math.max(1, duration.plusMillis(999).toSeconds());
  }
}
