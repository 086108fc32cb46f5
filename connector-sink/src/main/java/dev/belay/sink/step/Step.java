package dev.belay.sink.step;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.util.List;

/**
 * One thing to write: the words in which the plan speaks to a target, which turns each into one
 * statement. Rows of a step have different keys. Values are what the columns' codecs returned, with
 * {@code null} for SQL NULL (the one place where null means something, because it is the database's
 * own).
 */
public sealed interface Step {
  TableShape table();

  /** As many as there are rows to write. */
  List<StepRow> rows();

  /** The same step over some of its rows. */
  Step withRows(List<StepRow> some);

  /** Writes values, and not only keys. */
  sealed interface Write extends Step {

    /** Those to write; the key's are among them. Each row has a value for each, in this order. */
    List<ColumnShape> columns();

    @Override
    Write withRows(List<StepRow> some);
  }

  /**
   * Rows as they are to be: inserted, or updated where the key exists.
   *
   * @param columns those to write; the key's are among them
   * @param reset columns set back to their default where the row exists already: the row was
   *     deleted and made anew inside the window and its new version does not carry them
   * @param fresh whether the target was asked and has none of the rows: one that is there by now is
   *     left as it is, and does not count as written
   * @param rows values in the order of {@code columns}
   */
  record Upsert(
      TableShape table,
      List<ColumnShape> columns,
      List<ColumnShape> reset,
      boolean fresh,
      List<StepRow> rows)
      implements Write {

    /** Rows that the target may have. */
    public Upsert(
        TableShape table, List<ColumnShape> columns, List<ColumnShape> reset, List<StepRow> rows) {
      this(table, columns, reset, false, rows);
    }

    @Override
    public Upsert withRows(List<StepRow> some) {
      return new Upsert(table, columns, reset, fresh, some);
    }
  }

  /**
   * Rows to change where they exist; one that does not is no fault, and is not made.
   *
   * @param columns the key's, and at least one other
   * @param rows values in the order of {@code columns}
   */
  record Update(TableShape table, List<ColumnShape> columns, List<StepRow> rows) implements Write {
    @Override
    public Update withRows(List<StepRow> some) {
      return new Update(table, columns, some);
    }
  }

  /**
   * Rows to take away; one that is not there is no fault.
   *
   * @param rows values in the order of {@code table.key()}
   */
  record Delete(TableShape table, List<StepRow> rows) implements Step {
    @Override
    public Delete withRows(List<StepRow> some) {
      return new Delete(table, some);
    }
  }

  /**
   * Existing rows whose unique values must get out of the way of others: the column is set to NULL,
   * or where it cannot be NULL to a value that no row has, for now. The rows are written or deleted
   * by a later step of the same transaction.
   *
   * @param columns the unique columns to empty
   * @param rows values in the order of {@code table.key()}
   * @param claims what other rows are about to have: a row gives way only if it has now what a row
   *     of another key claims. Empty: it gives way in any case
   */
  record Park(TableShape table, List<ColumnShape> columns, List<StepRow> rows, List<Claim> claims)
      implements Step {

    /** Gives way in any case. */
    public Park(TableShape table, List<ColumnShape> columns, List<StepRow> rows) {
      this(table, columns, rows, List.of());
    }

    @Override
    public Park withRows(List<StepRow> some) {
      return new Park(table, columns, some, claims);
    }
  }

  /**
   * Unique values that rows are about to have.
   *
   * @param columns of the unique constraint, as far as the rows carry them
   * @param nullsClash whether NULL equals NULL
   * @param rows values in the order of {@code table.key()}, then in that of {@code columns}
   */
  record Claim(List<ColumnShape> columns, boolean nullsClash, List<StepRow> rows) {}
}
