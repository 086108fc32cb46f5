package dev.belay.testkit.mysql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.mysql.MySQLContainer;

/**
 * A MySQL server of a version that only containers have now. Whoever uses it brings {@code
 * testcontainers-mysql}. One thread at a time.
 */
public final class MySqlContainer implements AutoCloseable {

  /** The versions before {@link Product#MYSQL}. */
  public enum Version {
    V5_7("mysql:5.7.44"),
    V8_0("mysql:8.0.43");

    private final String image;

    Version(String image) {
      this.image = image;
    }
  }

  private static final String SUPERUSER = "root";

  private final MySQLContainer container;

  private MySqlContainer(MySQLContainer container) {
    this.container = container;
  }

  /** Why no container can run on this machine; empty if one can. */
  public static Optional<String> obstacle() {
    return DockerClientFactory.instance().isDockerAvailable()
        ? Optional.empty()
        : Optional.of(
            "no Docker engine answers, so old versions of MySQL cannot run in containers");
  }

  /**
   * Starts one, with the settings that {@link MySqlServer} has too, and returns when it takes
   * connections.
   */
  public static MySqlContainer start(Version version) {
    MySQLContainer container = new MySQLContainer(version.image);
    container.withUsername(SUPERUSER);
    container.withCommand(
        "--character-set-server=utf8mb4", "--default-time-zone=+00:00", "--skip-log-bin");
    container.start();
    return new MySqlContainer(container);
  }

  /** Without user and password. */
  public String jdbcUrl(String database) {
    // Without TLS, which the oldest ones know in versions only that Java has given up.
    return Product.MYSQL.scheme()
        + "://"
        + container.getHost()
        + ":"
        + container.getMappedPort(MySQLContainer.MYSQL_PORT)
        + "/"
        + database
        + "?sslMode=DISABLED&allowPublicKeyRetrieval=true";
  }

  /** Who may do everything. */
  public String superuser() {
    return SUPERUSER;
  }

  /** The superuser's. */
  public String password() {
    return container.getPassword();
  }

  /** A new connection of the superuser, in no database. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl(""), SUPERUSER, password());
  }

  /** Stops it, and deletes its data. */
  @Override
  public void close() {
    container.stop();
  }
}
