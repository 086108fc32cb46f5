package dev.belay.sink;

import dev.belay.sink.target.Target;
import dev.belay.sink.target.postgres.PostgresTarget;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/** Which target and driver a JDBC URL asks for. */
enum Databases {
  POSTGRESQL("jdbc:postgresql:") {
    @Override
    Target target() {
      return new PostgresTarget();
    }

    @Override
    Driver driver() {
      return new org.postgresql.Driver();
    }

    @Override
    Map<String, String> limits(Duration connecting, Duration lockWait) {
      String connect = seconds(connecting);
      return Map.of(
          "connectTimeout",
          connect,
          "loginTimeout",
          connect,
          // a peer that vanished without a word answers nothing for ever; a statement may wait for
          // locks first, and still has its work to do then
          "socketTimeout",
          seconds(
              MORE_THAN_ANY_STATEMENT.compareTo(lockWait.plus(WORK)) > 0
                  ? MORE_THAN_ANY_STATEMENT
                  : lockWait.plus(WORK)),
          "tcpKeepAlive",
          "true");
    }

    @Override
    boolean showsPassword(String url) {
      return PASSWORD_IN_URL.matcher(url).find();
    }
  };

  /** As a parameter, or as the driver of other databases has it: {@code //user:password@host}. */
  private static final Pattern PASSWORD_IN_URL =
      Pattern.compile("(?i)[?&]password=|^[^/?]*//[^/?]*:[^/?]*@");

  private static final Duration MORE_THAN_ANY_STATEMENT = Duration.ofSeconds(120);
  private static final Duration WORK = Duration.ofSeconds(60);

  private final String prefix;

  Databases(String prefix) {
    this.prefix = prefix;
  }

  abstract Target target();

  /**
   * The driver itself and not DriverManager, which looks through the class loaders of whoever else
   * lives in the worker.
   */
  abstract Driver driver();

  /** What the driver is told about waiting, where the user does not say otherwise. */
  abstract Map<String, String> limits(Duration connecting, Duration lockWait);

  /** Whether a URL of this database has a password in it, for everybody to read. */
  abstract boolean showsPassword(String url);

  /** Rounded up: what was asked for is never cut short, and 0 would mean for ever. */
  private static String seconds(Duration duration) {
    return Long.toString(Math.max(1, duration.plusMillis(999).toSeconds()));
  }

  static Optional<Databases> of(String url) {
    for (Databases database : values()) {
      if (url.startsWith(database.prefix)) {
        return Optional.of(database);
      }
    }
    return Optional.empty();
  }

  static String known() {
    StringBuilder prefixes = new StringBuilder();
    for (Databases database : values()) {
      prefixes.append(prefixes.isEmpty() ? "" : ", ").append(database.prefix);
    }
    return prefixes.toString();
  }

  Connection connect(String url, Properties properties, Duration connecting, Duration lockWait)
      throws SQLException {
    Properties all = new Properties();
    all.putAll(limits(connecting, lockWait));
    all.putAll(properties);
    Connection connection = driver().connect(url, all);
    if (connection == null) {
      throw new SQLException("the driver does not take the URL", "08001");
    }
    return connection;
  }
}
