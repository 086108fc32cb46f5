package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.harness.Fetched;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import dev.belay.testkit.tls.Authority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * TLS to real servers, with the drivers' settings as the guide names them: what {@code
 * target.jdbc.} passes on.
 */
class MySqlTlsIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String USER = "belay";

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource(Product.class)
  void aServerThatShowsACertificateOfTheAuthorityForItsNameIsTaken(Product product)
      throws Exception {
    Fetched.assume(product);
    Authority authority = Authority.create(dir.resolve("ca"));
    try (MySqlServer server = MySqlServer.start(product, MySqlServer.tls(authority, dir))) {
      try (Connection connection = open(server, verifying(product, authority));
          Statement statement = connection.createStatement();
          ResultSet status = statement.executeQuery("SHOW STATUS LIKE 'Ssl_version'")) {
        assertThat(status.next()).isTrue();
        assertThat(status.getString(2)).startsWith("TLSv1.");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Product.class,
      names = {"MYSQL", "MARIADB"})
  void aCertificateOfSomebodyElseIsRefused(Product product) throws Exception {
    Fetched.assume(product);
    Authority authority = Authority.create(dir.resolve("ca"));
    Authority other = Authority.create(dir.resolve("other"));
    try (MySqlServer server = MySqlServer.start(product, MySqlServer.tls(authority, dir))) {
      assertThat(refusal(server, USER, verifying(product, other)).code()).startsWith("08");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Product.class,
      names = {"MYSQL", "MARIADB"})
  void aCertificateForAnotherNameIsRefused(Product product) throws Exception {
    Fetched.assume(product);
    Authority authority = Authority.create(dir.resolve("ca"));
    Map<String, String> settings = new HashMap<>(MySqlServer.tls(authority, dir));
    Authority.Identity elsewhere = authority.issue("elsewhere", "dns:elsewhere.invalid");
    settings.put(
        "ssl-cert", Files.writeString(dir.resolve("e.pem"), elsewhere.certificate()).toString());
    settings.put("ssl-key", Files.writeString(dir.resolve("e.key"), elsewhere.key()).toString());
    try (MySqlServer server = MySqlServer.start(product, settings)) {
      assertThat(refusal(server, USER, verifying(product, authority)).code()).startsWith("08");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Product.class,
      names = {"MYSQL", "MARIADB"})
  void aUserWhoNeedsACertificateLogsInWithOneOnly(Product product) throws Exception {
    Fetched.assume(product);
    Authority authority = Authority.create(dir.resolve("ca"));
    Map<String, String> known = verifying(product, authority);
    try (MySqlServer server = MySqlServer.start(product, MySqlServer.tls(authority, dir))) {
      sql(server, "CREATE USER " + USER + " REQUIRE X509");
      assertThat(refusal(server, USER, known).code()).isEqualTo("1045");

      String store = authority.issue("belay_client").keyStore().toString();
      if (product.isMariaDb()) {
        known.put("keyStore", store);
        known.put("keyStorePassword", Authority.PASSWORD);
        known.put("keyStoreType", "PKCS12");
      } else {
        known.put("clientCertificateKeyStoreUrl", Path.of(store).toUri().toString());
        known.put("clientCertificateKeyStorePassword", Authority.PASSWORD);
        known.put("clientCertificateKeyStoreType", "PKCS12");
      }
      try (Connection connection = connect(server, USER, known)) {
        assertThat(connection.isValid((int) LIMIT.toSeconds())).isTrue();
      }
    }
  }

  /** The server insists, and the connector is told to go without. */
  @ParameterizedTest
  @EnumSource(
      value = Product.class,
      names = {"MYSQL", "MARIADB"})
  void aConnectionInTheClearIsRefusedByAServerThatTakesNone(Product product) throws Exception {
    Fetched.assume(product);
    Authority authority = Authority.create(dir.resolve("ca"));
    try (MySqlServer server = MySqlServer.start(product, MySqlServer.tls(authority, dir))) {
      sql(server, "CREATE USER " + USER, "SET GLOBAL require_secure_transport = ON");
      TargetFault fault =
          refusal(server, USER, Map.of("sslMode", product.isMariaDb() ? "disable" : "DISABLED"));
      assertThat(fault.code()).isEqualTo("3159");
      assertThat(fault.describe()).contains("encrypted", "sslMode");
    }
  }

  /** What the guide says of MariaDB's driver: without a word it asks for no TLS. */
  @Test
  void mariaDbsDriverIsInTheClearUnlessToldOtherwise() throws Exception {
    Fetched.assume(Product.MARIADB);
    Authority authority = Authority.create(dir.resolve("ca"));
    try (MySqlServer server = MySqlServer.start(Product.MARIADB, MySqlServer.tls(authority, dir));
        Connection connection = open(server, Map.of());
        Statement statement = connection.createStatement();
        ResultSet status = statement.executeQuery("SHOW STATUS LIKE 'Ssl_version'")) {
      assertThat(status.next()).isTrue();
      assertThat(status.getString(2)).isEmpty();
    }
  }

  private static Map<String, String> verifying(Product product, Authority authority)
      throws Exception {
    Map<String, String> settings = new HashMap<>();
    if (product.isMariaDb()) {
      settings.put("sslMode", "verify-full");
      settings.put("serverSslCert", authority.certificate().toString());
    } else {
      settings.put("sslMode", "VERIFY_IDENTITY");
      settings.put(
          "trustCertificateKeyStoreUrl", authority.issue("trusting").keyStore().toUri().toString());
      settings.put("trustCertificateKeyStorePassword", Authority.PASSWORD);
      settings.put("trustCertificateKeyStoreType", "PKCS12");
    }
    return settings;
  }

  /** A user who may log in from anywhere, without a certificate. */
  private static Connection open(MySqlServer server, Map<String, String> settings)
      throws SQLException {
    sql(server, "CREATE USER " + USER);
    return connect(server, USER, settings);
  }

  private static TargetFault refusal(
      MySqlServer server, String user, Map<String, String> settings) {
    SQLException refused =
        catchThrowableOfType(SQLException.class, () -> connect(server, user, settings).close());
    return database(server).target().judge(refused);
  }

  private static Connection connect(MySqlServer server, String user, Map<String, String> settings)
      throws SQLException {
    Properties properties = new Properties();
    properties.putAll(settings);
    properties.setProperty("user", user);
    return database(server).connect(url(server), properties, LIMIT, LIMIT);
  }

  private static Databases database(MySqlServer server) {
    return Databases.of(url(server)).orElseThrow();
  }

  private static String url(MySqlServer server) {
    return server.product().scheme() + "://" + LoopbackPort.HOST + ":" + server.port() + "/";
  }

  private static void sql(MySqlServer server, String... statements) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      for (String text : statements) {
        statement.execute(text);
      }
    }
  }
}
