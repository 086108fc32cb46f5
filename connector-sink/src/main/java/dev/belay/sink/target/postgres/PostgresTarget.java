package dev.belay.sink.target.postgres;

import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.CheckpointSql;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.Target;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgArray;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * PostgreSQL 12 to 18. Shapes are read from pg_catalog; rows travel as one array for each column;
 * several steps are data-modifying WITH parts of one statement, at whose end PostgreSQL checks
 * foreign keys.
 *
 * <p>Not described, and so refused: views and foreign tables, which have no constraints to plan by;
 * materialized views; single partitions, because the partitioned table sends a row where it
 * belongs. {@link #whyAbsent} says which.
 */
public final class PostgresTarget implements Target {

  /** A statement seen twice will be seen again: the driver then keeps it parsed in the server. */
  private static final int PREPARE_THRESHOLD = 2;

  /**
   * So many rows of a step travel in one execution. Longer arrays are objects that Java's default
   * collector (G1) treats apart at a high price, and gain nothing in the server: a thousand rows
   * share the cost of an execution already.
   */
  private static final int ROWS_TOGETHER = 1_000;

  private final CheckpointSql checkpointSql = new PostgresCheckpointSql();

  @Override
  public String name() {
    return "PostgreSQL";
  }

  @Override
  public void prepare(Connection connection, SessionLimits limits) throws SQLException {
    // outside of a transaction: SET is undone by ROLLBACK
    connection.setAutoCommit(true);
    try (PreparedStatement set =
        connection.prepareStatement(
            "SELECT pg_catalog.set_config(s.name, s.value, false)"
                + " FROM unnest(?::text[], ?::text[]) AS s(name, value)")) {
      StringBuilder names = new StringBuilder();
      StringBuilder values = new StringBuilder();
      ArrayLiteral nameArray = new ArrayLiteral(names);
      ArrayLiteral valueArray = new ArrayLiteral(values);
      SessionSettings.of(limits)
          .forEach(
              (name, value) -> {
                nameArray.add(name, false);
                valueArray.add(value, false);
              });
      nameArray.close();
      valueArray.close();
      set.setString(1, names.toString());
      set.setString(2, values.toString());
      set.execute();
    }
    connection.unwrap(PGConnection.class).setPrepareThreshold(PREPARE_THRESHOLD);
    connection.setAutoCommit(false);
  }

  @Override
  public Map<TableName, TableShape> describe(Connection connection, Collection<TableName> tables)
      throws SQLException {
    return new PostgresCatalog(connection).describe(tables);
  }

  @Override
  public String whyAbsent(Connection connection, TableName table) throws SQLException {
    return NameLookup.read(connection, List.of(table)).reason(table);
  }

  @Override
  public List<TableName> tables(Connection connection) throws SQLException {
    return new PostgresCatalog(connection).writable();
  }

  @Override
  public List<String> triggers(Connection connection, TableName table) throws SQLException {
    return PostgresTriggers.of(connection, table);
  }

  @Override
  public String guard() {
    return "current_setting('" + SessionSettings.GUARD + "', true) = 'on'";
  }

  @Override
  public void deferConstraints(Connection connection) throws SQLException {
    execute(connection, "SET CONSTRAINTS ALL DEFERRED");
  }

  @Override
  public void checkConstraints(Connection connection) throws SQLException {
    execute(connection, "SET CONSTRAINTS ALL IMMEDIATE");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>An upsert of a table that is all key counts inserted rows only: for those that were there is
   * nothing to write. Steps of one call must not touch the same row twice, since PostgreSQL then
   * does only one of the changes: park in a call of its own.
   */
  @Override
  public long[] write(Connection connection, List<Step> steps) throws SQLException {
    PostgresStatements.Statement statement = PostgresStatements.of(steps);
    // closing only hands it back to the driver's cache, which knows it by its text
    try (PreparedStatement prepared = connection.prepareStatement(statement.sql())) {
      if (statement.plain() && mayBeSplit(steps.get(0))) {
        return new long[] {writeInParts(prepared, steps.get(0))};
      }
      int parameter = 1;
      for (Step step : steps) {
        parameter = bind(prepared, parameter, PostgresStatements.parameters(step));
      }
      if (statement.plain()) {
        return new long[] {prepared.executeLargeUpdate()};
      }
      try (ResultSet counts = prepared.executeQuery()) {
        counts.next();
        long[] written = new long[steps.size()];
        for (int i = 0; i < written.length; i++) {
          written[i] = counts.getLong(PostgresStatements.count(i));
        }
        return written;
      }
    }
  }

  /** Rows of a table that references itself may need each other: they are checked together. */
  private static boolean mayBeSplit(Step step) {
    return step.rows().size() > ROWS_TOGETHER
        && !(step instanceof Step.Park)
        && step.table().foreignKeys().stream()
            .noneMatch(fk -> fk.parent().equals(step.table().name()));
  }

  /** Several executions of one statement, sent without waiting for each other's answers. */
  private static long writeInParts(PreparedStatement prepared, Step step) throws SQLException {
    List<StepRow> rows = step.rows();
    for (int from = 0; from < rows.size(); from += ROWS_TOGETHER) {
      int to = Math.min(from + ROWS_TOGETHER, rows.size());
      bind(prepared, 1, PostgresStatements.parameters(step.withRows(rows.subList(from, to))));
      prepared.addBatch();
    }
    try {
      return LongStream.of(prepared.executeLargeBatch()).sum();
    } catch (BatchUpdateException e) {
      // it speaks of the batch; the server's own words are behind it
      throw e.getNextException() == null ? e : e.getNextException();
    }
  }

  @Override
  public List<StepRow> absent(Connection connection, Step.Update update) throws SQLException {
    List<StepRow> absent = new ArrayList<>();
    try (PreparedStatement prepared =
        connection.prepareStatement(PostgresStatements.absent(update.table()))) {
      bind(prepared, 1, PostgresStatements.keys(update));
      try (ResultSet places = prepared.executeQuery()) {
        while (places.next()) {
          absent.add(update.rows().get(places.getInt(1) - 1));
        }
      }
    }
    return absent;
  }

  /** Returns the number of the next parameter. */
  private static int bind(
      PreparedStatement prepared, int first, List<PostgresStatements.Parameter> parameters)
      throws SQLException {
    BaseConnection connection = prepared.getConnection().unwrap(BaseConnection.class);
    // simple queries are text from end to end
    boolean mayBeBinary = connection.getPreferQueryMode() != PreferQueryMode.SIMPLE;
    int next = first;
    for (PostgresStatements.Parameter p : parameters) {
      Optional<PgArray> binary = mayBeBinary ? binary(connection, p) : Optional.empty();
      if (binary.isPresent()) {
        prepared.setArray(next++, binary.get());
      } else {
        // of no declared type: the cast in the text then is the type, and the server reads it so
        prepared.setObject(next++, array(p.rows(), p.place(), p.column()), Types.OTHER);
      }
    }
    return next;
  }

  private static Optional<PgArray> binary(BaseConnection connection, PostgresStatements.Parameter p)
      throws SQLException {
    Optional<BinaryElement> element = PostgresColumn.of(p.column()).parameter().binary();
    if (element.isEmpty()) {
      return Optional.empty();
    }
    Optional<byte[]> bytes = BinaryArray.of(element.get(), p.rows(), p.place());
    return bytes.isPresent()
        ? Optional.of(new PgArray(connection, element.get().arrayOid(), bytes.get()))
        : Optional.empty();
  }

  private static String array(List<StepRow> rows, int place, ColumnShape column) {
    boolean bare = PostgresColumn.of(column).form().isBare();
    StringBuilder literal = new StringBuilder(rows.size() * 12 + 2);
    ArrayLiteral array = new ArrayLiteral(literal);
    for (StepRow row : rows) {
      String value = row.values()[place];
      if (value == null) {
        array.addNull();
      } else {
        array.add(value, bare);
      }
    }
    array.close();
    return literal.toString();
  }

  @Override
  public boolean writesTogether() {
    return true;
  }

  @Override
  public boolean canPark(TableShape table, ColumnShape column) {
    return !PostgresColumn.of(column).parking().equals(Parking.NONE);
  }

  @Override
  public TargetFault judge(SQLException failure) {
    return PostgresVerdicts.judge(failure);
  }

  @Override
  public CheckpointSql checkpointSql() {
    return checkpointSql;
  }

  @Override
  public String quoted(TableName table) {
    return Identifiers.quote(table);
  }
}
