package dev.belay.sink.target.mysql;

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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * MySQL 5.7 to 9 and MariaDB 10.11 and newer, each through its own driver or the other's. Shapes
 * are read from information_schema; rows travel as many in one statement.
 *
 * <p>InnoDB checks every constraint row by row, and none can wait: the order of the rows is all
 * there is.
 *
 * <p>Not described, and so refused: views, sequences, and tables of engines without transactions.
 */
public final class MySqlTarget implements Target {

  /** So many rows are in one statement at most: more gain nothing. */
  private static final int ROWS_TOGETHER = 1_000;

  /** Statements that are prepared in the server have no more than 65,535. */
  private static final int MOST_PARAMETERS = 60_000;

  /** So many keys are in a condition at most. */
  private static final int KEYS_TOGETHER = 500;

  /** So many subqueries are in one statement at most. */
  private static final int QUERIES_TOGETHER = 50;

  /** More claims are not compared: every row gives way then. */
  private static final int MOST_CLAIMS = 2_000;

  private final CheckpointSql checkpointSql = new MySqlCheckpointSql();
  private final boolean closesCircles;
  private final boolean marks;
  private ServerFacts facts = ServerFacts.UNKNOWN;
  private MySqlStatements statements = new MySqlStatements(facts);

  /**
   * @param closesCircles whether rows that reference each other in a circle are written with the
   *     session's foreign_key_checks off, and proven
   * @param marks whether the GTIDs of what is written have a tag, so that a connector which reads
   *     the binlog can leave it out
   */
  public MySqlTarget(boolean closesCircles, boolean marks) {
    this.closesCircles = closesCircles;
    this.marks = marks;
  }

  /** One that leaves no mark on what it writes. */
  public MySqlTarget(boolean closesCircles) {
    this(closesCircles, false);
  }

  @Override
  public String name() {
    return facts.mariaDb() ? "MariaDB" : "MySQL";
  }

  @Override
  public void prepare(Connection connection, SessionLimits limits) throws SQLException {
    facts = ServerFacts.of(connection);
    statements = new MySqlStatements(facts);
    connection.setAutoCommit(true);
    // Each statement sees what is committed: the fence of the checkpoint rows is written for it.
    // And
    // gaps between rows stay unlocked, so that deletes do not wait for inserts beside them.
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    SessionSettings.apply(connection, limits, facts);
    connection.setAutoCommit(false);
  }

  @Override
  public void mark(Connection connection, String session) throws SQLException {
    if (marks) {
      connection.setAutoCommit(true);
      GtidTag.set(connection, facts);
      connection.setAutoCommit(false);
    }
  }

  /** {@inheritDoc} It is tried: what is set ends with the session. */
  @Override
  public Optional<String> whyUnmarked(Connection connection) throws SQLException {
    try {
      mark(connection, "");
      return Optional.empty();
    } catch (OwnFault fault) {
      return Optional.of(fault.getMessage() + ".");
    }
  }

