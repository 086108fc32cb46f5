package dev.belay.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.postgres.PostgresServer;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the observer takes for granted must be true where the workload runs. */
class WorkloadIT {

  private static final int ROWS = 60;
  private static final long SEED = 11;
  private static final int TRANSACTIONS = 400;

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
  void noTransactionChangesTheSumOfBalancesOrSplitsAnOrderFromItsPayments() throws Exception {
    Shop shop = new Shop(ROWS, SEED, Workload.CLERKS);
    try (Connection connection = shopIn("invariants", shop)) {
      run(connection, shop, 0, TRANSACTIONS);

      assertThat(number(connection, "SELECT sum(balance) FROM accounts"))
          .isEqualByComparingTo(shop.sumOfBalances());
      assertThat(
              number(
                  connection,
                  "SELECT count(*) FROM orders o WHERE paid <> (SELECT coalesce(sum(amount), 0)"
                      + " FROM payments p WHERE p.order_id = o.id)"))
          .isEqualByComparingTo(BigDecimal.ZERO);
    }
  }

  @Test
  void rowsAreMadeChangedMovedAndDeleted() throws Exception {
    Shop shop = new Shop(ROWS, SEED, Workload.CLERKS);
    try (Connection connection = shopIn("kinds", shop);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE done (what text)");
      note(statement, "employees", "moved", "UPDATE", "WHEN (OLD.manager_id <> NEW.manager_id)");
      note(statement, "orders", "moved", "UPDATE", "WHEN (OLD.employee_id <> NEW.employee_id)");
      for (String table : Shop.TABLES) {
        for (String event : new String[] {"INSERT", "UPDATE", "DELETE"}) {
          note(statement, table, event, event, "");
        }
      }
      connection.commit();
      run(connection, shop, 0, TRANSACTIONS);

      try (ResultSet done = statement.executeQuery("SELECT DISTINCT what FROM done")) {
        Set<String> kinds = new HashSet<>();
        while (done.next()) {
          kinds.add(done.getString(1));
        }
        assertThat(kinds)
            .containsExactlyInAnyOrder(
                "employees INSERT",
                "employees UPDATE",
                "employees moved",
                "employees DELETE",
                "orders INSERT",
                "orders UPDATE",
                "orders moved",
                "orders DELETE",
                "payments INSERT",
                "payments DELETE",
                "accounts UPDATE");
      }
    }
  }

  /** Has each row's event written down. */
  private static void note(
      Statement statement, String table, String word, String event, String condition)
      throws SQLException {
    statement.execute(
        "CREATE FUNCTION note_"
            + table
            + word
            + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO done VALUES ('"
            + table
            + " "
            + word
            + "'); RETURN NULL; END $$");
    statement.execute(
        "CREATE TRIGGER note_"
            + word
            + " AFTER "
            + event
            + " ON "
            + table
            + " FOR EACH ROW "
            + condition
            + " EXECUTE FUNCTION note_"
            + table
            + word
            + "()");
  }

  @Test
  void theSameSeedLeadsToTheSameRowsInWhateverOrderClerksTakeTheirTurns() throws Exception {
    Shop shop = new Shop(ROWS, SEED, Workload.CLERKS);
    try (Connection one = shopIn("in_turn", shop);
        Connection other = shopIn("one_after_the_other", shop)) {
      Clerk[] clerks = new Clerk[Workload.CLERKS];
      for (int i = 0; i < clerks.length; i++) {
        clerks[i] = new Clerk(shop, i, SEED, Workload.Desk.ONLY);
      }
      Map<String, PreparedStatement> prepared = new HashMap<>();
      for (int turn = 0; turn < TRANSACTIONS; turn++) {
        for (Clerk clerk : clerks) {
          clerk.next().run(one, prepared);
        }
      }
      for (int i = 0; i < clerks.length; i++) {
        run(other, shop, i, TRANSACTIONS);
      }

      Comparer comparer = new Comparer(one, other, OldDatabase.POSTGRESQL);
      for (String table : Shop.TABLES) {
        assertThat(comparer.compare(table, "id").examples()).as(table).isEmpty();
      }
    }
  }

  private static void run(Connection connection, Shop shop, int number, int transactions)
      throws SQLException {
    Clerk clerk = new Clerk(shop, number, SEED, Workload.Desk.ONLY);
    Map<String, PreparedStatement> prepared = new HashMap<>();
    for (int i = 0; i < transactions; i++) {
      clerk.next().run(connection, prepared);
    }
  }

  private static Connection shopIn(String database, Shop shop) throws Exception {
    server.createDatabase(database);
    Connection connection = server.connect(database);
    Script.TABLES.run(connection);
    shop.fill(connection);
    return connection;
  }

  private static BigDecimal number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getBigDecimal(1);
    }
  }
}
