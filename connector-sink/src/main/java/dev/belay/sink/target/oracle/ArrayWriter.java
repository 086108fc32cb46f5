package dev.belay.sink.target.oracle;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Writes rows by arrays of binds, in their order: one round trip for as many as travel together.
 * Rows with long values are bound otherwise, in runs of their own.
 */
final class ArrayWriter {

  /** So many rows travel in one execution at most: more gain nothing. */
  static final int ROWS_TOGETHER = 1_000;

  /** The same of rows with LOBs, which take space in the server until they are freed. */
  static final int LOBS_TOGETHER = 50;

  private final Connection connection;
  private final int limitSeconds;

  /**
   * @param limitSeconds after which the driver cancels an execution
   */
  ArrayWriter(Connection connection, int limitSeconds) {
    this.connection = connection;
    this.limitSeconds = limitSeconds;
  }

  /** The text, for rows with or without long values. */
  @FunctionalInterface
  private interface Text {
    String of(boolean lobs);
  }

  /** Binds one value that is to be stored, and returns the number of the next parameter. */
  @FunctionalInterface
  private interface ValueBinder {
    int bind(
        PreparedStatement statement, int at, TableShape table, ColumnShape column, String value)
        throws SQLException;
  }

  @FunctionalInterface
  private interface RowBinder {
    void bind(PreparedStatement statement, StepRow row, ValueBinder values) throws SQLException;
  }

  long upsert(Step.Upsert step) throws SQLException {
    return write(
        step.columns(),
        step.rows(),
        lobs -> OracleStatements.upsert(step, lobs),
        (statement, row, values) -> {
          int at = 1;
          for (int i = 0; i < step.columns().size(); i++) {
            at = values.bind(statement, at, step.table(), step.columns().get(i), row.values()[i]);
          }
        });
  }

  long update(Step.Update step) throws SQLException {
    TableShape table = step.table();
    return write(
        step.columns(),
        step.rows(),
        lobs -> OracleStatements.update(step, lobs),
        (statement, row, values) -> {
          int at = 1;
          for (int i = 0; i < step.columns().size(); i++) {
            ColumnShape column = step.columns().get(i);
            if (!table.isKeyColumn(column.name())) {
              at = values.bind(statement, at, table, column, row.values()[i]);
            }
          }
          Binding.condition(statement, at, table.key(), key(step, row));
        });
  }

  /** The key of a row of an update, in the order of the table's key. */
  static String[] key(Step.Update step, StepRow row) {
    return step.table().key().stream()
        .map(column -> row.values()[step.columns().indexOf(column)])
        .toArray(String[]::new);
  }

  long delete(Step.Delete step) throws SQLException {
    List<ColumnShape> key = step.table().key();
    return write(
        key,
        step.rows(),
        lobs -> OracleStatements.delete(step.table()),
        (statement, row, values) -> Binding.condition(statement, 1, key, row.values()));
  }

  private long write(List<ColumnShape> columns, List<StepRow> rows, Text text, RowBinder binder)
      throws SQLException {
    long touched = 0;
    int from = 0;
    while (from < rows.size()) {
      boolean lobs = Binding.needsLobs(columns, rows.get(from));
      int most = Math.min(rows.size(), from + (lobs ? LOBS_TOGETHER : ROWS_TOGETHER));
      int to = from + 1;
      while (to < most && Binding.needsLobs(columns, rows.get(to)) == lobs) {
        to++;
      }
      touched += run(rows.subList(from, to), text.of(lobs), lobs, binder);
      from = to;
    }
    return touched;
  }

  private long run(List<StepRow> rows, String sql, boolean longValues, RowBinder binder)
      throws SQLException {
    try (Lobs lobs = new Lobs(connection);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setQueryTimeout(limitSeconds);
      ValueBinder values =
          longValues
              ? (at, first, table, column, value) ->
                  Binding.value(at, first, table, column, value, lobs)
              : Binding::value;
      for (StepRow row : rows) {
        binder.bind(statement, row, values);
        statement.addBatch();
      }
      long touched = 0;
      for (int count : counted(statement.executeBatch(), rows.size())) {
        touched += count;
      }
      return touched;
    }
  }

  /**
   * Counts of a batch, one for each execution.
   *
   * @throws OwnFault if the driver does not tell them
   */
  static int[] counted(int[] counts, int rows) throws OwnFault {
    if (counts.length != rows) {
      throw OwnFault.withoutCounts();
    }
    for (int count : counts) {
      if (count < 0) {
        throw OwnFault.withoutCounts();
      }
    }
    return counts;
  }
}
