package dev.belay.cli.verify;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Where a database is, and who asks it.
 *
 * @param url JDBC's, of one of the databases known
 * @param password empty for none
 * @param driver more properties for the driver
 */
record Endpoint(String url, String user, String password, Map<String, String> driver) {
  private static final String COCKROACH = "jdbc:cockroachdb:";
  private static final String POSTGRES = "jdbc:postgresql:";
  private static final String APPLICATION = "belay verify";

  private static final Map<String, String> PG_WIRE =
      Map.of(
          "ApplicationName", APPLICATION,
          "connectTimeout", "10",
          "tcpKeepAlive", "true");

  private static final Map<String, String> MYSQL =
      Map.of("connectTimeout", "10000", "tcpKeepAlive", "true");

  /** What the URL is of; empty if it is of none that can be compared. */
  Optional<Dialect> dialect() {
    if (url.startsWith(COCKROACH)) {
      return Optional.of(new CockroachDialect());
    } else if (url.startsWith(POSTGRES)) {
      return Optional.of(new PostgresDialect());
    }
    return url.startsWith("jdbc:mysql:") || url.startsWith("jdbc:mariadb:")
        ? Optional.of(new MySqlDialect())
        : Optional.empty();
  }

  /** A session that is prepared for reading, not in auto-commit. */
  Connection open() throws SQLException {
    Properties properties = new Properties();
    boolean speaksPgWire = url.startsWith(COCKROACH) || url.startsWith(POSTGRES);
    properties.putAll(speaksPgWire ? PG_WIRE : MYSQL);
    if (url.startsWith("jdbc:mysql:")) {
      // else the driver keeps all rows of an answer
      properties.setProperty("useCursorFetch", "true");
    }
    properties.putAll(driver);
    properties.setProperty("user", user);
    if (!password.isEmpty()) {
      properties.setProperty("password", password);
    }
    Connection session =
        DriverManager.getConnection(
            url.startsWith(COCKROACH) ? POSTGRES + url.substring(COCKROACH.length()) : url,
            properties);
    try {
      session.setAutoCommit(true);
      dialect().orElseThrow().prepare(session);
      session.setAutoCommit(false);
      return session;
    } catch (SQLException e) {
      session.close();
      throw e;
    }
  }

  /** Without what may be a password: users and parameters. */
  @Override
  public String toString() {
    return url.replaceFirst("\\?.*", "").replaceFirst("//[^/]*@", "//");
  }
}
