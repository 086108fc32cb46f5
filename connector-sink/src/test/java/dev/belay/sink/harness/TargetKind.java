package dev.belay.sink.harness;

import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import dev.belay.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/**
 * The database that the tests of this JVM write to, by the system property {@value #PROPERTY}.
 * Tests that any database runs are tagged {@code any-target}: again on MySQL by {@code mvn verify},
 * unless {@code when-asked}, and on MariaDB if {@code each-target} too. All others are for
 * PostgreSQL, or say what they are for.
 */
public enum TargetKind {
  POSTGRESQL,
  MYSQL,
  MARIADB,
  MARIADB_OLD,
  /** By its stand-in. */
  COCKROACHDB;

  public static final String PROPERTY = "belay.test.target";

  /** The one that was asked for; PostgreSQL if none was. */
  public static TargetKind ofThisRun() {
    String name = System.getProperty(PROPERTY, "");
    return name.isEmpty() ? POSTGRESQL : valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Starts a server that is gone without a trace when it is closed. */
  public DatabaseServer start() throws IOException {
    return start(Map.of());
  }

  /**
   * As {@link #start()}, for an audit that asks to which transaction a change belongs, which MySQL
   * and MariaDB tell in the performance schema only.
   *
   * @param connections that the server takes at most
   */
  public DatabaseServer startAudited(int connections) throws IOException {
    if (this == POSTGRESQL) {
      return start(Map.of("max_connections", Integer.toString(connections)));
    }
    return start(
        Map.of(
            "max-connections",
            Integer.toString(connections),
            "performance-schema",
            "ON",
            "performance-schema-instrument",
            "transaction=ON",
            "performance-schema-consumer-events-transactions-current",
            "ON",
            "performance-schema-digests-size",
            "0"));
  }

  private DatabaseServer start(Map<String, String> settings) throws IOException {
    hasServers();
    assumeAvailable();
    return this == POSTGRESQL
        ? PostgresServer.start(PostgresServer.Version.NEW, settings)
        : MySqlServer.start(Product.valueOf(name()), settings);
  }

  /** Skips what needs such a server where there can be none. */
  public void assumeAvailable() {
    if (this != POSTGRESQL && this != COCKROACHDB) {
      Fetched.assume(Product.valueOf(name()));
    }
  }

  private void hasServers() {
    if (this == COCKROACHDB) {
      throw new TestAbortedException(
          "the stand-in for CockroachDB is no server that can be stopped, killed and copied");
    }
  }

  /** Starts one of the oldest version of the database that Belay writes to. */
  public DatabaseServer startOldest() throws IOException {
    if (this == MARIADB) {
      Fetched.assume(Product.MARIADB_OLD);
    }
    assumeAvailable();
    return switch (this) {
      case POSTGRESQL -> PostgresServer.start(PostgresServer.Version.OLD);
      case MYSQL -> MySqlServer.start(Product.MYSQL); // older ones are in containers
      case MARIADB, MARIADB_OLD -> MySqlServer.start(Product.MARIADB_OLD);
      case COCKROACHDB -> start();
    };
  }

  /** Starts a server on data that outlive it. */
  public DatabaseServer start(Path dataDir) throws IOException {
    hasServers();
    assumeAvailable();
    return this == POSTGRESQL
        ? PostgresServer.start(PostgresServer.Version.NEW, dataDir, 0, false)
        : MySqlServer.start(Product.valueOf(name()), dataDir, 0, false);
  }
}
