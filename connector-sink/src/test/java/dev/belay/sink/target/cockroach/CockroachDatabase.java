package dev.belay.sink.target.cockroach;

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
import dev.belay.testkit.cockroach.NewDatabase;
import dev.belay.testkit.docs.Repository;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A database with the schemas {@code app} (the user's tables) and {@code belay}, and an ordinary
 * user made by {@code config/sql/cockroachdb/role.sql}, as which all applying is done: on a real
 * CockroachDB where {@link NewDatabase} finds one, else on the stand-in.
 */
final class CockroachDatabase implements AutoCloseable {
  static final String USER = "belay";
  static final SessionLimits LIMITS =
      new SessionLimits(Duration.ofSeconds(20), Duration.ofSeconds(5), "belay test");

  private final NewDatabase database;
  private final Connection owner;
  private final Connection apply;
  private final CockroachTarget target = new CockroachTarget(false);

  CockroachDatabase() throws SQLException, IOException {
    database = NewDatabase.open();
    owner = database.connect();
    owner("DROP SCHEMA IF EXISTS app CASCADE", "DROP SCHEMA IF EXISTS belay CASCADE");
    owner("CREATE SCHEMA app");
    run("belay-schema.sql");
    run("role.sql");
    apply = connect(target);
    owner("SET search_path = app, public");
  }

  private void run(String script) throws SQLException, IOException {
    String text =
        Files.readString(Repository.ROOT.resolve("config/sql/cockroachdb/" + script))
            .replaceAll("(?m)--.*$", "")
            .replace("DATABASE shop", "DATABASE " + one(owner, "SELECT current_database()"))
            .replace("SCHEMA public", "SCHEMA app");
    for (String statement : text.split(";")) {
      if (!statement.isBlank()) {
        owner(statement);
      }
    }
  }

  /** Only there, statements can be made to fail. */
  StandIn standIn() {
    return database.standIn().orElseThrow();
  }

  boolean isStandIn() {
    return database.standIn().isPresent();
  }

  String name() {
    return database.name();
  }

  /** A new, prepared connection of the ordinary user. */
  Connection connect(CockroachTarget prepared) throws SQLException {
    Connection connection = connectRaw();
    prepared.prepare(connection, LIMITS);
    return connection;
  }

  Connection connectRaw() throws SQLException {
    return DriverManager.getConnection(database.url(), USER, "");
  }

  CockroachTarget target() {
    return target;
  }

  /** The connection of the ordinary user. */
  Connection apply() {
    return apply;
  }

  void owner(String... statements) throws SQLException {
    try (Statement statement = owner.createStatement()) {
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

  /** Creates a table in schema app and describes it. */
  TableShape create(String name, String columns) throws SQLException {
    owner("CREATE TABLE " + Identifiers.quote(name) + " (" + columns + ")");
    return table(name);
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

  static String one(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
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
    List<ColumnShape> shapes = shapes(table, columns);
    return new Step.Upsert(table, shapes, List.of(), encode(shapes, rows));
  }

  static Step.Update update(TableShape table, List<String> columns, Object[]... rows)
      throws UnfitValueException {
    List<ColumnShape> shapes = shapes(table, columns);
    return new Step.Update(table, shapes, encode(shapes, rows));
  }

  static Step.Delete delete(TableShape table, Object[]... keys) throws UnfitValueException {
    return new Step.Delete(table, encode(table.key(), keys));
  }

  static Step.Park park(TableShape table, List<String> columns, Object[]... keys)
      throws UnfitValueException {
    return new Step.Park(table, shapes(table, columns), encode(table.key(), keys));
  }

  private static List<ColumnShape> shapes(TableShape table, List<String> columns) {
    return columns.stream().map(c -> table.column(c).orElseThrow()).toList();
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
    return value instanceof Number
        ? new Datum.Number(value.toString())
        : new Datum.Text(value.toString());
  }

  @Override
  public void close() throws SQLException, IOException {
    apply.close();
    owner.close();
    database.close();
  }
}
