package dev.belay.sink.target.cockroach;

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
import dev.belay.sink.target.pgwire.Identifiers;
import dev.belay.sink.target.pgwire.NameLookup;
import dev.belay.sink.target.pgwire.PgColumn;
import dev.belay.sink.target.pgwire.PgSequences;
import dev.belay.sink.target.pgwire.PgWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postgresql.PGConnection;

/**
 * CockroachDB 23.2 and newer. Rows travel as one array for each column and are written by {@code
 * INSERT ... ON CONFLICT}, which leaves columns alone that a record does not carry, and takes no
 * other unique index than the primary key for the row's own. Foreign keys are checked at the end of
 * each statement; steps of different tables can be parts of one.
 *
 * <p>Nothing here tries again: a transaction that must be restarted (40001) is done again as a
 * whole by who began it, checkpoint included.
 */
public final class CockroachTarget implements Target {

  /** A statement seen twice will be seen again: the driver then keeps it parsed in the node. */
  private static final int PREPARE_THRESHOLD = 2;

  /** More rows in a statement make its locks longer and its restart dearer, and gain little. */
  private static final int ROWS_TOGETHER = 1_000;

  /**
   * A node refuses messages of more than 16 MiB (sql.conn.max_read_buffer_message_size), and
   * characters can have four bytes and be escaped.
   */
  private static final long CHARACTERS_TOGETHER = 2L << 20;

  private static final PgWriter WRITER = new PgWriter(ROWS_TOGETHER, CHARACTERS_TOGETHER);

  /** Of the version that the row has; the same time by which changefeeds call it. */
  private static final String COMMIT_TIME = "t.crdb_internal_mvcc_timestamp::text";

  private final CheckpointSql checkpointSql = new CockroachCheckpointSql();
  private final boolean hidden;
  private ServerVersion version = ServerVersion.OLDEST;

  /**
   * @param hidden whether changefeeds leave out what is written (invariant I7 NoEcho)
   */
  public CockroachTarget(boolean hidden) {
    this.hidden = hidden;
  }

  @Override
  public String name() {
    return "CockroachDB";
  }

  @Override
  public void prepare(Connection connection, SessionLimits limits) throws SQLException {
    connection.setAutoCommit(true);
    version = ServerVersion.require(connection);
    SessionSettings.apply(connection, limits);
    if (hidden) {
      SessionSettings.hide(connection);
    }
    connection.unwrap(PGConnection.class).setPrepareThreshold(PREPARE_THRESHOLD);
    connection.setAutoCommit(false);
  }

  @Override
  public Map<TableName, TableShape> describe(Connection connection, Collection<TableName> tables)
      throws SQLException {
    return new CockroachCatalog(connection).describe(tables);
  }

  @Override
  public String whyAbsent(Connection connection, TableName table) throws SQLException {
    return NameLookup.read(connection, List.of(table)).reason(table);
  }

  @Override
  public List<TableName> tables(Connection connection) throws SQLException {
    return new CockroachCatalog(connection).writable();
  }

  @Override
  public List<String> triggers(Connection connection, TableName table) throws SQLException {
    return Triggers.of(connection, version, table).orElse(List.of()).stream()
        .filter(name -> !name.equals(TOMBSTONE_TRIGGER))
        .toList();
  }

  @Override
  public Optional<String> hiddenTriggers(Connection connection, TableName table)
      throws SQLException {
    return Triggers.of(connection, version, table).isPresent()
        ? Optional.empty()
        : Optional.of(
            "Whether target table "
                + table
                + " has triggers cannot be seen: CockroachDB "
                + version
                + " has triggers and does not show them here. Update it to its newest patch release, or"
                + " set triggers=allow, with which they fire.");
  }

  @Override
  public String guard() {
    return "current_setting('" + SessionSettings.GUARD + "', true) = 'on'";
  }

  @Override
  public void checkConstraints(Connection connection) {
    // every one was checked at the end of its statement
  }

  /**
   * {@inheritDoc}
   *
   * <p>A stage that changes a table more than once is several statements, see {@link Layers}.
   */
  @Override
  public Counts write(Connection connection, List<Command> first, List<List<Step>> stages)
      throws SQLException {
    List<List<Step>> statements = new ArrayList<>();
    List<Layers> layers = new ArrayList<>();
    for (List<Step> stage : stages) {
      Layers ofStage = Layers.of(stage);
      layers.add(ofStage);
      statements.addAll(ofStage.statements());
    }
    Counts counts = WRITER.write(connection, first, statements);
    List<long[]> steps = new ArrayList<>();
    int statement = 0;
    for (int s = 0; s < stages.size(); s++) {
      long[] ofStage = new long[stages.get(s).size()];
      for (List<Integer> places : layers.get(s).places()) {
        long[] counted = counts.steps().get(statement++);
        for (int i = 0; i < counted.length; i++) {
          ofStage[places.get(i)] = counted[i];
        }
      }
      steps.add(ofStage);
    }
    return new Counts(counts.commands(), steps);
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
    return Triggers.of(connection, version, table).orElse(List.of()).contains(TOMBSTONE_TRIGGER);
  }

  @Override
  public Map<Integer, String> deleted(Connection connection, TableShape table, List<StepRow> rows)
      throws SQLException {
    return WRITER.deleted(connection, table, rows, COMMIT_TIME);
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
    return CockroachVerdicts.judge(failure);
  }

  @Override
  public CheckpointSql checkpointSql() {
    return checkpointSql;
  }

  @Override
  public String triggerRemedy(TableName table) {
    return "Drop them (DROP TRIGGER <name> ON " + quoted(table) + ")";
  }

  @Override
  public String uniqueRemedy(TableShape table, UniqueShape unique) {
    return "If rows of one transaction pass it on to each other, its index must go for as long as"
        + " they do, since CockroachDB checks it row by row: DROP INDEX "
        + Identifiers.quote(table.name())
        + "@"
        + Identifiers.quote(unique.name())
        + " CASCADE, which takes along the constraint and the foreign keys of other tables that refer to"
        + " it: note them down with SHOW CREATE ALL TABLES, and make all of them again afterwards. A"
        + " constraint WITHOUT INDEX goes by ALTER TABLE ... DROP CONSTRAINT. Else find out who wrote"
        + " the other row.";
  }

  @Override
  public String rightsRemedy() {
    return ", USAGE on the schema, rights on what defaults and triggers use (sequences, types,"
        + " other tables), and a policy for every row where row level security is on";
  }

  @Override
  public String scripts() {
    return "config/sql/cockroachdb";
  }

  @Override
  public String quoted(TableName table) {
    return Identifiers.quote(table);
  }
}
