package dev.belay.sink.target.mysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a server says of itself.
 *
 * @param version major, minor and patch as one number: 8.0.19 is 80019, 10.11.6 is 101106
 * @param maxPacket bytes of the longest statement that it takes
 */
record ServerFacts(boolean mariaDb, int version, long maxPacket) {

  /**
   * What {@code VALUES(column)} was is said by an alias from here on; the old way is deprecated.
   */
  private static final int ROW_ALIAS = 80_019;

  /** Before anything is known: the least of all that is supported. */
  static final ServerFacts UNKNOWN = new ServerFacts(false, 50_700, 1 << 20);

  static ServerFacts of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT VERSION(), @@max_allowed_packet")) {
      row.next();
      String text = row.getString(1);
      return new ServerFacts(text.contains("MariaDB"), version(text), row.getLong(2));
    }
  }

  /** Of {@code 8.0.43-0ubuntu0.22.04.1}, {@code 10.11.6-MariaDB-log}. */
  static int version(String text) {
    int version = 0;
    int parts = 0;
    int number = 0;
    // MariaDB behind an old replication prefix calls itself 5.5.5-10.11.6-MariaDB
    String rest = text.startsWith("5.5.5-") ? text.substring(6) : text;
    for (int i = 0; i <= rest.length() && parts < 3; i++) {
      char c = i < rest.length() ? rest.charAt(i) : '.';
      if (c >= '0' && c <= '9') {
        number = number * 10 + (c - '0');
      } else {
        version = version * 100 + number;
        number = 0;
        parts++;
        if (c != '.') {
          break;
        }
      }
    }
    for (; parts < 3; parts++) {
      version *= 100;
    }
    return version;
  }

  boolean hasRowAlias() {
    return !mariaDb && version >= ROW_ALIAS;
  }

  /** Whether indexes may be over expressions, and the catalog says so. */
  boolean hasExpressionIndexes() {
    return !mariaDb && version >= 80_013;
  }

  /** Whether the catalog knows the reference system of a geometry column. */
  boolean hasReferenceSystems() {
    return !mariaDb && version >= 80_003;
  }
}
