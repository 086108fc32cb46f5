package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.harness.Fetched;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.SessionLimits;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A database of its own on a real server, and a user made by {@code config/sql/mysql/role.sql}, as
 * which all applying is done. Servers are shared by the test classes of a JVM.
 */
final class MySqlDatabase implements AutoCloseable {
  private static final Path SCRIPTS = Path.of("..", "config", "sql", "mysql");
  private static final String PASSWORD = "of a test";

  private static final Map<Product, MySqlServer> SERVERS = new EnumMap<>(Product.class);
  private static int databases;

  private final MySqlServer server;
  private final String name;
  private final String user;
  private final Connection owner;
  private final MySqlTarget target = new MySqlTarget(false);
  private final Connection apply;
  private final Optional<TargetFault> loginBeforeThePasswordIsSet;

  private MySqlDatabase(MySqlServer server, int number) throws SQLException, IOException {
    this.server = server;
    this.name = "shop " + number;
    this.user = "belay_" + number;
    this.owner = server.connect();
    owner("CREATE DATABASE " + Identifiers.quote(name), "USE " + Identifiers.quote(name));
    script("belay-schema.sql");
    script("role.sql");
    loginBeforeThePasswordIsSet = tryLogin();
    owner("ALTER USER '" + user + "'@'%' IDENTIFIED BY '" + PASSWORD + "' ACCOUNT UNLOCK");
    this.apply = connect(Duration.ofSeconds(30));
  }

  static synchronized MySqlDatabase on(Product product) throws SQLException, IOException {
    Fetched.assume(product);
    MySqlServer server = SERVERS.get(product);
    if (server == null) {
      server = MySqlServer.start(product);
      SERVERS.put(product, server);
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    }
    return new MySqlDatabase(server, ++databases);
  }

  private void script(String file) throws SQLException, IOException {
    String text =
        Files.readString(SCRIPTS.resolve(file), StandardCharsets.UTF_8)
            .replaceAll("(?m)^--.*$", "")
            .replaceAll("(?m) -- .*$", "")
            .replace("BELAY_USER", user)
            .replace("SHOP_DATABASE", name);
    for (String statement : text.split(";")) {
      if (!statement.isBlank()) {
        owner(statement);
      }
    }
  }

  /** A new, prepared connection of the ordinary user. */
  Connection connect(Duration lockWait) throws SQLException {
    Connection connection = plain();
    target.prepare(connection, new SessionLimits(Duration.ofSeconds(300), lockWait, "belay test"));
    return connection;
  }

  /** A new connection of the ordinary user as the driver makes it. */
  Connection plain() throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(name), user, PASSWORD);
  }

  /** Takes a right on the database's tables from the ordinary user. */
  void revoke(String right) throws SQLException {
    owner("REVOKE " + right + " ON " + Identifiers.quote(name) + ".* FROM '" + user + "'@'%'");
  }

  private Optional<TargetFault> tryLogin() {
    try {
      DriverManager.getConnection(server.jdbcUrl(name), user, "").close();
      return Optional.empty();
    } catch (SQLException refused) {
      return Optional.of(target.judge(refused));
    }
  }

  /** How the user is refused that role.sql has made, before its password is set; empty if not. */
  Optional<TargetFault> loginBeforeThePasswordIsSet() {
    return loginBeforeThePasswordIsSet;
  }

  String name() {
    return name;
  }

  MySqlTarget target() {
    return target;
  }

  Connection apply() {
    return apply;
  }

  boolean mariaDb() {
    return server.product().isMariaDb();
  }

  void owner(String... statements) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  TableShape table(String table) throws SQLException {
    TableName asked = TableName.of(name, table);
    TableShape shape = target.describe(apply, List.of(asked)).get(asked);
    apply.rollback();
    if (shape == null) {
      throw new AssertionError("table " + table + " was not described");
    }
    return shape;
  }

  /** Creates a table and describes it. */
  TableShape create(String table, String columns) throws SQLException {
    owner("CREATE TABLE " + Identifiers.quote(table) + " (" + columns + ") ENGINE=InnoDB");
    return table(table);
  }

  /** In one transaction, committed. */
  long[] write(Step... steps) throws SQLException {
    long[] counts = new long[steps.length];
    for (int i = 0; i < steps.length; i++) {
      counts[i] = target.write(apply, List.of(steps[i]))[0];
    }
    apply.commit();
    return counts;
  }

  /** The judged failure of a step that must fail; the transaction is rolled back. */
  TargetFault fault(Step step) throws SQLException {
    try {
      target.write(apply, List.of(step));
    } catch (SQLException failure) {
      TargetFault fault = target.judge(failure);
      apply.rollback();
      return fault;
    }
    throw new AssertionError("the database took what it should not");
  }

  /** All rows of a query as text, columns joined by a bar, NULL as a dash. */
  List<String> rows(String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = owner.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          String value = result.getString(i);
          values.add(value == null ? "-" : value);
        }
        rows.add(String.join("|", values));
      }
    }
    return rows;
  }

  /** Rows given as the wire's data; a Java null is SQL NULL. */
  static Step.Upsert upsert(TableShape table, List<String> columns, Object[]... rows)
      throws UnfitValueException {
    return upsert(table, columns, List.of(), rows);
  }

  static Step.Upsert upsert(
      TableShape table, List<String> columns, List<String> reset, Object[]... rows)
      throws UnfitValueException {
    List<ColumnShape> shapes = shapes(table, columns);
    return new Step.Upsert(table, shapes, shapes(table, reset), encode(shapes, rows));
  }

  static Step.Update update(TableShape table, List<String> columns, Object[]... rows)
      throws UnfitValueException {
    List<ColumnShape> shapes = shapes(table, columns);
    return new Step.Update(table, shapes, encode(shapes, rows));
  }

  static Step.Delete delete(TableShape table, Object[]... keys) throws UnfitValueException {
    return new Step.Delete(table, encode(table.key(), keys));
  }

  static Step.Park park(TableShape table, String column, Object[]... keys)
      throws UnfitValueException {
    return new Step.Park(table, shapes(table, List.of(column)), encode(table.key(), keys));
  }

  private static List<ColumnShape> shapes(TableShape table, List<String> columns) {
    return columns.stream().map(c -> table.column(c).orElseThrow()).toList();
  }

  static Object[] row(Object... values) {
    return values;
  }

  static List<StepRow> encode(List<ColumnShape> columns, Object[][] rows)
      throws UnfitValueException {
    List<StepRow> encoded = new ArrayList<>();
    for (int r = 0; r < rows.length; r++) {
      String[] values = new String[columns.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = rows[r][i] == null ? null : columns.get(i).codec().encode(datum(rows[r][i]));
      }
      encoded.add(new StepRow(values, r));
    }
    return encoded;
  }

  private static Datum datum(Object value) {
    if (value instanceof Datum datum) {
      return datum;
    }
    return value instanceof Number
        ? new Datum.Number(value.toString())
        : new Datum.Text(value.toString());
  }

  @Override
  public void close() throws SQLException {
    apply.close();
    owner("DROP DATABASE " + Identifiers.quote(name), "DROP USER '" + user + "'@'%'");
    owner.close();
  }
}
