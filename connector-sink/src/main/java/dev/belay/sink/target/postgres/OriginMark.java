package dev.belay.sink.target.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Marks what a session writes with a replication origin, which logical decoding tells with each of
 * its transactions (invariant I7 NoEcho). An origin is for one session at a time, so each task has
 * names of its own, and more than one: a session that went silent may keep the first for a while.
 */
final class OriginMark {
  /** What every name of ours begins with; readers of the feed go by it. */
  static final String PREFIX = "belay_";

  /** Those that a task tries, one after another. */
  private static final int NAMES = 3;

  /** By name: their parameters differ between versions. Before 14 no GRANT is enough. */
  private static final String RIGHTS =
      "SELECT (current_setting('server_version_num')::int >= 140000"
          + " OR (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user))"
          + " AND bool_and(pg_catalog.has_function_privilege(oid, 'EXECUTE')) FROM pg_catalog.pg_proc"
          + " WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN"
          + " ('pg_replication_origin_oid', 'pg_replication_origin_create',"
          + " 'pg_replication_origin_session_setup', 'pg_replication_origin_session_is_setup',"
          + " 'pg_replication_origin_xact_setup')";

  private OriginMark() {}

  /**
   * The name of a session's origin.
   *
   * @param session as in the server's list of sessions
   * @param attempt 0 and up
   */
  static String name(String session, int attempt) {
    String own = session.startsWith("belay ") ? session.substring("belay ".length()) : session;
    return PREFIX + own.replaceAll("[^A-Za-z0-9_.-]", "_") + (attempt == 0 ? "" : "." + attempt);
  }

  /**
   * Marks the session, outside of a transaction.
   *
   * @throws OwnFault if that cannot be
   */
  static void set(Connection connection, String session) throws SQLException {
    for (int attempt = 0; attempt < NAMES; attempt++) {
      String name = name(session, attempt);
      try {
        create(connection, name);
        call(connection, "pg_replication_origin_session_setup", name);
        requireSet(connection);
        return;
      } catch (SQLException e) {
        if (!"55006".equals(e.getSQLState())) {
          throw known(e);
        }
      }
    }
    throw OwnFault.markInUse(name(session, 0), NAMES);
  }

  private static SQLException known(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return switch (state) {
      case "42501" -> OwnFault.markForbidden();
      case "53400", "55000" -> OwnFault.noRoomForMark();
      default -> e;
    };
  }

  private static void create(Connection connection, String name) throws SQLException {
    if (call(connection, "pg_replication_origin_oid", name)) {
      return;
    }
    try {
      call(connection, "pg_replication_origin_create", name);
    } catch (SQLException e) {
      // another worker was faster
      if (!"42710".equals(e.getSQLState()) && !"23505".equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  /** Whether the function gave anything but NULL. */
  private static boolean call(Connection connection, String function, String name)
      throws SQLException {
    try (PreparedStatement call =
        connection.prepareStatement("SELECT pg_catalog." + function + "(?)::text")) {
      call.setString(1, name);
      try (ResultSet row = call.executeQuery()) {
        return row.next() && row.getString(1) != null;
      }
    }
  }

  private static void requireSet(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT pg_catalog.pg_replication_origin_session_is_setup()")) {
      if (!row.next() || !row.getBoolean(1)) {
        throw OwnFault.markForbidden();
      }
    }
  }

  /**
   * Gives the transaction under way its time, which whoever reads the log takes for the time of its
   * commit: left alone it is that of the session's first, or none.
   */
  static void stamp(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT pg_catalog.pg_replication_origin_xact_setup('0/0', clock_timestamp())");
    }
  }

  /** Whether the user may call all that {@link #set} calls; leaves no trace. */
  static boolean isAllowed(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(RIGHTS)) {
      return row.next() && row.getBoolean(1);
    }
  }
}