  private MySqlCatalog catalog(Connection connection) {
    return new MySqlCatalog(connection, facts);
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

  /** {@inheritDoc} A user without the right TRIGGER on a table sees none of its triggers. */
  @Override
  public List<String> triggers(Connection connection, TableName table) throws SQLException {
    return catalog(connection).triggers(table);
  }

  @Override
  public Optional<String> hiddenTriggers(Connection connection, TableName table)
      throws SQLException {
    return Grants.of(connection).mayHave("TRIGGER", table)
        ? Optional.empty()
        : Optional.of(
            "Whether target table "
                + table
                + " has triggers cannot be seen: the user has no right TRIGGER on it, without which "
                + name()
                + " shows none. GRANT TRIGGER ON "
                + Identifiers.quote(table.schema())
                + ".* to it, or set triggers=allow, with which they fire.");
  }

  @Override
  public Set<TableName> takingChildrenAlong(Connection connection) throws SQLException {
    return catalog(connection).takingChildrenAlong();
  }

  @Override
  public String guard() {
    return "COALESCE(" + SessionSettings.GUARD + ", 0) = 1";
  }

  @Override
  public void checkConstraints(Connection connection) {
    // every one was checked row by row
  }

  @Override
  public void beforeCommit(Connection connection, Collection<TableShape> written)
      throws SQLException {
    Map<TableName, String> planned = new HashMap<>();
    written.forEach(table -> planned.put(table.name(), MySqlCatalog.fingerprint(table)));
    if (planned.isEmpty()) {
      return;
    }
    Map<TableName, String> now = catalog(connection).fingerprints(List.copyOf(planned.keySet()));
    for (Map.Entry<TableName, String> table : planned.entrySet()) {
      if (!table.getValue().equals(now.get(table.getKey()))) {
        throw OwnFault.changedKeys(table.getKey().toString());
      }
    }
  }

  @Override
  public Counts write(Connection connection, List<Command> first, List<List<Step>> stages)
      throws SQLException {
    List<Long> commands = new ArrayList<>(first.size());
    for (Command command : first) {
      commands.add(command.run(connection));
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

  private long write(Connection connection, Step step) throws SQLException {
    if (step instanceof Step.Upsert upsert) {
      return upsert(connection, upsert);
    }
    if (step instanceof Step.Update update) {
      return update(connection, update);
    }
    if (step instanceof Step.Delete delete) {
      return delete(connection, delete);
    }
    return park(connection, (Step.Park) step);
  }

  /** The server's count says 0, 1 or 2 for a row; here each that did not fail was written. */
  private long upsert(Connection connection, Step.Upsert step) throws SQLException {
    requireLabels(step);
    int text = 2 + step.columns().size() * 3;
    int most = Math.min(ROWS_TOGETHER, Math.max(1, MOST_PARAMETERS / step.columns().size()));
    for (List<StepRow> run : runs(step, step.rows(), most, 1, text)) {
      try (PreparedStatement insert =
          connection.prepareStatement(statements.upsert(step, run.size()))) {
        int at = 1;
        for (StepRow row : run) {
          at = Binding.row(insert, at, step.table(), step.columns(), row.values());
        }
        insert.executeLargeUpdate();
      }
    }
    return step.rows().size();
  }

  private static void requireLabels(Step.Upsert step) throws OwnFault {
    for (ColumnShape column : step.table().columns()) {
      if (MySqlColumn.of(column).enumWithoutDefault() && !step.columns().contains(column)) {
        throw OwnFault.withoutDefault(step.table().toString(), column.name());
      }
    }
  }

  private long update(Connection connection, Step.Update step) throws SQLException {
    long found = 0;
    TableShape table = step.table();
    int[] key = keyPlaces(step);
    runs(step, step.rows(), 1, 2, 256);
    try (PreparedStatement update = connection.prepareStatement(MySqlStatements.update(step))) {
      for (StepRow row : step.rows()) {
        int at = 1;
        for (int i = 0; i < step.columns().size(); i++) {
          ColumnShape column = step.columns().get(i);
          if (!table.isKeyColumn(column.name())) {
            at = Binding.value(update, at, table, column, row.values()[i]);
          }
        }
        Binding.key(update, at, table, pick(row, key));
        found += update.executeLargeUpdate();
      }
    }
    return found;
  }

  private static int[] keyPlaces(Step.Update step) {
    int[] places = new int[step.table().key().size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = step.columns().indexOf(step.table().key().get(i));
    }
    return places;
  }

  private static String[] pick(StepRow row, int[] places) {
    String[] values = new String[places.length];
    for (int i = 0; i < places.length; i++) {
      values[i] = row.values()[places[i]];
    }
    return values;
  }

  private long delete(Connection connection, Step.Delete step) throws SQLException {
    long gone = 0;
    for (List<StepRow> run : runs(step, step.rows(), KEYS_TOGETHER, 2, textOfKey(step.table()))) {
      try (PreparedStatement delete =
          connection.prepareStatement(MySqlStatements.delete(step.table(), run.size()))) {
        int at = 1;
        for (StepRow row : run) {
          at = Binding.key(delete, at, step.table(), row.values());
        }
        gone += delete.executeLargeUpdate();
      }
    }
    return gone;
  }

  private static int textOfKey(TableShape table) {
    int bytes = 16;
    for (ColumnShape column : table.key()) {
      bytes += 80 + 8 * column.name().length();
    }
    return bytes;
  }

  private long park(Connection connection, Step.Park step) throws SQLException {
    for (ColumnShape column : step.columns()) {
      if (!Parking.isPossible(column)) {
        throw new IllegalArgumentException(
            "No free value is known for column " + column.name() + " of " + step.table());
      }
    }
    if (!step.columns().stream().allMatch(ColumnShape::nullable)) {
      return Parking.write(connection, step, step.columns().get(0));
    }
    List<Step.Claim> claims = claims(step);
    List<Integer> sizes = claims.stream().map(claim -> claim.rows().size()).toList();
    if (!step.claims().isEmpty() && claims.isEmpty()) {
      // none of the rows to come has a value that could clash
      return 0;
    }
    if (sizes.stream().mapToInt(Integer::intValue).sum() > MOST_CLAIMS || !fit(claims)) {
      claims = List.of();
      sizes = List.of();
    }
    Step.Park asked = new Step.Park(step.table(), step.columns(), step.rows(), claims);
    long moved = 0;
    for (List<StepRow> run : runs(step, step.rows(), KEYS_TOGETHER, 2, textOfKey(step.table()))) {
      try (PreparedStatement update =
          connection.prepareStatement(MySqlStatements.park(asked, run.size(), sizes))) {
        int at = 1;
        for (StepRow row : run) {
          at = Binding.key(update, at, step.table(), row.values());
        }
        for (Step.Claim claim : claims) {
          int keys = step.table().key().size();
          for (StepRow row : claim.rows()) {
            for (int i = 0; i < claim.columns().size(); i++) {
              MySqlColumn.of(claim.columns().get(i))
                  .form()
                  .bindKey(update, at++, row.values()[keys + i]);
            }
          }
        }
        moved += update.executeLargeUpdate();
      }
    }
    return moved;
  }

  /** Without rows that have a NULL, which clashes with nothing. */
  private static List<Step.Claim> claims(Step.Park step) {
    List<Step.Claim> claims = new ArrayList<>();
    int keys = step.table().key().size();
    for (Step.Claim claim : step.claims()) {
      List<StepRow> rows = new ArrayList<>();
      for (StepRow row : claim.rows()) {
        boolean whole = true;
        for (int i = keys; i < row.values().length; i++) {
          whole &= row.values()[i] != null;
        }
        if (whole) {
          rows.add(row);
        }
      }
      if (!rows.isEmpty()) {
        claims.add(new Step.Claim(claim.columns(), claim.nullsClash(), rows));
      }
    }
    return claims;
  }

  /** Half of a statement is for claims, the other for keys. */
  private boolean fit(List<Step.Claim> claims) {
    long bytes = 0;
    for (Step.Claim claim : claims) {
      for (StepRow row : claim.rows()) {
        bytes += RowSize.bytes(row.values());
      }
    }
    return bytes < facts.maxPacket() / 2;
  }

  private List<List<StepRow>> runs(
      Step step, List<StepRow> rows, int most, int times, int textPerRow) throws OwnFault {
    long room = step instanceof Step.Park ? facts.maxPacket() / 2 : facts.maxPacket();
    return new RowSize(room).runs(step.table().name(), rows, most, times, textPerRow);
  }

  @Override
  public List<StepRow> absent(Connection connection, Step.Update update) throws SQLException {
    List<StepRow> absent = new ArrayList<>();
    int[] key = keyPlaces(update);
    int text = textOfKey(update.table()) + 128 + 2 * update.table().toString().length();
    for (List<StepRow> run : runs(update, update.rows(), QUERIES_TOGETHER, 2, text)) {
      try (PreparedStatement query =
          connection.prepareStatement(MySqlStatements.absent(update.table(), run.size()))) {
        int at = 1;
        for (StepRow row : run) {
          at = Binding.key(query, at, update.table(), pick(row, key));
        }
        try (ResultSet places = query.executeQuery()) {
          while (places.next()) {
            absent.add(run.get(places.getInt(1)));
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
  public boolean closesCircles(Collection<TableShape> circle) {
    return closesCircles && circle.stream().allMatch(table -> Circles.odd(table).isEmpty());
  }

  @Override
  public long[] writeCircle(Connection connection, List<Step> stage) throws SQLException {
    return new CircleWriter(connection, step -> write(connection, step)).write(stage);
  }

  @Override
  public Optional<String> circleObjection(Connection connection, TableShape table)
      throws SQLException {
    return Circles.objection(catalog(connection), table, closesCircles);
  }

  @Override
  public boolean canPark(TableShape table, ColumnShape column) {
    return Parking.isPossible(column);
  }

  @Override
  public String whyNoSequences() {
    return "InnoDB keeps AUTO_INCREMENT ahead of rows that bring their own numbers by itself, so that"
        + " there is nothing to do. Leave sequences.sync=off.";
  }

  @Override
  public TargetFault judge(SQLException failure) {
    return MySqlVerdicts.judge(failure);
  }

  @Override
  public CheckpointSql checkpointSql() {
    return checkpointSql;
  }

  @Override
  public String triggerRemedy(TableName table) {
    return "Drop them (DROP TRIGGER <name>)";
  }

  @Override
  public String uniqueRemedy(TableShape table, UniqueShape unique) {
    String columns =
        unique.columns().stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    return "If rows of one transaction pass it on to each other, a column of it must be able to be"
        + " NULL meanwhile, since InnoDB checks row by row: make one of "
        + (columns.isEmpty() ? "its columns" : columns)
        + " of "
        + quoted(table.name())
        + " nullable. Else find out who wrote the other row.";
  }

  @Override
  public String rightsRemedy() {
    return ", and whatever triggers of these tables use";
  }

  @Override
  public String scripts() {
    return "config/sql/mysql";
  }

  @Override
  public String quoted(TableName table) {
    return Identifiers.quote(table);
  }
}
