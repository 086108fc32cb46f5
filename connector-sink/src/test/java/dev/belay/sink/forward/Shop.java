package dev.belay.sink.forward;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Tables with foreign keys that are the same on every database, and what a shop does with them: new
 * rows, changes, changes of keys, deletes, children that move. Remembers what is there. One thread.
 */
final class Shop {
  static final List<String> TABLES = List.of("customers", "orders", "order_lines", "documents");

  private static final Map<String, String> KEYS =
      Map.of(
          "customers", "id",
          "orders", "region, number",
          "order_lines", "region, number, line",
          "documents", "id");

  /** More than any database keeps in the row itself. */
  private static final int LARGE = 12_000;

  private record Order(String region, long number) {}

  private final Random random;
  private final List<Long> customers = new ArrayList<>();
  private final Map<Long, Long> ordersOf = new TreeMap<>();
  private final List<Order> withLines = new ArrayList<>();
  private final List<Order> empty = new ArrayList<>();
  private final Map<Order, Long> buyer = new java.util.HashMap<>();
  private int documents;
  private long last = 1000;

  Shop(long seed) {
    this.random = new Random(seed);
  }

  /** How a database spells what its types are called. */
  enum Dialect {
    POSTGRESQL("bigint", "text", "text", "bytea", "timestamptz"),
    MYSQL("bigint", "varchar(80)", "longtext", "blob", "timestamp(6) NULL"),
    COCKROACHDB("INT8", "STRING", "STRING", "BYTES", "TIMESTAMPTZ");

    private final String integer;
    private final String text;
    private final String large;
    private final String bytes;
    private final String time;

    Dialect(String integer, String text, String large, String bytes, String time) {
      this.integer = integer;
      this.text = text;
      this.large = large;
      this.bytes = bytes;
      this.time = time;
    }

    String[] tables() {
      return new String[] {
        "CREATE TABLE customers (id %s PRIMARY KEY, name %s NOT NULL, boss %s, joined %s, balance"
                .formatted(integer, text, integer, time)
            + " decimal(18,4), photo %s, FOREIGN KEY (boss) REFERENCES customers (id))"
                .formatted(bytes),
        "CREATE TABLE orders (region varchar(8), number %s, customer %s NOT NULL, total"
                .formatted(integer, integer)
            + " decimal(12,2) NOT NULL, placed %s, PRIMARY KEY (region, number), FOREIGN KEY"
                .formatted(time)
            + " (customer) REFERENCES customers (id))",
        "CREATE TABLE order_lines (region varchar(8), number %s, line int, article %s, PRIMARY KEY"
                .formatted(integer, text)
            + " (region, number, line), FOREIGN KEY (region, number) REFERENCES orders (region,"
            + " number))",
        "CREATE TABLE documents (id %s PRIMARY KEY, title %s, body %s)"
            .formatted(integer, text, large)
      };
    }
  }

  /** Rows to begin with. */
  void open(Connection db) throws SQLException {
    db.setAutoCommit(false);
    for (int i = 0; i < 40; i++) {
      sell(db);
    }
    for (int i = 0; i < 10; i++) {
      write(db, "INSERT INTO documents VALUES (?, ?, ?)", ++documents, "title", large());
    }
    db.commit();
    db.setAutoCommit(true);
  }

  void trade(Connection db, int transactions) throws SQLException {
    db.setAutoCommit(false);
    for (int i = 0; i < transactions; i++) {
      switch (random.nextInt(8)) {
        case 0, 1 -> sell(db);
        case 2 -> edit(db);
        case 3 -> renumber(db);
        case 4 -> cancel(db);
        case 5 -> moveLines(db);
        case 6 -> comeAndGo(db);
        default -> writeDocuments(db);
      }
      db.commit();
    }
    db.setAutoCommit(true);
  }

  /** A customer, an order, and its lines. */
  private void sell(Connection db) throws SQLException {
    long id = ++last;
    write(
        db,
        "INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?)",
        id,
        "näme \"" + id + "\" ☃",
        customers.isEmpty() || random.nextBoolean() ? null : any(customers),
        OffsetDateTime.parse("2026-11-22T10:00:00Z").plusNanos(1000L * random.nextInt(1 << 30)),
        new java.math.BigDecimal(random.nextLong())
            .movePointLeft(9)
            .setScale(4, java.math.RoundingMode.DOWN),
        random.nextBoolean() ? null : new byte[] {0, -1, (byte) id});
    customers.add(id);
    Order order = order(db, id);
    int lines = random.nextInt(4);
    for (int line = 1; line <= lines; line++) {
      write(
          db,
          "INSERT INTO order_lines VALUES (?, ?, ?, ?)",
          order.region(),
          order.number(),
          line,
          "article " + line);
    }
    (lines == 0 ? empty : withLines).add(order);
  }

