package dev.belay.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two real databases with the shop's first rows; then somebody tampers with one of them. */
class ComparerIT {

  private static final int ROWS = 60;

  private static PostgresServer server;
  private String target;
  private static int databases;

  @BeforeAll
  static void start() throws Exception {
    server = PostgresServer.start(PostgresServer.Version.NEW);
    server.createDatabase("source");
    fill("source");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void copy() throws Exception {
    target = "target" + databases++;
    server.createDatabase(target);
    fill(target);
  }

  @Test
  void databasesFilledFromOneSeedAreEqual() throws Exception {
    for (TableComparison table : compareAll()) {
      assertThat(table.isEqual()).as(table.table()).isTrue();
      assertThat(table.sourceRows()).as(table.table()).isEqualTo(ROWS);
      assertThat(table.examples()).isEmpty();
    }
  }

  @Test
  void aChangedValueIsADifferenceOfItsRowAndNamesTheColumn() throws Exception {
    tamper("UPDATE accounts SET balance = balance + 0.01 WHERE id = 7");

    assertThat(compare("accounts"))
        .isEqualTo(
            new TableComparison(
                "accounts",
                ROWS,
                ROWS,
                1,
                List.of("accounts id 7: [balance 1000.00 became 1000.01]")));
  }

  @Test
  void aMissingRowIsADifferenceAndSoIsOneTooMany() throws Exception {
    tamper("DELETE FROM payments WHERE id = 2");
    tamper("INSERT INTO accounts VALUES (1000, 'nobody', 0, 0)");

    assertThat(compare("payments"))
        .isEqualTo(
            new TableComparison(
                "payments", ROWS, ROWS - 1, 1, List.of("payments id 2 is missing in the target")));
    assertThat(compare("accounts"))
        .isEqualTo(
            new TableComparison(
                "accounts", ROWS, ROWS + 1, 1, List.of("accounts id 1000 is in the target only")));
  }

  @Test
  void nullIsNotEmptyAndTrailingZerosCount() throws Exception {
    tamper("UPDATE orders SET note = '' WHERE note IS NULL");
    tamper("UPDATE payments SET rate = rate * 1.0 WHERE id = 1");

    assertThat(compare("orders").differences()).isPositive();
    assertThat(compare("payments").differences()).isEqualTo(1);
  }

  @Test
  void aChangedKeyCountsOnBothSides() throws Exception {
    tamper("DELETE FROM payments");
    tamper("UPDATE orders SET id = gen_random_uuid()");

    TableComparison orders = compare("orders");
    assertThat(orders.differences()).isEqualTo(2 * ROWS);
    assertThat(orders.sourceRows()).isEqualTo(orders.targetRows());
    assertThat(orders.isEqual()).isFalse();
  }

  @Test
  void aColumnThatOneSideLacksIsNoVerdict() throws Exception {
    tamper("ALTER TABLE orders ADD COLUMN extra INT");

    assertThatThrownBy(() -> compare("orders"))
        .isInstanceOf(DemoFailure.class)
        .hasMessageContaining("orders")
        .hasMessageContaining("extra");
  }

  private List<TableComparison> compareAll() throws SQLException {
    List<TableComparison> all = new ArrayList<>();
    for (String table : Shop.TABLES) {
      all.add(compare(table));
    }
    return all;
  }

  private TableComparison compare(String table) throws SQLException {
    try (Connection source = server.connect("source");
        Connection other = server.connect(target)) {
      return new Comparer(source, other, OldDatabase.POSTGRESQL).compare(table, "id");
    }
  }

  private void tamper(String sql) throws SQLException {
    try (Connection connection = server.connect(target);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void fill(String database) throws SQLException, IOException {
    try (Connection connection = server.connect(database)) {
      Script.TABLES.run(connection);
      new Shop(ROWS, 3, Workload.CLERKS).fill(connection);
    }
  }
}
