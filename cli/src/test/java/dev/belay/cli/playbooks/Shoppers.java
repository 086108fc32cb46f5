package dev.belay.cli.playbooks;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Those who use the shop, whose tables config/playbooks names. Every visit touches rows that no
 * other visit touches, so that each row that is written is written once, however windows fall.
 */
final class Shoppers {
  static final List<String> TABLES = List.of("customers", "orders");

  /** Rows that one visit writes: customers made, changed and gone, and orders made. */
  static final int ROWS = 1 + 1 + 1 + 10;

  private static final int FIRST = 200;

  /** Both databases', in words that they share. */
  static final List<String> DDL =
      List.of(
          "CREATE TABLE customers (id INT8 PRIMARY KEY, name TEXT NOT NULL, visits INT8 NOT NULL)",
          "CREATE TABLE orders (id INT8 %s PRIMARY KEY,"
              + " customer INT8 NOT NULL REFERENCES customers (id), total DECIMAL(12,2) NOT NULL)");

  /** Who wrote which row; the application is whoever is no sink. */
  static final List<String> AUDIT =
      List.of(
          "CREATE SCHEMA audit",
          "CREATE TABLE audit.writes (n bigserial, who text, what text, id int8, visits int8)",
          """
          CREATE FUNCTION audit.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
          BEGIN
            INSERT INTO audit.writes (who, what, id, visits)
            VALUES (session_user, TG_TABLE_NAME || ' ' || TG_OP,
              (coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->> 'id')::int8,
              (to_jsonb(NEW) ->> 'visits')::int8);
            RETURN NULL;
          END $$""",
          "CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON public.customers"
              + " FOR EACH ROW EXECUTE FUNCTION audit.note()",
          "CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON public.orders"
              + " FOR EACH ROW EXECUTE FUNCTION audit.note()");

  private Shoppers() {}

  /** Customers 1 to 200, with an order each. */
  static void fill(Connection connection) throws SQLException {
    try (PreparedStatement customer =
            connection.prepareStatement("INSERT INTO customers VALUES (?, ?, 0)");
        PreparedStatement order =
            connection.prepareStatement("INSERT INTO orders VALUES (?, ?, ?)")) {
      for (int id = 1; id <= FIRST; id++) {
        customer.setLong(1, id);
        customer.setString(2, "customer " + id);
        customer.addBatch();
        order.setLong(1, id);
        order.setLong(2, FIRST);
        order.setBigDecimal(3, new BigDecimal("1.50"));
        order.addBatch();
      }
      customer.executeBatch();
      order.executeBatch();
    }
  }

  /**
   * One transaction: a new customer with ten orders, another who comes again, and one who goes.
   *
   * @param visit from 1 to 99, no number twice
   */
  static void visit(Connection connection, int visit) throws SQLException {
    long id = 1_000L * visit;
    connection.setAutoCommit(false);
    try (Statement sql = connection.createStatement()) {
      sql.execute("INSERT INTO customers VALUES (" + id + ", 'new', 1)");
      for (int i = 1; i <= 10; i++) {
        sql.execute("INSERT INTO orders VALUES (" + (id + i) + ", " + id + ", " + i + ".25)");
      }
      sql.execute("UPDATE customers SET visits = visits + 1 WHERE id = " + visit);
      sql.execute("DELETE FROM customers WHERE id = " + (100 + visit % 100));
    }
    connection.commit();
  }

  /** One transaction: a customer comes once more. */
  static void comeAgain(Connection connection, int customer) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement sql = connection.createStatement()) {
      sql.execute("UPDATE customers SET visits = visits + 1 WHERE id = " + customer);
    }
    connection.commit();
  }

  /** All rows, in one order everywhere. */
  static List<String> rows(Connection connection) throws SQLException {
    List<String> rows = new ArrayList<>();
    for (String table : TABLES) {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT * FROM " + table + " ORDER BY id")) {
        while (row.next()) {
          rows.add(
              table + " " + row.getString(1) + " " + row.getString(2) + " " + row.getString(3));
        }
      }
    }
    return rows;
  }
}
