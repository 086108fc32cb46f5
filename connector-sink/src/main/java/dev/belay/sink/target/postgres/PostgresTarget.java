package dev.belay.sink.target.postgres;

import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.CheckpointSql;
import dev.belay.sink.target.Command;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.Target;
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
import java.util.stream.Collectors;
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
   * So many rows of a step travel in one execution at most. Longer arrays are objects that Java's
   * default collector (G1) treats apart at a high price, and gain nothing in the server: a thousand
   * rows share the cost of an execution already.
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
  public Command deferConstraints() {
    return new Command("SET CONSTRAINTS ALL DEFERRED", Command.Parameters.NONE);
  }

  @Override
  public void checkConstraints(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>An upsert of a table that is all key counts inserted rows only: for those that were there is
   * nothing to write. Steps of one stage must not touch the same row twice, since PostgreSQL then
   * does only one of the changes: park in a stage of its own.
   */
  @Override
  public Counts write(Connection connection, List<Command> first, List<List<Step>> stages)
      throws SQLException {
    Volley volley = new Volley();
    List<long[]> commands = new ArrayList<>();
    for (Command command : first) {
      long[] count = new long[1];
      volley.add(command.sql(), command.parameters(), count);
      commands.add(count);
    }
    List<long[]> steps = new ArrayList<>();
    for (List<Step> stage : stages) {
      long[] counts = new long[stage.size()];
      add(volley, stage, counts);
      steps.add(counts);
    }
    volley.fire(connection);
    return new Counts(commands.stream().map(count -> count[0]).toList(), steps);
  }

  private static void add(Volley volley, List<Step> stage, long[] counts) {
    PostgresStatements.Statement statement = PostgresStatements.of(stage);
    if (!statement.plain()) {
      volley.addCounting(statement.sql(), parameters(stage), counts);
      return;
    }
    Step step = stage.get(0);
    List<StepRow> rows = step.rows();
    int parts = parts(step);
    for (int part = 0; part < parts; part++) {
      int from = (int) ((long) rows.size() * part / parts);
      int to = (int) ((long) rows.size() * (part + 1) / parts);
      volley.add(
          statement.sql(), parameters(List.of(step.withRows(rows.subList(from, to)))), counts);
    }
  }

  /**
   * In how many executions a step is done: a power of two, so that windows of all sizes share a few
   * texts, which the driver and the server know then. Rows of a table that references itself may
   * need each other: they are checked together.
   */
  private static int parts(Step step) {
    boolean mayBeSplit =
        step.rows().size() > ROWS_TOGETHER
            && !(step instanceof Step.Park)
            && step.table().foreignKeys().stream()
                .noneMatch(fk -> fk.parent().equals(step.table().name()));
    return mayBeSplit ? 2 * Integer.highestOneBit((step.rows().size() - 1) / ROWS_TOGETHER) : 1;
  }

  private static Command.Parameters parameters(List<Step> steps) {
    return (statement, first) -> {
      int next = first;
      for (Step step : steps) {
        next = bind(statement, next, PostgresStatements.parameters(step));
      }
      return next;
    };
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
  public String triggerRemedy(TableName table) {
    return "Disable them (ALTER TABLE " + quoted(table) + " DISABLE TRIGGER <name>)";
  }

  @Override
  public String uniqueRemedy(TableShape table, UniqueShape unique) {
    String ifMoved = "If rows of one transaction pass it on to each other, ";
    if (unique.match() == UniqueShape.Match.OTHER) {
      return ifMoved
          + "drop constraint "
          + Identifiers.quote(unique.name())
          + " of "
          + quoted(table.name())
          + " and add it again as DEFERRABLE; an index over expressions has to go. Else find out who"
          + " wrote the other row.";
    }
    String columns =
        unique.columns().stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    return ifMoved
        + (unique.partial()
            ? "its index must go, since an index with a condition cannot be DEFERRABLE: DROP INDEX "
                + Identifiers.quote(unique.name())
                + "."
            : "let it be checked at the end: ALTER TABLE "
                + quoted(table.name())
                + " ADD CONSTRAINT "
                + Identifiers.quote(unique.name() + "_deferrable")
                + " UNIQUE ("
                + columns
                + ") DEFERRABLE; then drop "
                + Identifiers.quote(unique.name())
                + ".")
        + " Else find out who wrote the other row.";
  }

  @Override
  public String rightsRemedy() {
    return ", USAGE on the schema, rights on what defaults and triggers use (sequences, other"
        + " tables), and a policy for every row where row level security is on";
  }

  @Override
  public String scripts() {
    return "config/sql/postgresql";
  }

  @Override
  public String quoted(TableName table) {
    return Identifiers.quote(table);
  }
}
