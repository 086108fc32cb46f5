package dev.belay.sink.target.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.sink.failure.Verdict;
import dev.belay.sink.harness.Fetched;
import dev.belay.sink.target.SessionLimits;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a marking session writes is told apart in the binlog (invariant I7 NoEcho). */
class GtidTagIT {
  private static final Path SCRIPT = Path.of("..", "config", "sql", "mysql", "origin.sql");
  private static final SessionLimits LIMITS =
      new SessionLimits(Duration.ofSeconds(20), Duration.ofSeconds(5), "belay shop 0");

  private MySqlServer server;
  private Connection owner;

  @BeforeEach
  void open() throws Exception {
    Fetched.assume(Product.MYSQL);
    server =
        MySqlServer.start(
            Product.MYSQL,
            Map.of("log-bin", "binlog", "gtid-mode", "ON", "enforce-gtid-consistency", "ON"));
    owner = server.connect();
    sql(
        "CREATE DATABASE shop",
        "CREATE TABLE shop.t (id int PRIMARY KEY)",
        "CREATE USER 'belay'@'%' IDENTIFIED BY 'of a test'",
        "GRANT SELECT, INSERT ON shop.* TO 'belay'@'%'");
  }

  @AfterEach
  void close() throws SQLException {
    if (server != null) { // null: skipped for want of a server
      owner.close();
      server.close();
    }
  }

  private void sql(String... statements) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private void grant() throws Exception {
    String text =
        Files.readString(SCRIPT, StandardCharsets.UTF_8)
            .replaceAll("(?m)^--.*$", "")
            .replace("BELAY_USER", "belay");
    for (String statement : text.split(";")) {
      if (!statement.isBlank()) {
        sql(statement);
      }
    }
  }

  private Connection session(boolean marks) throws SQLException {
    Connection connection =
        DriverManager.getConnection(server.jdbcUrl("shop"), "belay", "of a test");
    try {
      MySqlTarget target = new MySqlTarget(false, marks);
      target.prepare(connection, LIMITS);
      target.mark(connection, LIMITS.applicationName());
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static void insert(Connection connection, int id) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO shop.t VALUES (" + id + ")");
      connection.commit();
    }
  }

  private String executed() throws SQLException {
    try (Statement statement = owner.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@GLOBAL.gtid_executed")) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void everyTransactionOfAMarkingSessionHasTheTag() throws Exception {
    grant();
    try (Connection plain = session(false);
        Connection marking = session(true)) {
      insert(plain, 1);
      assertThat(executed()).doesNotContain(GtidTag.TAG);
      insert(marking, 2);
      insert(marking, 3);
      marking.rollback();
      insert(marking, 4);
    }
    assertThat(executed()).contains(":" + GtidTag.TAG + ":1-3");
  }

  @Test
  void missingRightsAreToldWithTheScriptThatGrantsThem() throws Exception {
    MySqlTarget target = new MySqlTarget(false, true);
    OwnFault forbidden = catchThrowableOfType(OwnFault.class, () -> session(true));
    assertThat(target.judge(forbidden).verdict()).isEqualTo(Verdict.FATAL);
    assertThat(forbidden.getMessage()).contains("config/sql/mysql/origin.sql");
    try (Connection plain = session(false)) {
      target.prepare(plain, LIMITS);
      assertThat(target.whyUnmarked(plain).orElseThrow()).contains("origin.sql");
    }
    grant();
    try (Connection plain = session(false)) {
      target.prepare(plain, LIMITS);
      assertThat(target.whyUnmarked(plain)).isEmpty();
    }
  }

  @Test
  void serverWithoutGtidsIsRefused() throws Exception {
    grant();
    sql("SET GLOBAL gtid_mode = ON_PERMISSIVE");
    assertThat(catchThrowableOfType(OwnFault.class, () -> session(true)).getMessage())
        .contains("gtid_mode");
  }
}
