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
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * TLS to real servers, with the drivers' settings as the guide names them: what {@code
 * target.jdbc.} passes on.
 */
class MySqlTlsIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Map<Product, MySqlServer> SERVERS = new EnumMap<>(Product.class);

  @TempDir static Path dir;
  private static Authority authority;
  private static Authority.Identity client;
  private static Map<String, String> shown;

  @BeforeAll
  static void makeAuthority() throws Exception {
    authority = Authority.create(dir.resolve("ca"));
    client = authority.issue("belay_client");
    shown = MySqlServer.tls(authority, dir);
  }

  @AfterAll
  static void closeServers() {
    SERVERS.values().forEach(MySqlServer::close);
    SERVERS.clear();
  }

  /** One that shows a certificate of the authority. */
  private static MySqlServer server(Product product) throws Exception {
    Fetched.assume(product);
    MySqlServer server = SERVERS.get(product);
    if (server == null) {
      server = MySqlServer.start(product, shown);
      SERVERS.put(product, server);
    }
    return server;
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aServerThatShowsACertificateOfTheAuthorityForItsNameIsTaken(Product product)
      throws Exception {
    MySqlServer server = server(product);
    sql(server, "CREATE USER anybody");
    assertThat(protocol(server, "anybody", verifying(product))).startsWith("TLSv1.");
    // what the guide says of MariaDB's driver: without a word it asks for no TLS
    assertThat(protocol(server, "anybody", Map.of()).isEmpty()).isEqualTo(product.isMariaDb());
  }

  @ParameterizedTest
  @EnumSource(
      value = Product.class,
      names = {"MYSQL", "MARIADB"})
  void aCertificateThatTheAuthorityHasNotSignedIsRefused(Product product) throws Exception {
    MySqlServer server = server(product);
    Path file = dir.resolve("other-" + product.name());
    Authority other = Authority.create(file);
    Map<String, String> settings = verifying(product);
    if (product.isMariaDb()) {
      settings.put("serverSslCert", other.certificate().toString());
    } else {
      settings.put(
          "trustCertificateKeyStoreUrl", other.issue("trusting").keyStore().toUri().toString());
    }
    assertThat(refusal(server, "nobody", settings).code()).startsWith("08");
  }

  @ParameterizedTest
  @EnumSource(
      value = Product.class,
      names = {"MYSQL", "MARIADB"})
  void aCertificateForAnotherNameIsRefused(Product product) throws Exception {
    Fetched.assume(product);
    Path own = Files.createDirectory(dir.resolve("elsewhere-" + product.name()));
    Map<String, String> settings = new HashMap<>(shown);
    // the client's is of the authority, and for no name of this machine
    settings.put(
        "ssl-cert", Files.writeString(own.resolve("e.pem"), client.certificate()).toString());
    settings.put("ssl-key", Files.writeString(own.resolve("e.key"), client.key()).toString());
    try (MySqlServer server = MySqlServer.start(product, settings)) {
      assertThat(refusal(server, "nobody", verifying(product)).code()).startsWith("08");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Product.class,
      names = {"MYSQL", "MARIADB"})
  void aUserWhoNeedsACertificateLogsInWithOneOnly(Product product) throws Exception {
    MySqlServer server = server(product);
    sql(server, "CREATE USER certified REQUIRE X509");
    Map<String, String> settings = verifying(product);
    assertThat(refusal(server, "certified", settings).code()).isEqualTo("1045");

    if (product.isMariaDb()) {
      settings.put("keyStore", client.keyStore().toString());
      settings.put("keyStorePassword", Authority.PASSWORD);
      settings.put("keyStoreType", "PKCS12");
    } else {
      settings.put("clientCertificateKeyStoreUrl", client.keyStore().toUri().toString());
      settings.put("clientCertificateKeyStorePassword", Authority.PASSWORD);
      settings.put("clientCertificateKeyStoreType", "PKCS12");
    }
    assertThat(protocol(server, "certified", settings)).startsWith("TLSv1.");
  }

  /** The server insists, and the connector is told to go without. */
  @ParameterizedTest
  @EnumSource(
      value = Product.class,
      names = {"MYSQL", "MARIADB"})
  void aConnectionInTheClearIsRefusedByAServerThatTakesNone(Product product) throws Exception {
    MySqlServer server = server(product);
    // MySQL tells strangers nothing, not even this
    sql(server, "CREATE USER plain");
    String plain = product.isMariaDb() ? "disable" : "DISABLED";
    try (Connection owner = server.connect();
        Statement statement = owner.createStatement()) {
      statement.execute("SET GLOBAL require_secure_transport = ON");
      try {
        TargetFault fault = refusal(server, "plain", Map.of("sslMode", plain));
        assertThat(fault.code()).isEqualTo("3159");
        assertThat(fault.describe()).contains("encrypted", "sslMode");
      } finally {
        statement.execute("SET GLOBAL require_secure_transport = OFF");
      }
    }
  }

  /** The settings of the guide. */
  private static Map<String, String> verifying(Product product) {
    Map<String, String> settings = new HashMap<>();
    if (product.isMariaDb()) {
      settings.put("sslMode", "verify-full");
      settings.put("serverSslCert", authority.certificate().toString());
    } else {
      settings.put("sslMode", "VERIFY_IDENTITY");
      settings.put("trustCertificateKeyStoreUrl", client.keyStore().toUri().toString());
      settings.put("trustCertificateKeyStorePassword", Authority.PASSWORD);
      settings.put("trustCertificateKeyStoreType", "PKCS12");
    }
    return settings;
  }

  /** Of TLS; empty for none. */
  private static String protocol(MySqlServer server, String user, Map<String, String> settings)
      throws SQLException {
    try (Connection connection = connect(server, user, settings);
        Statement statement = connection.createStatement();
        ResultSet status = statement.executeQuery("SHOW STATUS LIKE 'Ssl_version'")) {
      assertThat(status.next()).isTrue();
      return status.getString(2);
    }
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
