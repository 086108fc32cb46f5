package dev.belay.sink.target.mysql;

import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.OrphanedRowsException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes rows that reference each other in a circle, with the session's {@code foreign_key_checks}
 * off, and proves then that each of them references something.
 *
 * <ul>
 *   <li><b>ChecksAreOn</b>: when {@link #write} is left, checks are on, or the connection is
 *       closed; nobody else ever has it without them, and COMMIT and ROLLBACK come later.
 *   <li><b>DeletesAreChecked</b>: only rows that are written go unchecked. Deletes run with checks,
 *       so that ON DELETE acts, and children are found that this user cannot see. Rows of a circle
 *       let go of each other before ({@link Step.Park}).
 *   <li><b>ParentsStay</b>: the proof locks the rows referenced, as the check would have.
 * </ul>
 */
final class CircleWriter {

  /** So many keys are in a condition at most. */
  private static final int KEYS_TOGETHER = 500;

  /** Writes one step, and counts its rows. */
  @FunctionalInterface
  interface Steps {
    long write(Step step) throws SQLException;
  }

  private final Connection connection;
  private final Steps steps;

  CircleWriter(Connection connection, Steps steps) {
    this.connection = connection;
    this.steps = steps;
  }

  /** See {@link dev.belay.sink.target.Target#writeCircle}. */
  long[] write(List<Step> stage) throws SQLException {
    long[] rows = new long[stage.size()];
    setChecks("OFF");
    try {
      for (int i = 0; i < rows.length; i++) {
        if (!(stage.get(i) instanceof Step.Delete)) {
          rows[i] = steps.write(stage.get(i));
        }
      }
    } finally {
      checkAgain();
    }
    for (int i = 0; i < rows.length; i++) {
      if (stage.get(i) instanceof Step.Delete) {
        rows[i] = steps.write(stage.get(i));
      }
    }
    for (Step step : stage) {
      if (step instanceof Step.Write write) {
        prove(write);
      }
    }
    return rows;
  }

  private void checkAgain() throws SQLException {
    try {
      setChecks("ON");
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private void setChecks(String value) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION foreign_key_checks = " + value);
    }
  }

  private void prove(Step.Write write) throws SQLException {
    TableShape table = write.table();
    for (ForeignKeyShape reference : table.foreignKeys()) {
      for (int from = 0; from < write.rows().size(); from += KEYS_TOGETHER) {
        int to = Math.min(from + KEYS_TOGETHER, write.rows().size());
        List<StepRow> rows = write.rows().subList(from, to);
        if (hasOrphans(write, reference, rows)) {
          throw orphans(write, reference, rows);
        }
      }
    }
  }

  private OrphanedRowsException orphans(
      Step.Write write, ForeignKeyShape reference, List<StepRow> rows) throws SQLException {
    Set<Integer> changes = new LinkedHashSet<>();
    for (StepRow row : rows) {
      if (hasOrphans(write, reference, List.of(row))) {
        changes.add(row.change());
      }
    }
    MySqlVerdicts.Line line = MySqlVerdicts.of("1452");
    return new OrphanedRowsException(
        new TargetFault(
            line.verdict(),
            line.matter(),
            line.code(),
            reference.name(),
            write.table().name().toString(),
            "",
            line.summary() + ": " + line.reason(),
            false),
        changes);
  }

  private boolean hasOrphans(Step.Write write, ForeignKeyShape reference, List<StepRow> rows)
      throws SQLException {
    TableShape table = write.table();
    int[] key = new int[table.key().size()];
    for (int i = 0; i < key.length; i++) {
      key[i] = write.columns().indexOf(table.key().get(i));
    }
    try (PreparedStatement query =
        connection.prepareStatement(MySqlStatements.orphans(table, reference, rows.size()))) {
      int at = 1;
      for (StepRow row : rows) {
        for (int i = 0; i < key.length; i++) {
          ColumnShape column = table.key().get(i);
          MySqlColumn.of(column).form().bindKey(query, at++, row.values()[key[i]]);
        }
      }
      try (ResultSet count = query.executeQuery()) {
        count.next();
        return count.getLong(1) > 0;
      }
    }
  }
}
