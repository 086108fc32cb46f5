package dev.belay.testkit.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.proxy.ConnectionFaults;
import dev.belay.testkit.standin.proxy.ConnectionFaults.Moment;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that break, and statements that fail, when they are told to. */
class ConnectionFaultsIT {

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;
  private static ConnectionFaults faults;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    standIn = StandIn.start();
    faults = standIn.connections();
    standIn.execute("CREATE TABLE t (id INT PRIMARY KEY)");
  }

  @AfterEach
  void behave() {
    faults.clear();
    faults.refuse(false);
    faults.delay(Duration.ZERO);
    faults.dropIdle(Duration.ZERO);
  }

  @AfterAll
  static void stop() {
    standIn.close();
    kafka.close();
  }

  private static Connection connect(String mode) throws SQLException {
    return DriverManager.getConnection(
        standIn.url() + "?preferQueryMode=" + mode, StandIn.USER, "");
  }

  private static int count(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getInt(1);
    }
  }

  private static String feed() {
    return "CREATE CHANGEFEED FOR t INTO 'kafka://" + kafka.bootstrapServers() + "'";
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void connectionIsCutBeforeOrAfterAJobWasMade(String mode) throws Exception {
    int before = standIn.jobs().size();
    faults.cutNext("create changefeed", Moment.BEFORE);
    assertThatThrownBy(() -> run(mode, feed())).isInstanceOf(SQLException.class);
    assertThat(standIn.jobs()).hasSize(before);

    faults.cutNext("CREATE CHANGEFEED", Moment.AFTER);
    assertThatThrownBy(() -> run(mode, feed())).isInstanceOf(SQLException.class);
    assertThat(standIn.jobs()).hasSize(before + 1);
    run(mode, feed());
    assertThat(standIn.jobs()).hasSize(before + 2);
    standIn.jobs().stream().skip(before).forEach(job -> standIn.cancel(job.id()));
  }

  private static void run(String mode, String sql) throws SQLException {
    try (Connection connection = connect(mode);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void ordinaryStatementIsDoneBeforeTheCut(String mode) throws Exception {
    standIn.execute("TRUNCATE t");
    faults.cutNext("INSERT INTO t", Moment.AFTER);
    assertThatThrownBy(() -> run(mode, "INSERT INTO t VALUES (1)"))
        .isInstanceOf(SQLException.class);
    try (Connection connection = connect(mode);
        Statement statement = connection.createStatement()) {
      assertThat(count(statement, "SELECT count(*) FROM t")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void statementsFailAsOftenAsTold(String mode) throws Exception {
    try (Connection connection = connect(mode);
        Statement statement = connection.createStatement()) {
      String query = "SELECT count(*) FROM [SHOW CHANGEFEED JOBS]";
      int jobs = count(statement, query);
      faults.failNext("show changefeed jobs", "40001", "restart transaction: 'so told'", 2);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> count(statement, query))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"))
            .hasMessageContaining("restart transaction: 'so told'");
      }
      assertThat(count(statement, query)).isEqualTo(jobs);
    }
  }

  /** The driver sends BEGIN and what follows at once. */
  @Test
  void statementThatBeginsATransactionFailsAndTheSessionGoesOn() throws Exception {
    try (Connection connection = connect("extended");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      faults.failNext("select 41", "40001", "restart transaction", 1);
      assertThatThrownBy(() -> statement.executeQuery("SELECT 41"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("restart transaction");
      connection.rollback();
      assertThat(count(statement, "SELECT 42")).isEqualTo(42);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void commitIsDoneThoughItsClientIsToldThatItFailed(String mode) throws Exception {
    String table = "ambiguous_" + mode;
    run(mode, "CREATE TABLE " + table + " (id INT PRIMARY KEY)");
    try (Connection connection = connect(mode);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO " + table + " VALUES (1)");
      faults.failNext("commit", "40003", "result is ambiguous", 1, Moment.AFTER);
      assertThatThrownBy(connection::commit)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40003"));
      connection.rollback();
      assertThat(count(statement, "SELECT count(*) FROM " + table)).isEqualTo(1);
    }
  }

  @Test
  void preparedStatementWithParametersFailsToo() throws Exception {
    try (Connection connection =
            DriverManager.getConnection(standIn.url() + "?prepareThreshold=1", StandIn.USER, "");
        PreparedStatement query = connection.prepareStatement("SELECT ?::int + ?::int")) {
      for (int i = 1; i <= 6; i++) {
        query.setInt(1, i);
        query.setInt(2, i);
        if (i % 2 == 0) {
          faults.failNext("::int", "57014", "not now", 1);
          assertThatThrownBy(query::executeQuery).hasMessageContaining("not now");
        } else {
          try (ResultSet row = query.executeQuery()) {
            row.next();
            assertThat(row.getInt(1)).isEqualTo(2 * i);
          }
        }
      }
    }
  }

  @Test
  void allConnectionsAreCutAtOnce() throws Exception {
    try (Connection one = connect("extended");
        Connection two = connect("extended")) {
      faults.cutAll();
      assertThat(one.isValid(5)).isFalse();
      assertThat(two.isValid(5)).isFalse();
    }
    try (Connection next = connect("extended")) {
      assertThat(next.isValid(5)).isTrue();
    }
  }

  @Test
  void newConnectionsAreRefusedForAWhile() throws Exception {
    try (Connection old = connect("extended")) {
      faults.refuse(true);
      assertThatThrownBy(() -> connect("extended")).isInstanceOf(SQLException.class);
      assertThat(old.isValid(5)).isTrue();
      faults.refuse(false);
      connect("extended").close();
    }
  }

  @Test
  void idleConnectionsAreDropped() throws Exception {
    try (Connection busy = connect("extended");
        Statement statement = busy.createStatement();
        Connection idle = connect("extended");
        Statement asleep = idle.createStatement()) {
      faults.dropIdle(Duration.ofMillis(300));
      await()
          .until(
              () -> {
                statement.execute("SELECT 1");
                return !isAlive(asleep);
              });
      statement.execute("SELECT 1");
    }
  }

  /** Asks the server by way of another session: asking the idle one itself would wake it. */
  private static boolean isAlive(Statement session) throws SQLException {
    int pid = session.getConnection().unwrap(org.postgresql.PGConnection.class).getBackendPID();
    try (Connection connection = connect("simple");
        Statement statement = connection.createStatement()) {
      return count(statement, "SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid) > 0;
    }
  }

  @Test
  void answersAreSlow() throws Exception {
    try (Connection connection = connect("simple");
        Statement statement = connection.createStatement()) {
      faults.delay(Duration.ofMillis(200));
      long start = System.nanoTime();
      statement.execute("SELECT 1");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(190));
    }
  }
}
