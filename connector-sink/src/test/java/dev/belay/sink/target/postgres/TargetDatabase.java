package dev.belay.sink.target.postgres;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.pgwire.Identifiers;
import dev.belay.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A database of its own on a real server, with the schemas {@code app} (the user's tables) and
 * {@code belay}, and an ordinary role made by {@code config/sql/postgresql/role.sql}, as which all
 * applying is done. Servers are shared by the test classes of a JVM.
 */
final class TargetDatabase implements AutoCloseable {
  static final String ROLE = "belay applier";
  static final SessionLimits LIMITS =
      new SessionLimits(Duration.ofSeconds(20), Duration.ofSeconds(5), "belay test");

  private static final Map<PostgresServer.Version, PostgresServer> SERVERS =
      new EnumMap<>(PostgresServer.Version.class);
  private static int databases;

  private final PostgresServer server;
  private final String url;
  private final Connection owner;
  private final Connection apply;
  private final PostgresTarget target = new PostgresTarget();

  private TargetDatabase(PostgresServer server, String name) throws SQLException, IOException {
    this.server = server;
    this.url = server.createDatabase(name);
    this.owner = server.connect(name);
    owner("CREATE SCHEMA app");
    PsqlScript.run(owner, PsqlScript.file("belay-schema.sql"), Map.of());
    PsqlScript.run(owner, PsqlScript.file("role.sql"), Map.of("role", ROLE, "schema", "app"));
    this.apply = connect();
    owner("SET search_path = app");
  }

  static synchronized TargetDatabase on(PostgresServer.Version version)
      throws SQLException, IOException {
    PostgresServer server = SERVERS.get(version);
    if (server == null) {
      server = PostgresServer.start(version);
      SERVERS.put(version, server);
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    }
    return new TargetDatabase(server, "Target " + ++databases);
  }

  /** A new, prepared connection of the ordinary role. */
  Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(url, ROLE, "");
    target.prepare(connection, LIMITS);
    return connection;
  }

  /** Another connection of the ordinary role, with a property of the driver. */
  Connection connect(String property, String value) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", ROLE);
    properties.setProperty(property, value);
    return DriverManager.getConnection(url, properties);
  }

  /** Another connection of the superuser. */
  Connection connectOwner() throws SQLException {
    return DriverManager.getConnection(url, server.superuser(), "");
  }

  int major() {
    return server.version().major();
  }

  PostgresTarget target() {
    return target;
  }

  /** The connection of the ordinary role. */
  Connection apply() {
    return apply;
  }

  /** The superuser's connection, in schema app. */
  Connection owner() {
    return owner;
  }

  void owner(String... statements) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** As the ordinary role, in its transaction. */
  void apply(String... statements) throws SQLException {
    try (Statement statement = apply.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  TableShape table(String name) throws SQLException {
    TableName asked = TableName.of("app", name);
    TableShape shape = target.describe(apply, List.of(asked)).get(asked);
    apply.commit();
    if (shape == null) {
      throw new AssertionError("table app." + name + " was not described");
    }
    return shape;
  }

  long[] write(Step... steps) throws SQLException {
    return target.write(apply, Arrays.asList(steps));
  }

  /** The judged failure of steps that must fail; the transaction is rolled back. */
  TargetFault fault(Step... steps) throws SQLException {
    try {
      write(steps);
    } catch (SQLException failure) {
      apply.rollback();
      return target.judge(failure);
    }
    throw new AssertionError("the database took what it should not");
  }

  /** Creates a table in schema app and describes it. */
  TableShape create(String name, String columns) throws SQLException {
    owner("CREATE TABLE " + Identifiers.quote(name) + " (" + columns + ")");
    return table(name);
  }

  /** All rows of a query as text, columns joined by a bar, NULL as a dash. */
  List<String> rows(String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = apply.createStatement();
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
    List<ColumnShape> shapes = columns.stream().map(c -> table.column(c).orElseThrow()).toList();
    return new Step.Upsert(
        table,
        shapes,
        reset.stream().map(c -> table.column(c).orElseThrow()).toList(),
        encode(shapes, rows));
  }

  static Step.Update update(TableShape table, List<String> columns, Object[]... rows)
      throws UnfitValueException {
    List<ColumnShape> shapes = columns.stream().map(c -> table.column(c).orElseThrow()).toList();
    return new Step.Update(table, shapes, encode(shapes, rows));
  }

  /** Numbers, from 0, of the rows that are not there. */
  List<Integer> absent(Step.Update update) throws SQLException {
    return target.absent(apply, update).stream().map(StepRow::change).sorted().toList();
  }

  static Step.Delete delete(TableShape table, Object[]... keys) throws UnfitValueException {
    return new Step.Delete(table, encode(table.key(), keys));
  }

  static Step.Park park(TableShape table, List<String> columns, Object[]... keys)
      throws UnfitValueException {
    return new Step.Park(
        table,
        columns.stream().map(c -> table.column(c).orElseThrow()).toList(),
        encode(table.key(), keys));
  }

  static Object[] row(Object... values) {
    return values;
  }

  private static List<StepRow> encode(List<ColumnShape> columns, Object[][] rows)
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
    if (value instanceof Boolean bool) {
      return bool ? Datum.Bool.TRUE : Datum.Bool.FALSE;
    }
    return value instanceof Number
        ? new Datum.Number(value.toString())
        : new Datum.Text(value.toString());
  }

  @Override
  public void close() throws SQLException {
    apply.close();
    owner.close();
  }
}
