package dev.belay.sink.target.postgres;

import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.step.Comparison;
import dev.belay.sink.step.Finding;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.CheckpointSql;
import dev.belay.sink.target.Command;
import dev.belay.sink.target.Sequences;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.Target;
import dev.belay.sink.target.pgwire.ArrayLiteral;
import dev.belay.sink.target.pgwire.Identifiers;
import dev.belay.sink.target.pgwire.NameLookup;
import dev.belay.sink.target.pgwire.PgColumn;
import dev.belay.sink.target.pgwire.PgSequences;
import dev.belay.sink.target.pgwire.PgTriggers;
import dev.belay.sink.target.pgwire.PgWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

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

  /** PostgreSQL takes messages of up to a gigabyte; windows are smaller. */
  private static final PgWriter WRITER = new PgWriter(ROWS_TOGETHER, Long.MAX_VALUE);

  /**
   * Nanoseconds since the epoch with a logical part, as CockroachDB writes times. NULL for a row
   * that was written before the server began to note times, or too long ago.
   */
  private static final String COMMIT_TIME =
      "(pg_catalog.date_part('epoch', pg_catalog.pg_xact_commit_timestamp(t.xmin)) * 1000000)"
          + "::bigint::text || '000.0000000000'";

  /** What only CockroachDB reports of itself when a session begins. */
  private static final String COCKROACH = "crdb_version";

  private final CheckpointSql checkpointSql = new PostgresCheckpointSql();
  private final boolean marks;

  /** One that leaves no mark on what it writes. */
  public PostgresTarget() {
    this(false);
  }

  /**
   * @param marks whether a replication origin marks what is written, so that a connector which
   *     reads the log can leave it out
   */
  public PostgresTarget(boolean marks) {
    this.marks = marks;
  }

  @Override
  public String name() {
    return "PostgreSQL";
  }

  @Override
  public void prepare(Connection connection, SessionLimits limits) throws SQLException {
    if (connection.unwrap(PGConnection.class).getParameterStatus(COCKROACH) != null) {
      throw OwnFault.otherServer();
    }
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
  public void mark(Connection connection, String session) throws SQLException {
    if (marks) {
      connection.setAutoCommit(true);
      OriginMark.set(connection, session);
      connection.setAutoCommit(false);
    }
  }

  @Override
  public void beforeCommit(Connection connection, Collection<TableShape> written)
      throws SQLException {
    if (marks) {
      OriginMark.stamp(connection);
    }
  }

  @Override
  public Optional<String> whyUnmarked(Connection connection) throws SQLException {
    return marks && !OriginMark.isAllowed(connection)
        ? Optional.of(OwnFault.MARK_FORBIDDEN + ".")
        : Optional.empty();
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
    return PgTriggers.ofUser(connection, table);
  }

  @Override
  public String guard() {
    return "current_setting('" + SessionSettings.GUARD + "', true) = 'on'";
  }

  @Override
  public Optional<Command> deferConstraints() {
    return Optional.of(new Command("SET CONSTRAINTS ALL DEFERRED", Command.Parameters.NONE));
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
    return WRITER.write(connection, first, stages);
  }

  @Override
  public List<StepRow> absent(Connection connection, Step.Update update) throws SQLException {
    return WRITER.absent(connection, update);
  }

  @Override
  public boolean comparesRows() {
    return true;
  }

  @Override
  public List<Finding> compare(Connection connection, Comparison what) throws SQLException {
    return WRITER.compare(connection, what, COMMIT_TIME);
  }

  @Override
  public boolean notesDeletes(Connection connection, TableName table) throws SQLException {
    return PgTriggers.of(connection, table).contains(TOMBSTONE_TRIGGER);
  }

  @Override
  public Map<Integer, String> deleted(Connection connection, TableShape table, List<StepRow> rows)
      throws SQLException {
    return WRITER.deleted(connection, table, rows, COMMIT_TIME);
  }

  @Override
  public Optional<String> whyNoCommitTimes(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW track_commit_timestamp")) {
      return row.next() && row.getString(1).equals("on")
          ? Optional.empty()
          : Optional.of(
              "The server does not note when rows were committed. Run ALTER SYSTEM SET"
                  + " track_commit_timestamp = on as a superuser and restart the server, or name a"
                  + " column that tells for each table, with conflict.version.columns.");
    }
  }

  @Override
  public boolean writesTogether() {
    return true;
  }

  @Override
  public boolean canPark(TableShape table, ColumnShape column) {
    return !PgColumn.of(column).parking().equals(PgColumn.NO_PARKING);
  }

  @Override
  public Optional<Sequences> sequences() {
    return Optional.of(new PgSequences(CatalogSql.SEQUENCES));
  }

  @Override
  public TargetFault judge(SQLException failure) {
    return failure instanceof OwnFault own ? own.fault() : PostgresVerdicts.judge(failure);
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
