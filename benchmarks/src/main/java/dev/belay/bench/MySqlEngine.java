package dev.belay.bench;

import dev.belay.bench.TargetTables.Written;
import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** MySQL 9. */
record MySqlEngine() implements Engine {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Room enough that no contestant waits for pages that another left to be written. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "innodb-buffer-pool-size", "1G",
          "innodb-redo-log-capacity", "8G",
          "innodb-flush-log-at-trx-commit", "1",
          "max-allowed-packet", "64M",
          "local-infile", "ON");

  @Override
  public String title() {
    return "MySQL";
  }

  @Override
  public String described() {
    StringBuilder text = new StringBuilder("9, durable, no binary log");
    new TreeMap<>(SETTINGS)
        .forEach((name, value) -> text.append(", ").append(name).append('=').append(value));
    return text.toString();
  }

  @Override
  public DatabaseServer start(Path dir) throws IOException {
    return MySqlServer.start(Product.MYSQL, dir, 0, true, SETTINGS);
  }

  @Override
  public void settle(Statement statement) throws SQLException {
    statement.execute("SET GLOBAL innodb_max_dirty_pages_pct = 0");
    Deadline.in(PATIENCE)
        .await(
            "what others left is written",
            () -> {
              try {
                return status(statement, "Innodb_buffer_pool_pages_dirty") < 50;
              } catch (SQLException e) {
                throw new BenchFailure("Cannot look at the server: " + e.getMessage(), e);
              }
            });
    statement.execute("SET GLOBAL innodb_max_dirty_pages_pct = DEFAULT");
  }

  @Override
  public void drop(Statement statement, String database) throws SQLException {
    List<Long> sessions = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT id FROM information_schema.processlist WHERE db = '" + database + "'")) {
      while (rows.next()) {
        sessions.add(rows.getLong(1));
      }
    }
    for (long session : sessions) {
      try {
        statement.execute("KILL " + session);
      } catch (SQLException gone) {
        // by itself, meanwhile
      }
    }
    statement.execute("DROP DATABASE " + database);
  }

  @Override
  public String columns() {
    return "id bigint PRIMARY KEY, qty bigint, name varchar(200), price decimal(18,4),"
        + " at datetime(6), active boolean, ref char(36), score double, doc json, day date,"
        + " note varchar(200)";
  }

  @Override
  public String fingerprint(String table) {
    String text =
        "CONCAT_WS('"
            + Fingerprint.SEPARATOR
            + "', id, qty, name, price, TIMESTAMPDIFF(MICROSECOND, '1970-01-01', at), active, ref,"
            + " CAST(score AS CHAR), CAST(doc AS CHAR), DATEDIFF(day, '1970-01-01'),"
            + " COALESCE(note, ''))";
    return "SELECT COUNT(*), COALESCE(SUM(CAST(CONV(SUBSTR(SHA2("
        + text
        + ", 256), 1, "
        + Fingerprint.HEX_DIGITS
        + "), 16, 10) AS UNSIGNED)), 0) FROM "
        + table;
  }

  /** The shortest digits that read as the same double, as MySQL prints it too. */
  @Override
  public String digest() {
    return "SHA-256";
  }

  @Override
  public String spelled(double score) {
    return new BigDecimal(Double.toString(score)).stripTrailingZeros().toPlainString();
  }

  @Override
  public Written written(Statement statement, List<String> tables) throws SQLException {
    return new Written(
        status(statement, "Innodb_rows_inserted"),
        status(statement, "Innodb_rows_updated"),
        status(statement, "Innodb_rows_deleted"),
        status(statement, "Com_commit"));
  }

  private static long status(Statement statement, String name) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SHOW GLOBAL STATUS WHERE Variable_name = '" + name + "'")) {
      row.next();
      return row.getLong(2);
    }
  }

  @Override
  public String counters() {
    return "`Innodb_rows_inserted`, `_updated` and `_deleted`";
  }

  @Override
  public List<PlainWay> plainWays() {
    return List.of(PlainWay.MULTI_ROW, PlainWay.LOAD_DATA);
  }

  @Override
  public Map<String, String> debezium(String url) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connection.url", url + "?rewriteBatchedStatements=true");
    return settings;
  }

  @Override
  public String debeziumInWords() {
    return "batches rewritten by the driver, reduction buffer, batch.size 10000";
  }

  @Override
  public String option() {
    return "--target mysql ";
  }

  @Override
  public String driver() {
    return "Connector/J";
  }

  @Override
  public String belayPlugin() {
    return "belay-mysql";
  }

  @Override
  public double fasterThanDebezium() {
    return 3;
  }
}
