package dev.belay.sink.target.mysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * Marks what a session writes with a tag in its GTIDs, which the binlog carries with each of its
 * transactions (invariant I7 NoEcho). MySQL has tags from 8.3 on, MariaDB has none.
 */
final class GtidTag {
  /** The tag; readers of the feed go by it. */
  static final String TAG = "belay";

  private static final int FIRST_VERSION = 80_300;
  private static final String AUTOMATIC = "AUTOMATIC:" + TAG;

  private GtidTag() {}

  /**
   * Marks the session, outside of a transaction. It holds until the session ends.
   *
   * @throws OwnFault if that cannot be
   */
  static void set(Connection connection, ServerFacts facts) throws SQLException {
    if (facts.mariaDb() || facts.version() < FIRST_VERSION) {
      throw OwnFault.unmarked(
          "The server's GTIDs have no tags (origin.mark=on), which MySQL has from 8.3 on: what is"
              + " written would come back by the feed of the other direction. Take origin.mark away,"
              + " and do not run both directions at once");
    }
    try (Statement statement = connection.createStatement()) {
      if (!one(statement, "SELECT @@GLOBAL.gtid_mode").equals("ON")) {
        throw OwnFault.unmarked(
            "gtid_mode is not ON, so that nothing written can carry a tag (origin.mark=on). Set it,"
                + " with enforce_gtid_consistency=ON before");
      }
      tag(statement);
      if (!one(statement, "SELECT @@SESSION.gtid_next").equalsIgnoreCase(AUTOMATIC)) {
        throw OwnFault.unmarked(
            "The server does not keep the tag of the session's GTIDs (origin.mark=on). Connect to"
                + " it directly, without a pooler or proxy that changes sessions");
      }
    }
  }

  private static void tag(Statement statement) throws SQLException {
    try {
      statement.execute("SET SESSION gtid_next = '" + AUTOMATIC + "'");
    } catch (SQLException e) {
      if (e.getSQLState() != null && e.getSQLState().startsWith("08")) {
        throw e;
      }
      // the one thing left that a server of this version and mode can have against it
      throw OwnFault.unmarked(
          "The user may not mark what it writes (origin.mark=on; error "
              + e.getErrorCode()
              + "), so it would come back by the feed of the other direction. Run"
              + " config/sql/mysql/origin.sql, which grants the rights");
    }
  }

  private static String one(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getString(1).toUpperCase(Locale.ROOT) : "";
    }
  }
}
