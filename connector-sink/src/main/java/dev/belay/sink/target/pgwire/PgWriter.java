package dev.belay.sink.target.pgwire;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Comparison;
import dev.belay.sink.step.Finding;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.Command;
import dev.belay.sink.target.Target.Counts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgArray;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * Runs commands and steps over pgjdbc: rows travel as one array for each column, and all that can
 * be sent at once is. Holds nothing; any thread, on a connection of its own.
 *
 * @param rowsTogether so many rows of a step travel in one execution at most
 * @param charactersTogether so many characters of values do, unless one row alone has more
 */
public record PgWriter(int rowsTogether, long charactersTogether) {

  /**
   * Commands and then stages, each stage one statement.
   *
   * <p>An upsert of a table that is all key counts inserted rows only: for those that were there is
   * nothing to write.
   *
   * @throws SQLException of the first that failed
   */
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

  private void add(Volley volley, List<Step> stage, long[] counts) {
    PgStatements.Statement statement = PgStatements.of(stage);
    if (!statement.plain()) {
      volley.addCounting(statement.sql(), parameters(stage), counts);
      return;
    }
    Step step = stage.get(0);
    int parts = mayBeSplit(step) ? parts(step) : 1;
    List<StepRow> rows = step.rows();
    for (int part = 0; part < parts; part++) {
      int from = (int) ((long) rows.size() * part / parts);
      int to = (int) ((long) rows.size() * (part + 1) / parts);
      addPart(volley, statement.sql(), step, from, to, counts);
    }
  }

  /** Halves what is too long for one message. */
  private void addPart(Volley volley, String sql, Step step, int from, int to, long[] counts) {
    List<StepRow> rows = step.rows().subList(from, to);
    if (rows.size() > 1
        && charactersTogether < Long.MAX_VALUE
        && mayBeSplit(step)
        && characters(rows) > charactersTogether) {
      int middle = (from + to) / 2;
      addPart(volley, sql, step, from, middle, counts);
      addPart(volley, sql, step, middle, to, counts);
      return;
    }
    volley.add(sql, parameters(List.of(step.withRows(rows))), counts);
  }

  private static long characters(List<StepRow> rows) {
    long characters = 0;
    for (StepRow row : rows) {
      for (String value : row.values()) {
        characters += value == null ? 0 : value.length();
      }
    }
    return characters;
  }

  /** Rows of a table that references itself may need each other: they are checked together. */
  private static boolean mayBeSplit(Step step) {
    return !(step instanceof Step.Park)
        && step.table().foreignKeys().stream()
            .noneMatch(fk -> fk.parent().equals(step.table().name()));
  }

  /**
   * In how many executions a step is done: a power of two, so that windows of all sizes share a few
   * texts, which the driver and the server know then.
   */
  private int parts(Step step) {
    return step.rows().size() > rowsTogether
        ? 2 * Integer.highestOneBit((step.rows().size() - 1) / rowsTogether)
        : 1;
  }

  private static Command.Parameters parameters(List<Step> steps) {
    return (statement, first) -> {
      int next = first;
      for (Step step : steps) {
        next = bind(statement, next, PgStatements.parameters(step));
      }
      return next;
    };
  }

  /** The rows of an update that the table does not have. */
  public List<StepRow> absent(Connection connection, Step.Update update) throws SQLException {
    List<StepRow> absent = new ArrayList<>();
    try (PreparedStatement prepared =
        connection.prepareStatement(PgStatements.absent(update.table()))) {
      bind(prepared, 1, PgStatements.keys(update));
      try (ResultSet places = prepared.executeQuery()) {
        while (places.next()) {
          absent.add(update.rows().get(places.getInt(1) - 1));
        }
      }
    }
    return absent;
  }

  /**
   * Locks rows and compares them, see {@link dev.belay.sink.target.Target#compare}.
   *
   * @param commitTime SQL of the time at which row {@code t} was committed, as text
   */
  public List<Finding> compare(Connection connection, Comparison what, String commitTime)
      throws SQLException {
    PgComparison comparison = new PgComparison(what, commitTime);
    List<Finding> findings = new ArrayList<>();
    try (PreparedStatement prepared = connection.prepareStatement(comparison.sql())) {
      compare(prepared, comparison, what.rows(), findings);
    }
    return findings;
  }

  private void compare(
      PreparedStatement prepared,
      PgComparison comparison,
      List<StepRow> rows,
      List<Finding> findings)
      throws SQLException {
    if (rows.size() > 1
        && (rows.size() > rowsTogether
            || (charactersTogether < Long.MAX_VALUE && characters(rows) > charactersTogether))) {
      int middle = rows.size() / 2;
      compare(prepared, comparison, rows.subList(0, middle), findings);
      compare(prepared, comparison, rows.subList(middle, rows.size()), findings);
      return;
    }
    bind(prepared, 1, comparison.parameters(rows));
    try (ResultSet found = prepared.executeQuery()) {
      while (found.next()) {
        findings.add(comparison.finding(found, rows));
      }
    }
  }

  /**
   * When rows were deleted, see {@link dev.belay.sink.target.Target#deleted}.
   *
   * @param commitTime SQL of the time at which row {@code t} was committed, as text
   */
  public Map<Integer, String> deleted(
      Connection connection, TableShape table, List<StepRow> rows, String commitTime)
      throws SQLException {
    Map<Integer, String> deleted = new HashMap<>();
    try (PreparedStatement prepared =
        connection.prepareStatement(PgTombstones.sql(table, commitTime))) {
      for (int from = 0; from < rows.size(); from += rowsTogether) {
        List<StepRow> some = rows.subList(from, Math.min(rows.size(), from + rowsTogether));
        bind(prepared, PgTombstones.bindNames(prepared, table), PgTombstones.keys(table, some));
        try (ResultSet found = prepared.executeQuery()) {
          while (found.next()) {
            String committed = found.getString(2);
            deleted.put(some.get(found.getInt(1) - 1).change(), committed == null ? "" : committed);
          }
        }
      }
    }
    return deleted;
  }

  /** Returns the number of the next parameter. */
  private static int bind(
      PreparedStatement prepared, int first, List<PgStatements.Parameter> parameters)
      throws SQLException {
    BaseConnection connection = prepared.getConnection().unwrap(BaseConnection.class);
    // simple queries are text from end to end
    boolean mayBeBinary = connection.getPreferQueryMode() != PreferQueryMode.SIMPLE;
    int next = first;
    for (PgStatements.Parameter p : parameters) {
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

  private static Optional<PgArray> binary(BaseConnection connection, PgStatements.Parameter p)
      throws SQLException {
    Optional<BinaryElement> element = PgColumn.of(p.column()).parameter().binary();
    if (element.isEmpty()) {
      return Optional.empty();
    }
    Optional<byte[]> bytes = BinaryArray.of(element.get(), p.rows(), p.place());
    return bytes.isPresent()
        ? Optional.of(new PgArray(connection, element.get().arrayOid(), bytes.get()))
        : Optional.empty();
  }

  private static String array(List<StepRow> rows, int place, ColumnShape column) {
    boolean bare = PgColumn.of(column).form().isBare();
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
}
