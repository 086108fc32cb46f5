package dev.belay.sink.target.cockroach;

import dev.belay.sink.target.SessionLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What an apply session sets; an ordinary user may set all of it. */
final class SessionSettings {

  /**
   * What a user's trigger asks to know whether Belay writes: {@code
   * current_setting('belay.applying', true) = 'on'}.
   */
  static final String GUARD = "belay.applying";

  private static final String HIDE = "disable_changefeed_replication";

  private SessionSettings() {}

  private static Map<String, String> of(SessionLimits limits) {
    Map<String, String> settings = new LinkedHashMap<>();
    // text forms that do not depend on the cluster, the user or the driver
    settings.put("client_encoding", "UTF8");
    settings.put("TimeZone", "UTC");
    settings.put("IntervalStyle", "postgres");
    settings.put("extra_float_digits", "3");
    settings.put("bytea_output", "hex");
    // what can be replayed by a whole transaction at once needs no weaker promise
    settings.put("default_transaction_isolation", "serializable");
    settings.put("lock_timeout", milliseconds(limits.lockWait()));
    settings.put("idle_in_transaction_session_timeout", milliseconds(limits.idleInTransaction()));
    settings.put("application_name", limits.applicationName());
    settings.put(GUARD, "on");
    return settings;
  }

  /** At least one: zero would mean "no limit". */
  private static String milliseconds(Duration duration) {
    return Math.max(1, duration.toMillis()) + "ms";
  }

  /** In one round trip; outside of a transaction, since ROLLBACK undoes settings. */
  static void apply(Connection connection, SessionLimits limits) throws SQLException {
    Map<String, String> settings = of(limits);
    String text =
        String.join(";\n", Collections.nCopies(settings.size(), "SELECT set_config(?, ?, false)"));
    try (PreparedStatement set = connection.prepareStatement(text)) {
      int parameter = 1;
      for (Map.Entry<String, String> setting : settings.entrySet()) {
        set.setString(parameter++, setting.getKey());
        set.setString(parameter++, setting.getValue());
      }
      set.execute();
    }
  }

  /**
   * Keeps what the session writes out of changefeeds (invariant I7 NoEcho), and looks whether that
   * is so.
   *
   * @throws OwnFault if it is not
   */
  static void hide(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET " + HIDE + " = true");
      try (ResultSet row = statement.executeQuery("SHOW " + HIDE)) {
        if (!row.next() || !row.getString(1).equals("on")) {
          throw OwnFault.notHidden();
        }
      }
    }
  }
}