  private Order order(Connection db, long customer) throws SQLException {
    Order order = new Order("r" + random.nextInt(3), ++last);
    write(
        db,
        "INSERT INTO orders VALUES (?, ?, ?, ?, ?)",
        order.region(),
        order.number(),
        customer,
        java.math.BigDecimal.valueOf(random.nextInt(1_000_000), 2),
        OffsetDateTime.parse("2026-11-22T10:00:00Z").plusSeconds(random.nextInt(1 << 20)));
    buyer.put(order, customer);
    ordersOf.merge(customer, 1L, Long::sum);
    return order;
  }

  private void edit(Connection db) throws SQLException {
    write(
        db,
        "UPDATE customers SET name = ?, balance = ?, photo = NULL WHERE id = ?",
        "edited " + ++last,
        java.math.BigDecimal.valueOf(random.nextInt(), 4),
        any(customers));
    long one = any(customers);
    long other = any(customers);
    write(db, "UPDATE customers SET boss = ? WHERE id = ?", one == other ? null : other, one);
  }

  /** The primary key changes. */
  private void renumber(Connection db) throws SQLException {
    if (empty.isEmpty()) {
      return;
    }
    Order from = empty.remove(random.nextInt(empty.size()));
    Order to = new Order("r" + random.nextInt(3), ++last);
    write(
        db,
        "UPDATE orders SET region = ?, number = ? WHERE region = ? AND number = ?",
        to.region(),
        to.number(),
        from.region(),
        from.number());
    empty.add(to);
    buyer.put(to, buyer.remove(from));
  }

  /** Children and parent go in one transaction. */
  private void cancel(Connection db) throws SQLException {
    if (withLines.size() < 10) {
      return;
    }
    Order order = withLines.remove(random.nextInt(withLines.size()));
    write(
        db,
        "DELETE FROM order_lines WHERE region = ? AND number = ?",
        order.region(),
        order.number());
    write(db, "DELETE FROM orders WHERE region = ? AND number = ?", order.region(), order.number());
    ordersOf.merge(buyer.remove(order), -1L, Long::sum);
  }

  /** The lines of an order go to a new one, and the old one goes. */
  private void moveLines(Connection db) throws SQLException {
    Order from = withLines.remove(random.nextInt(withLines.size()));
    Order to = order(db, any(customers));
    write(
        db,
        "UPDATE order_lines SET region = ?, number = ? WHERE region = ? AND number = ?",
        to.region(),
        to.number(),
        from.region(),
        from.number());
    write(db, "DELETE FROM orders WHERE region = ? AND number = ?", from.region(), from.number());
    withLines.add(to);
    ordersOf.merge(buyer.remove(from), -1L, Long::sum);
  }

  /** A row that changes twice in its only transaction, and a customer without orders that goes. */
  private void comeAndGo(Connection db) throws SQLException {
    long id = ++last;
    write(db, "INSERT INTO customers (id, name) VALUES (?, ?)", id, "short");
    write(db, "UPDATE customers SET name = ? WHERE id = ?", "lived", id);
    write(db, "DELETE FROM customers WHERE id = ?", id);
  }

  private void writeDocuments(Connection db) throws SQLException {
    write(db, "INSERT INTO documents VALUES (?, ?, ?)", ++documents, "new", large());
    int id = 1 + random.nextInt(documents);
    write(db, "UPDATE documents SET title = ? WHERE id = ?", "only the title " + ++last, id);
    if (random.nextInt(4) == 0) {
      write(db, "UPDATE documents SET body = ? WHERE id = ?", large(), id);
    }
    if (random.nextInt(4) == 0) {
      write(db, "DELETE FROM documents WHERE id = ?", id);
    }
  }

  private long any(List<Long> ids) {
    return ids.get(random.nextInt(ids.size()));
  }

  private String large() {
    byte[] bytes = new byte[LARGE / 2];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static void write(Connection db, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = db.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  /** All rows of a table as text that does not depend on the database. */
  static List<String> rows(Connection db, String table) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (PreparedStatement query =
            db.prepareStatement("SELECT * FROM " + table + " ORDER BY " + KEYS.get(table));
        ResultSet result = query.executeQuery()) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int c = 1; c <= columns; c++) {
          row.append(text(result, c)).append('|');
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  private static String text(ResultSet row, int column) throws SQLException {
    String name = row.getMetaData().getColumnName(column);
    if (name.equals("joined") || name.equals("placed")) {
      OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
      return time == null ? "null" : Instant.from(time).toString();
    }
    if (name.equals("photo")) {
      byte[] bytes = row.getBytes(column);
      return bytes == null ? "null" : HexFormat.of().formatHex(bytes);
    }
    return String.valueOf(row.getString(column));
  }
}
