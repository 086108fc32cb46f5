package dev.belay.cli.verify;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
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
public record Endpoint(String url, String user, String password, Map<String, String> driver) {
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
  public Optional<Dialect> dialect() {
    if (url.startsWith(COCKROACH)) {
      return Optional.of(new CockroachDialect());
    } else if (url.startsWith(POSTGRES)) {
      return Optional.of(new PostgresDialect());
    }
    return url.startsWith("jdbc:mysql:") || url.startsWith("jdbc:mariadb:")
        ? Optional.of(new MySqlDialect())
        : Optional.empty();
  }

  /**
   * The database that a sink connector writes.
   *
   * @param config as it is POSTed, secrets put in
   */
  public static Endpoint ofSink(Map<String, String> config) {
    return new Endpoint(
        config.getOrDefault("target.connection.url", ""),
        config.getOrDefault("target.connection.user", ""),
        config.getOrDefault("target.connection.password", ""),
        driver(config, "target.jdbc."));
  }

  /**
   * The CockroachDB that a source connector reads.
   *
   * @param config as it is POSTed, secrets put in
   */
  public static Endpoint ofSource(Map<String, String> config) {
    return new Endpoint(
        // the connector knows it by its driver's name
        config.getOrDefault("source.connection.url", "").replaceFirst("^" + POSTGRES, COCKROACH),
        config.getOrDefault("source.connection.user", ""),
        config.getOrDefault("source.connection.password", ""),
        driver(config, "source.jdbc."));
  }

  private static Map<String, String> driver(Map<String, String> config, String prefix) {
    Map<String, String> driver = new HashMap<>();
    config.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            driver.put(key.substring(prefix.length()), value);
          }
        });
    return driver;
  }

  /** The same for another user, where one is given. */
  public Endpoint as(Optional<String> otherUser, Optional<String> otherPassword) {
    return new Endpoint(url, otherUser.orElse(user), otherPassword.orElse(password), driver);
  }

  /** A session that is prepared for reading, not in auto-commit. */
  public Connection open() throws SQLException {
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
    Connection session = connected(properties);
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

  private Connection connected(Properties properties) throws SQLException {
    String known = url.startsWith(COCKROACH) ? POSTGRES + url.substring(COCKROACH.length()) : url;
    try {
      return DriverManager.getConnection(known, properties);
    } catch (SQLException e) {
      // some texts have the whole URL in them; not chained, for they would be there again
      throw new SQLException(
          String.valueOf(e.getMessage()).replace(known, toString()), e.getSQLState());
    }
  }

  /** Without what may be a password: users and parameters. */
  @Override
  public String toString() {
    return url.replaceFirst("\\?.*", "").replaceFirst("//[^/]*@", "//");
  }
}
