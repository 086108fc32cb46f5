package dev.belay.testkit.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.belay.testkit.tls.Authority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class MySqlServerIT {

  private static final Logger LOG = LoggerFactory.getLogger(MySqlServerIT.class);

  @TempDir Path dir;

  private static void assumeThereIs(Product product) {
    Optional<String> obstacle = MySqlServer.obstacle(product);
    if (obstacle.isPresent()) {
      // Maven's summary leaves out why something is skipped
      LOG.warn("Skipped: {}", obstacle.get());
      abort(obstacle.get());
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void dataSurvivesStopAndCrash(Product product) throws Exception {
    assumeThereIs(product);
    Path data = dir.resolve("data");
    try (MySqlServer server =
        MySqlServer.start(product, data, 0, false, Map.of("lower-case-table-names", "0"))) {
      int port = server.port();
      server.createDatabase("Shop `one`");
      server.createDatabase("shop");
      execute(server, "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20))");
      assertThat(query(server, "SELECT version()")).matches(version(product));
      assertThat(query(server, "SELECT @@character_set_server")).isEqualTo("utf8mb4");
      assertThat(query(server, "SELECT @@time_zone")).isEqualTo("+00:00");
      assertThat(query(server, "SELECT @@sql_mode")).contains("STRICT_TRANS_TABLES");

      server.stop();
      assertThat(server.isAlive()).isFalse();
      server.restart();
      execute(server, "INSERT INTO t VALUES (1, 'Grüße 🚲')");

      server.kill9();
      assertThatThrownBy(server::connect).isInstanceOf(SQLException.class);
      server.restart();

      assertThat(server.port()).isEqualTo(port);
      assertThat(query(server, "SELECT name FROM t")).isEqualTo("Grüße 🚲");
      assertThat(server.logFile()).content().containsIgnoringCase("crash recovery");
    }
    try (MySqlServer durable = MySqlServer.start(product, data, 0, true)) {
      assertThat(query(durable, "SELECT @@innodb_flush_log_at_trx_commit")).isEqualTo("1");
    }
  }

  @Test
  void temporaryServerLeavesNothingBehind() throws Exception {
    assumeThereIs(Product.MARIADB);
    Path data;
    long pid;
    try (MySqlServer server = MySqlServer.start(Product.MARIADB)) {
      data = server.dataDir();
      pid = server.pid();
      assertThat(data).isDirectory();
    }
    assertThat(data.getParent()).doesNotExist();
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void portOfAnotherServerIsRefusedWithTheServersOwnWords(Product product) throws Exception {
    assumeThereIs(product);
    try (MySqlServer first = MySqlServer.start(product)) {
      assertThatThrownBy(() -> MySqlServer.start(product, dir.resolve("data"), first.port(), false))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Address already in use");
    }
  }

  @Test
  void frozenServerAnswersNobodyUntilItIsThawed() throws Exception {
    assumeThereIs(Product.MYSQL);
    try (MySqlServer server = MySqlServer.start(Product.MYSQL);
        Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      CountDownLatch answered = new CountDownLatch(1);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      server.freeze();
      Thread asking =
          new Thread(
              () -> {
                try {
                  statement.execute("SELECT 1");
                } catch (SQLException e) {
                  failure.set(e);
                }
                answered.countDown();
              });
      asking.start();
      assertThat(Files.readString(Path.of("/proc/" + server.pid() + "/stat"))).contains(") T ");
      assertThat(answered.getCount()).isOne();
      server.thaw();
      assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(failure.get()).isNull();

      server.freeze(); // which must not keep it from being closed
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void certificateOfTheAuthorityIsShown(Product product) throws Exception {
    assumeThereIs(product);
    Authority authority = Authority.create(dir.resolve("ca"));
    try (MySqlServer server = MySqlServer.start(product, MySqlServer.tls(authority, dir))) {
      String url =
          server.jdbcUrl("mysql")
              + (product.isMariaDb()
                  ? "?sslMode=verify-full&serverSslCert=" + authority.certificate()
                  : "?sslMode=VERIFY_IDENTITY&trustCertificateKeyStoreType=PKCS12"
                      + "&trustCertificateKeyStorePassword="
                      + Authority.PASSWORD
                      + "&trustCertificateKeyStoreUrl="
                      + authority.issue("client").keyStore().toUri());
      try (Connection connection = DriverManager.getConnection(url, server.superuser(), "");
          Statement statement = connection.createStatement();
          ResultSet status = statement.executeQuery("SHOW STATUS LIKE 'Ssl_version'")) {
        assertThat(status.next()).isTrue();
        assertThat(status.getString(2)).startsWith("TLS");
      }
    }
  }

  private static String version(Product product) {
    return switch (product) {
      case MYSQL -> "(9\\.|[1-9]\\d).*";
      case MARIADB -> "11\\.8\\..*MariaDB.*";
      case MARIADB_OLD -> "10\\.11\\..*MariaDB.*";
    };
  }

  private static void execute(MySqlServer server, String sql) throws SQLException {
    try (Connection connection = server.connect("shop");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(MySqlServer server, String sql) throws SQLException {
    try (Connection connection = server.connect("shop");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      assertThat(result.next()).isTrue();
      return result.getString(1);
    }
  }
}
