package dev.belay.sink;

import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.target.Target;
import dev.belay.sink.target.cockroach.CockroachTarget;
import dev.belay.sink.target.mysql.MySqlTarget;
import dev.belay.sink.target.oracle.OracleTarget;
import dev.belay.sink.target.postgres.PostgresTarget;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/** Which target and driver a JDBC URL asks for. */
enum Databases {
  POSTGRESQL("jdbc:postgresql:", "org.postgresql.Driver", "plugin") {
    @Override
    Target target() {
      return new PostgresTarget(false);
    }

    @Override
    Optional<Target> markingTarget() {
      return Optional.of(new PostgresTarget(true));
    }

    @Override
    Map<String, String> limits(Duration connecting, Duration lockWait) {
      String connect = seconds(connecting);
      return Map.of(
          "connectTimeout",
          connect,
          "loginTimeout",
          connect,
          "socketTimeout",
          seconds(longestAnswer(lockWait)),
          "tcpKeepAlive",
          "true");
    }
  },

  /** By pgjdbc, which knows it by PostgreSQL's URLs only. */
  COCKROACHDB("jdbc:cockroachdb:", "org.postgresql.Driver", "plugin") {
    @Override
    Target target() {
      return new CockroachTarget(false);
    }

    @Override
    Optional<Target> markingTarget() {
      return Optional.of(new CockroachTarget(true));
    }

    @Override
    String driverUrl(String url) {
      return POSTGRESQL.prefix + url.substring(prefix().length());
    }

    @Override
    Map<String, String> limits(Duration connecting, Duration lockWait) {
      return POSTGRESQL.limits(connecting, lockWait);
    }
  },

  MYSQL("jdbc:mysql:", "com.mysql.cj.jdbc.Driver", "driver-mysql") {
    @Override
    Target target() {
      return mySqlTarget(false);
    }

    @Override
    Target target(SinkConfig config) {
      return mySqlTarget(config.closesCircles());
    }

    @Override
    Map<String, String> limits(Duration connecting, Duration lockWait) {
      return inMillis(connecting, lockWait);
    }

    @Override
    List<String> objections(String url, Properties properties) {
      return new MySqlUrl(url, properties).objections();
    }
  },

  MARIADB("jdbc:mariadb:", "org.mariadb.jdbc.Driver", "driver-mariadb") {
    @Override
    Target target() {
      return mySqlTarget(false);
    }

    @Override
    Target target(SinkConfig config) {
      return mySqlTarget(config.closesCircles());
    }

    @Override
    void beforeDriver(ClassLoader loader) throws ClassNotFoundException {
      MariaDbLogging.silence(loader);
    }

    @Override
    Map<String, String> limits(Duration connecting, Duration lockWait) {
      return inMillis(connecting, lockWait);
    }

    @Override
    List<String> objections(String url, Properties properties) {
      return new MySqlUrl(url, properties).objections();
    }
  },

  ORACLE("jdbc:oracle:thin:", "oracle.jdbc.OracleDriver", "driver-oracle") {
    @Override
    Target target() {
      return new OracleTarget("");
    }

    @Override
    Target target(SinkConfig config) {
      return new OracleTarget(config.oracleEmptyString());
    }

    @Override
    Map<String, String> limits(Duration connecting, Duration lockWait) {
      return Map.of(
          "oracle.net.CONNECT_TIMEOUT",
          Long.toString(Math.max(1, connecting.toMillis())),
          "oracle.jdbc.ReadTimeout",
          Long.toString(longestAnswer(lockWait).toMillis()),
          "oracle.net.keepAlive",
          "true",
          // a server need not know the name of the worker's time zone (ORA-01882)
          "oracle.jdbc.timezoneAsRegion",
          "false",
          "oracle.jdbc.implicitStatementCacheSize",
          "50",
          "v$session.program",
          "belay");
    }

    @Override
    boolean showsPassword(String url) {
      return super.showsPassword(url) || ORACLE_PASSWORD_IN_URL.matcher(url).find();
    }
  };

  /** {@code jdbc:oracle:thin:user/password@host}. */
  private static final Pattern ORACLE_PASSWORD_IN_URL =
      Pattern.compile("^jdbc:oracle:thin:[^@/]+/[^@]*@");

  /**
   * As a parameter, as a key of a host's parentheses, or as other drivers have it: {@code
   * //user:password@host}.
   */
  private static final Pattern PASSWORD_IN_URL =
      Pattern.compile("(?i)[?&,(]\\s*[\\w.$]*password\\d?\\s*=|^[^/?]*//[^/?]*:[^/?]*@");

