package dev.belay.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.Deadline;
import dev.belay.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An observer of a real database which somebody writes as a sink must not. */
class ObserverIT {

  private static final int ROWS = 60;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static PostgresServer server;

  @BeforeAll
  static void start() throws Exception {
    server = PostgresServer.start(PostgresServer.Version.NEW);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void countsEachFrontierOnceAndFindsNothingWrongInARightTarget() throws Exception {
    try (Connection writer = shop("right")) {
      Observer observer = observerOf("right");
      observer.start();
      for (String frontier : new String[] {"1.0000000000", "2.0000000000", "2.0000000000"}) {
        execute(
            writer,
            "INSERT INTO belay.belay_frontier (connector, frontier) VALUES ('failback', '"
                + frontier
                + "') ON CONFLICT (connector) DO UPDATE SET frontier = EXCLUDED.frontier");
        awaitReads(writer, 2);
      }
      Observer.Seen seen = observer.stop();

      assertThat(seen.frontiers()).isEqualTo(2);
      assertThat(seen.bad()).isZero();
      assertThat(seen.snapshots()).isPositive();
    }
  }

  @Test
  void findsHalfATransfer() throws Exception {
    assertThat(seenAfter("transfer", "UPDATE accounts SET balance = balance - 1 WHERE id = 1"))
        .contains("balances add up to 59999.00 instead of 60000.00");
  }

  @Test
  void findsAPaymentThatItsOrderDoesNotKnow() throws Exception {
    assertThat(
            seenAfter("payment", "DELETE FROM payments WHERE id = (SELECT min(id) FROM payments)"))
        .contains("orders that do not know their payments 1");
  }

  @Test
  void findsAChildWithoutItsParentThoughForeignKeysAreOff() throws Exception {
    assertThat(
            seenAfter(
                "orphan",
                "SET session_replication_role = replica; DELETE FROM employees WHERE id IN"
                    + " (SELECT employee_id FROM orders LIMIT 1)"))
        .doesNotContain("orders without employee 0")
        .contains("payments without order 0");
  }

  private static String seenAfter(String database, String damage) throws Exception {
    try (Connection writer = shop(database)) {
      Observer observer = observerOf(database);
      observer.start();
      execute(writer, damage);
      awaitReads(writer, 2);
      Observer.Seen seen = observer.stop();
      assertThat(seen.bad()).isPositive();
      return seen.firstBad().orElseThrow();
    }
  }

  private static Observer observerOf(String database) {
    return new Observer(
        Failback.CONNECTOR,
        new Shop(ROWS, 3, Workload.CLERKS).sumOfBalances(),
        () -> server.connect(database),
        new Alarm());
  }

  /** Until the observer has begun so many transactions from now on: it then has seen what is. */
  private static void awaitReads(Connection connection, int reads) {
    long[] last = {reads(connection)};
    int[] changes = {0};
    Deadline.in(LIMIT)
        .await(
            "the observer reads",
            () -> {
              long now = reads(connection);
              if (now > last[0]) {
                changes[0]++;
                last[0] = now;
              }
              return changes[0] > reads;
            });
  }

  /** When the observer's present or last query began, in microseconds; 0 before the first one. */
  private static long reads(Connection connection) {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT coalesce(max(extract(epoch FROM query_start) * 1000000), 0)::bigint"
                    + " FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND pid <> pg_backend_pid() AND query LIKE '%belay_frontier%'")) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Connection shop(String database) throws Exception {
    server.createDatabase(database);
    Connection connection = server.connect(database);
    Script.TABLES.run(connection);
    OldDatabase.POSTGRESQL.scripts().get(1).run(connection);
    new Shop(ROWS, 3, Workload.CLERKS).fill(connection);
    connection.setAutoCommit(true);
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
