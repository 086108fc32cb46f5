package dev.belay.sink.harness;

import dev.belay.sink.target.Target;
import dev.belay.sink.target.mysql.MySqlTarget;
import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.mysql.MySqlServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A database of MySQL or MariaDB. What is a schema elsewhere is a database here, so that all that
 * are on one server share {@code belay}: making one deletes what another one's sink left there.
 */
final class MySqlTargetDatabase extends TargetDatabase {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final MySqlServer mysql;

  MySqlTargetDatabase(MySqlServer server, String name) {
    super(server, name);
    this.mysql = server;
  }

  @Override
  void make() throws SQLException {
    server().createDatabase(name());
    sql(
        "DROP DATABASE IF EXISTS belay",
        "CREATE USER IF NOT EXISTS " + ROLE,
        "CREATE USER IF NOT EXISTS " + SOMEBODY,
        "GRANT SELECT ON " + name() + ".* TO " + SOMEBODY,
        "GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER ON " + name() + ".* TO " + ROLE,
        "GRANT ALL ON belay.* TO " + ROLE);
  }

  @Override
  public TargetDatabase copiedTo(DatabaseServer other) {
    return new MySqlTargetDatabase((MySqlServer) other, name());
  }

  @Override
  public TargetKind kind() {
    return TargetKind.valueOf(mysql.product().name());
  }

  @Override
  public boolean checksRowByRow() {
    return true;
  }

  @Override
  public Target target() {
    return new MySqlTarget(false);
  }

  @Override
  public String schema() {
    return name();
  }

  @Override
  public String checkViolation() {
    return mysql.product().isMariaDb() ? "4025" : "3819";
  }

  @Override
  public String uniqueName(String table, String column) {
    return column;
  }

  /** Which value it is the statement does not tell that lets no other row be rewritten. */
  @Override
  public List<String> wordsOfATakenValue(String table, String column) {
    return List.of("1242", "Another row has a unique value of this one");
  }

  @Override
  public List<String> wordsOfABlockedClaim(String application) {
    return List.of("1205");
  }

  /** The owner's sessions read {@code ||} and double quotes as the standard has them. */
  @Override
  public Connection connect() throws SQLException {
    Connection connection = super.connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SET SESSION sql_mode = CONCAT(@@sql_mode, ',PIPES_AS_CONCAT,ANSI_QUOTES')");
    }
    return connection;
  }

  @Override
  public Connection connectAsRole(String application) throws SQLException {
    return DriverManager.getConnection(url(), ROLE, "");
  }

  @Override
  public List<String> writersOf(String table) {
    return List.of();
  }

  @Override
  public String driverTime(int seconds) {
    return seconds + "000";
  }

  @Override
  public Map<String, String> plainWire() {
    return Map.of("sslMode", mysql.product().isMariaDb() ? "disable" : "DISABLED");
  }

  @Override
  public List<String> sessions() {
    return rows("SELECT id FROM information_schema.processlist WHERE user = '" + ROLE + "'");
  }

  @Override
  public void endSessions() {
    for (String id : sessions()) {
      try {
        sql("KILL " + id);
      } catch (IllegalStateException goneMeanwhile) {
        // as it is to be
      }
    }
  }

  @Override
  public String readOnlyCode() {
    return "1290";
  }

  @Override
  public String outOfConnectionsCode() {
    return "1040";
  }

  @Override
  public Connection connectAsSomebody() throws SQLException {
    return DriverManager.getConnection(url(), SOMEBODY, "");
  }

  @Override
  public void setReadOnly(boolean readOnly) {
    sql("SET GLOBAL read_only = " + (readOnly ? "ON" : "OFF"));
  }

  @Override
  public Exhaustion exhaustConnections() {
    // 0 would be no limit, so one is allowed; and the sink wants that one too
    sql("ALTER USER " + ROLE + " WITH MAX_USER_CONNECTIONS 1");
    AtomicReference<Connection> held = new AtomicReference<>();
    Deadline.in(PATIENCE)
        .await(
            () -> "the one connection that " + ROLE + " may have is the test's",
            () -> {
              endSessions();
              try {
                held.set(connectAsRole("held"));
                return true;
              } catch (SQLException takenAgain) {
                return false;
              }
            });
    return () -> {
      held.get().close();
      sql("ALTER USER " + ROLE + " WITH MAX_USER_CONNECTIONS 0");
    };
  }

  @Override
  public void audit(String table, String key, String version) {
    sql(
        "CREATE TABLE IF NOT EXISTS audit (n bigint AUTO_INCREMENT PRIMARY KEY,"
            + " tab varchar(64), op varchar(4), k varchar(255), v bigint)");
    for (String event : List.of("INSERT", "UPDATE", "DELETE")) {
      boolean gone = event.equals("DELETE");
      String row = gone ? "OLD." : "NEW.";
      sql(
          "CREATE TRIGGER audit_"
              + table
              + "_"
              + event
              + " AFTER "
              + event
              + " ON "
              + table
              + " FOR EACH ROW INSERT INTO audit (tab, op, k, v) VALUES ('"
              + table
              + "', '"
              + (gone ? "gone" : "is")
              + "', "
              + row
              + key
              + ", "
              + row
              + version
              + ")");
    }
  }

  @Override
  public void restore(List<String> tables, List<String> from) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("SET SESSION foreign_key_checks = OFF");
      for (int t = 0; t < tables.size(); t++) {
        statement.execute("DELETE FROM " + tables.get(t));
        statement.execute("INSERT INTO " + tables.get(t) + " SELECT * FROM " + from.get(t));
      }
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