  private static final Duration MORE_THAN_ANY_STATEMENT = Duration.ofSeconds(120);
  private static final Duration WORK = Duration.ofSeconds(60);

  private final String prefix;
  private final String driver;
  private final String zip;

  /**
   * @param zip which of our zips has the driver, by the end of its name
   */
  Databases(String prefix, String driver, String zip) {
    this.prefix = prefix;
    this.driver = driver;
    this.zip = zip;
  }

  abstract Target target();

  /**
   * One that marks what it writes, so that the feed of the other direction leaves it out (invariant
   * I7 NoEcho); empty if there is none.
   */
  Optional<Target> markingTarget() {
    return Optional.empty();
  }

  /** What a connector of this database must not be started with; whole sentences. */
  Optional<String> markObjection(boolean wanted) {
    return wanted && markingTarget().isEmpty()
        ? Optional.of(
            "Is on, and what is written to a database of "
                + prefix
                + " is not marked: its changes would come back. Take the key away, or set it to off,"
                + " if nothing reads this database's changes for the other direction.")
        : Optional.empty();
  }

  final String prefix() {
    return prefix;
  }

  /** The URL as the driver knows it. */
  String driverUrl(String url) {
    return url;
  }

  /** The same, with what the configuration says of it. */
  Target target(SinkConfig config) {
    return markingTarget().filter(marking -> config.marksOrigin()).orElseGet(this::target);
  }

  /** Of both products: they differ in what the connection tells. */
  private static Target mySqlTarget(boolean closesCircles) {
    return new MySqlTarget(closesCircles);
  }

  /** What must be so before the driver's classes are used. */
  void beforeDriver(ClassLoader loader) throws ClassNotFoundException {
    // most are fit to be used as they are
  }

  /** What the driver is told about waiting, where the user does not say otherwise. */
  abstract Map<String, String> limits(Duration connecting, Duration lockWait);

  /**
   * What in the URL or in the driver's settings would harm, each as a sentence about it and how to
   * cure it; values are not quoted.
   */
  List<String> objections(String url, Properties properties) {
    return List.of();
  }

  /** Whether a URL has a password in it, for everybody to read. */
  boolean showsPassword(String url) {
    return PASSWORD_IN_URL.matcher(url).find();
  }

  /** Why the driver cannot be had, and what to do; empty if it can. */
  Optional<String> driverIsMissing() {
    try {
      driver();
      return Optional.empty();
    } catch (DriverMissingException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * The driver itself and not DriverManager, which looks through the class loaders of whoever else
   * lives in the worker. By name, since not every zip has every driver.
   */
  private Driver driver() throws DriverMissingException {
    try {
      beforeDriver(Databases.class.getClassLoader());
      return Class.forName(driver, true, Databases.class.getClassLoader())
          .asSubclass(Driver.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new DriverMissingException(
          "The driver of "
              + prefix
              + " ("
              + driver
              + ") is not in the plugin's folder. Unpack belay-connector-sink-"
              + Version.text()
              + "-"
              + zip
              + ".zip over the plugin's folder, on each worker, and restart the worker.");
    }
  }

  /** The plugin lacks the driver. Connecting again would not help. */
  private static final class DriverMissingException extends SQLException {
    private static final long serialVersionUID = 1;

    DriverMissingException(String message) {
      super(message, "08001");
    }
  }

  /**
   * A peer that vanished without a word answers nothing for ever; a statement may wait for locks
   * first, and still has its work to do then.
   */
  private static Duration longestAnswer(Duration lockWait) {
    Duration waitAndWork = lockWait.plus(WORK);
    return MORE_THAN_ANY_STATEMENT.compareTo(waitAndWork) > 0
        ? MORE_THAN_ANY_STATEMENT
        : waitAndWork;
  }

  /** Rounded up: what was asked for is never cut short, and 0 would mean for ever. */
  private static String seconds(Duration duration) {
    return Long.toString(Math.max(1, duration.plusMillis(999).toSeconds()));
  }

  /** As Connector/J and MariaDB's driver both have it. */
  private static Map<String, String> inMillis(Duration connecting, Duration lockWait) {
    return Map.of(
        "connectTimeout",
        Long.toString(Math.max(1, connecting.toMillis())),
        "socketTimeout",
        Long.toString(longestAnswer(lockWait).toMillis()),
        "tcpKeepAlive",
        "true");
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
    Connection connection = driver().connect(driverUrl(url), all);
    if (connection == null) {
      throw new SQLException("the driver does not take the URL", "08001");
    }
    return connection;
  }
}
