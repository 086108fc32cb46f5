package dev.belay.sink.target.oracle;

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
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Oracle Database 19c to 23ai through its thin driver. Shapes are read from the data dictionary;
 * rows of a step are one statement with arrays of binds.
 *
 * <p>Each row of such an array is checked as a statement of its own, so rows that need each other
 * are put in order, unless their constraints are DEFERRABLE: those wait for the end.
 *
 * <p>Not described, and so refused: views, synonyms, temporary and external tables, materialized
 * views, and tables with an identity column that takes no values of others. {@link #whyAbsent} says
 * which.
 */
public final class OracleTarget implements Target {

  /** So many keys or claims are in a condition at most; a list takes a thousand. */
  private static final int KEYS_TOGETHER = 500;

  /** So many subqueries are in one statement at most. */
  private static final int QUERIES_TOGETHER = 50;

  /**
   * What a statement may take beside waiting for a lock: the server has no limit for the latter.
   */
  static final Duration WORK = Duration.ofSeconds(30);

  private final String emptyString;
  private final CheckpointSql checkpointSql =
      new OracleCheckpointSql(() -> SessionSettings.seconds(this.lockWait));
  private Duration lockWait = Duration.ofSeconds(30);
  private ServerFacts facts = ServerFacts.UNKNOWN;

  /**
   * @param emptyString what is written for an empty string, which is NULL here, into a column that
   *     cannot be NULL; empty to reject such a record
   */
  public OracleTarget(String emptyString) {
    this.emptyString = emptyString;
  }

  @Override
  public String name() {
    return "Oracle";
  }

  @Override
  public void prepare(Connection connection, SessionLimits limits) throws SQLException {
    lockWait = limits.lockWait();
    facts = ServerFacts.of(connection);
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    SessionSettings.apply(connection, limits);
    connection.commit();
  }

  private OracleCatalog catalog(Connection connection) {
    return new OracleCatalog(connection, facts, emptyString);
  }

  @Override
  public Map<TableName, TableShape> describe(Connection connection, Collection<TableName> tables)
      throws SQLException {
    return catalog(connection).describe(tables);
  }

  @Override
  public String whyAbsent(Connection connection, TableName table) throws SQLException {
    return NameLookup.read(connection, List.of(table)).reason(table);
  }

  @Override
  public List<TableName> tables(Connection connection) throws SQLException {
    return catalog(connection).writable();
  }

  @Override
  public List<String> triggers(Connection connection, TableName table) throws SQLException {
    return catalog(connection).triggers(table);
  }

  @Override
  public Set<TableName> takingChildrenAlong(Connection connection) throws SQLException {
    return catalog(connection).takingChildrenAlong();
  }

  @Override
  public String guard() {
    return SessionSettings.GUARD;
  }

  @Override
  public Optional<Command> deferConstraints() {
    return Optional.of(new Command("SET CONSTRAINTS ALL DEFERRED", Command.Parameters.NONE));
  }

  @Override
  public void checkConstraints(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(limit());
      statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
    }
  }

  /** Oracle forgets savepoints at the end of the transaction and not before. */
  @Override
  public void release(Connection connection, Savepoint savepoint) {
    // the driver has no such call
  }

  @Override
  public Counts write(Connection connection, List<Command> first, List<List<Step>> stages)
      throws SQLException {
    List<Long> commands = new ArrayList<>(first.size());
    int from = 0;
    while (from < first.size()) {
      int to = from + 1;
      while (to < first.size() && first.get(to).sql().equals(first.get(from).sql())) {
        to++;
      }
      run(connection, first.subList(from, to), commands);
      from = to;
    }
    List<long[]> counts = new ArrayList<>(stages.size());
    for (List<Step> stage : stages) {
      long[] rows = new long[stage.size()];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = write(connection, stage.get(i));
      }
      counts.add(rows);
    }
    return new Counts(commands, counts);
  }

  /** Commands of one text, in one round trip. */
  private void run(Connection connection, List<Command> alike, List<Long> counts)
      throws SQLException {
    try (PreparedStatement statement = prepared(connection, alike.get(0).sql())) {
      if (alike.size() == 1) {
        alike.get(0).parameters().bind(statement, 1);
        counts.add(statement.executeLargeUpdate());
        return;
      }
      for (Command command : alike) {
        command.parameters().bind(statement, 1);
        statement.addBatch();
      }
      for (int count : ArrayWriter.counted(statement.executeBatch(), alike.size())) {
        counts.add((long) count);
      }
    }
  }

  private PreparedStatement prepared(Connection connection, String sql) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setQueryTimeout(limit());
    return statement;
  }

  /** Seconds after which the driver cancels a statement: nothing else ends the wait for a row. */
  private int limit() {
    return (int) SessionSettings.seconds(lockWait.plus(WORK));
  }

  private long write(Connection connection, Step step) throws SQLException {
    ArrayWriter writer = new ArrayWriter(connection, limit());
    if (step instanceof Step.Upsert upsert) {
      return writer.upsert(upsert);
    }
    if (step instanceof Step.Update update) {
      return writer.update(update);
    }
    if (step instanceof Step.Delete delete) {
      return writer.delete(delete);
    }
    return park(connection, (Step.Park) step);
  }

  private long park(Connection connection, Step.Park step) throws SQLException {
    for (ColumnShape column : step.columns()) {
      if (!Parking.isPossible(column)) {
        throw new IllegalArgumentException(
            "No free value is known for column " + column.name() + " of " + step.table());
      }
    }
    if (!step.columns().stream().allMatch(Parking::inNull)) {
      return Parking.write(connection, step, step.columns().get(0));
    }
    Optional<List<Step.Claim>> asking = claims(step);
    if (asking.isPresent() && asking.get().isEmpty() && !step.claims().isEmpty()) {
      // none of the rows to come has a value that could clash
      return 0;
    }
    List<Step.Claim> claims = asking.orElse(List.of());
    List<Integer> sizes = claims.stream().map(claim -> claim.rows().size()).toList();
    Step.Park asked = new Step.Park(step.table(), step.columns(), step.rows(), claims);
    int keys = step.table().key().size();
    long moved = 0;
    for (int from = 0; from < step.rows().size(); from += KEYS_TOGETHER) {
      List<StepRow> rows =
          step.rows().subList(from, Math.min(step.rows().size(), from + KEYS_TOGETHER));
      try (PreparedStatement update =
          prepared(connection, OracleStatements.park(asked, rows.size(), sizes))) {
        int at = 1;
        for (StepRow row : rows) {
          at = Binding.condition(update, at, step.table().key(), row.values());
        }
        for (Step.Claim claim : claims) {
          for (StepRow row : claim.rows()) {
            at = Binding.kept(update, at, claim.columns(), claimed(row, keys));
          }
        }
        moved += update.executeLargeUpdate();
      }
    }
    return moved;
  }

  private static String[] claimed(StepRow row, int keys) {
    String[] values = new String[row.values().length - keys];
    System.arraycopy(row.values(), keys, values, 0, values.length);
    return values;
  }

  /**
   * What rows are asked whether they have it. A row of NULLs alone clashes with nothing; one with
   * some NULLs does, and cannot be asked for in a list.
   *
   * @return empty if all rows are to give way unasked
   */
  private static Optional<List<Step.Claim>> claims(Step.Park step) {
    List<Step.Claim> claims = new ArrayList<>();
    int keys = step.table().key().size();
    int asked = 0;
    for (Step.Claim claim : step.claims()) {
      List<StepRow> rows = new ArrayList<>();
      for (StepRow row : claim.rows()) {
        int nulls = 0;
        for (String value : claimed(row, keys)) {
          nulls += value == null || value.isEmpty() ? 1 : 0;
        }
        if (nulls == 0) {
          rows.add(row);
        } else if (nulls < claim.columns().size()) {
          return Optional.empty();
        }
      }
      if (!rows.isEmpty()) {
        claims.add(new Step.Claim(claim.columns(), claim.nullsClash(), rows));
        asked += rows.size();
      }
    }
    return asked > KEYS_TOGETHER ? Optional.empty() : Optional.of(claims);
  }

  @Override
  public List<StepRow> absent(Connection connection, Step.Update update) throws SQLException {
    List<StepRow> absent = new ArrayList<>();
    for (int from = 0; from < update.rows().size(); from += QUERIES_TOGETHER) {
      List<StepRow> rows =
          update.rows().subList(from, Math.min(update.rows().size(), from + QUERIES_TOGETHER));
      try (PreparedStatement query =
          prepared(connection, OracleStatements.absent(update.table(), rows.size()))) {
        int at = 1;
        for (StepRow row : rows) {
          at = Binding.condition(query, at, update.table().key(), ArrayWriter.key(update, row));
        }
        try (ResultSet places = query.executeQuery()) {
          while (places.next()) {
            absent.add(rows.get(places.getInt(1)));
          }
        }
      }
    }
    return absent;
  }

  @Override
  public boolean writesTogether() {
    return false;
  }

  @Override
  public boolean canPark(TableShape table, ColumnShape column) {
    return Parking.isPossible(column);
  }

  @Override
  public String whyNoSequences() {
    return "A sequence of Oracle is moved by ALTER, which the sink's user may not do, and which would"
        + " end its transaction. Leave sequences.sync=off, and move sequences and identity columns when"
        + " you go back: docs/oracle.md has the statements.";
  }

  @Override
  public TargetFault judge(SQLException failure) {
    return OracleVerdicts.judge(failure);
  }

  @Override
  public CheckpointSql checkpointSql() {
    return checkpointSql;
  }

  @Override
  public String triggerRemedy(TableName table) {
    return "Disable them (ALTER TRIGGER <name> DISABLE)";
  }

  @Override
  public String uniqueRemedy(TableShape table, UniqueShape unique) {
    String columns =
        unique.columns().stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    return unique.match() == UniqueShape.Match.OTHER
        ? "If rows of one transaction pass it on to each other, its index over expressions must go: DROP INDEX "
            + Identifiers.quote(TableName.of(table.name().schema(), unique.name()))
            + ". Else find out who wrote the other row."
        : "If rows of one transaction pass it on to each other, let it be checked at the end: drop "
            + Identifiers.quote(unique.name())
            + ", then ALTER TABLE "
            + quoted(table.name())
            + " ADD CONSTRAINT "
            + Identifiers.quote(unique.name())
            + " UNIQUE ("
            + columns
            + ") DEFERRABLE. Else find out who wrote the other row.";
  }

  @Override
  public String timeRemedy() {
    return "A statement may take target.lock.timeout.ms and "
        + WORK.toSeconds()
        + " s. End the session that holds a lock on rows of these tables, give each foreign key that"
        + " refers to them an index on its columns, without which every delete reads the whole child"
        + " table, or raise target.lock.timeout.ms.";
  }

  @Override
  public String rightsRemedy() {
    return ", SELECT on the views of the dictionary that role.sql names, and whatever triggers of"
        + " these tables use";
  }

  @Override
  public String scripts() {
    return "config/sql/oracle";
  }

  @Override
  public String quoted(TableName table) {
    return Identifiers.quote(table);
  }
}
