package dev.belay.testkit.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.testkit.standin.proxy.Tls;
import dev.belay.testkit.tls.Authority;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A secure cluster: encrypted connections, certificates of users, and passwords. */
class TlsIT {

  @TempDir static Path dir;
  private static Authority authority;
  private static Authority.Identity root;
  private static Authority.Identity server;
  private static Authority.Identity stranger;
  private static StandIn standIn;

  @BeforeAll
  static void start() throws Exception {
    authority = Authority.create(dir.resolve("ca"));
    server = authority.issue("node", "ip:127.0.0.1", "dns:localhost");
    root = authority.issue("root");
    stranger = Authority.create(dir.resolve("other")).issue("root");
    standIn = StandIn.builder().tls(new Tls(server.context(), false)).start();
    try (Connection connection = connect(standIn, "root", root);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE USER named WITH PASSWORD 'pass word'");
    }
  }

  @AfterAll
  static void stop() {
    standIn.close();
  }

  private static Properties properties(String user) {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("sslmode", "verify-full");
    properties.setProperty("sslrootcert", authority.certificate().toString());
    // Else pgjdbc looks for one in the home of whoever runs the test.
    properties.setProperty("sslcert", "");
    return properties;
  }

  private static Connection connect(StandIn to, String user, Authority.Identity identity)
      throws SQLException {
    Properties properties = properties(user);
    properties.setProperty("sslkey", identity.keyStore().toString());
    properties.setProperty("sslpassword", Authority.PASSWORD);
    return DriverManager.getConnection(to.url(), properties);
  }

  private static Connection connect(String user, String password) throws SQLException {
    Properties properties = properties(user);
    properties.setProperty("password", password);
    return DriverManager.getConnection(standIn.url(), properties);
  }

  private static String whoAmI(Connection connection) throws SQLException {
    try (connection;
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT current_user")) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void certificateOfTheUserLetsHimIn() throws Exception {
    assertThat(whoAmI(connect(standIn, "root", root))).isEqualTo("root");
    assertThatThrownBy(() -> connect(standIn, "named", root))
        .hasMessageContaining("certificate authentication failed for user \"named\"");
    assertThatThrownBy(() -> connect(standIn, "root", stranger)).isInstanceOf(SQLException.class);
  }

  @Test
  void userWithAPasswordMayShowACertificateInstead() throws Exception {
    assertThat(whoAmI(connect(standIn, "named", authority.issue("named")))).isEqualTo("named");
  }

  @Test
  void passwordLetsAUserIn() throws Exception {
    assertThat(whoAmI(connect("named", "pass word"))).isEqualTo("named");
    assertThatThrownBy(() -> connect("named", "wrong"))
        .hasMessageContaining("password authentication failed for user \"named\"");
  }

  @Test
  void plainConnectionIsRefused() {
    assertThatThrownBy(
            () -> DriverManager.getConnection(standIn.url() + "?sslmode=disable", "root", ""))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08P01"))
        .hasMessageContaining("node is running secure mode, SSL connection required");
  }

  @Test
  void clusterMayInsistOnCertificates() throws Exception {
    try (StandIn strict = StandIn.builder().tls(new Tls(server.context(), true)).start()) {
      assertThat(whoAmI(connect(strict, "root", root))).isEqualTo("root");
      assertThatThrownBy(() -> DriverManager.getConnection(strict.url(), properties("root")))
          .hasMessageContaining("no TLS peer certificates, but required for auth");
    }
  }

  @Test
  void largeRowsCrossTheEncryptedConnection() throws Exception {
    try (Connection connection = connect(standIn, "root", root);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT repeat('x', 300000) FROM generate_series(1, 10)")) {
      int rows = 0;
      while (row.next()) {
        assertThat(row.getString(1)).hasSize(300_000);
        rows++;
      }
      assertThat(rows).isEqualTo(10);
    }
  }
}
