package dev.belay.sink.plan;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.util.ArrayList;
import java.util.List;

/**
 * What a window comes to for one row: all its changes folded into the newest.
 *
 * @param version of the newest change
 * @param ifAbsent what is to be done where the target has no such row
 * @param columns what to write, key included; empty for a delete
 * @param reset columns to set to their default where the row exists: it was deleted and made anew
 * @param values one for each column; null is SQL NULL
 * @param changes indexes of the changes folded into this; the last is at fault if the row is
 *     refused: the newest, or of column families the newest that a row can be without
 * @param prior what the row was before all of them
 */
@SuppressWarnings("ArrayRecordComponent")
public record FoldedRow(
    TableShape table,
    RowId row,
    HlcTimestamp version,
    boolean delete,
    IfAbsent ifAbsent,
    List<String> key,
    List<ColumnShape> columns,
    List<ColumnShape> reset,
    String[] values,
    List<Integer> changes,
    Prior prior) {

  /** What is to be done with a row that the target does not have. */
  public enum IfAbsent {
    /** It is made. */
    INSERT,
    /**
     * It is made, and if it is there by then, it is left as it is: the target was asked, and
     * somebody was faster.
     */
    INSERT_NEW,
    /**
     * Nothing yet: the column family with the key's columns makes it. Or never, if the row is gone
     * by the time everything up to then has taken effect.
     */
    WAIT_FOR_ROW,
    /** Nothing yet: columns that cannot be NULL come with other column families. */
    WAIT_FOR_COLUMNS,
    /** Nothing. */
    NOTHING
  }

  /** Whether a row cannot be made without a column. */
  public static boolean isRequired(ColumnShape column) {
    return !column.nullable() && !column.hasDefault() && !column.generated();
  }

  /** Whether it is to wait where the target does not have it. */
  public boolean waitsIfAbsent() {
    // a row that is compared waits for nothing: it was deleted in the target if it is not there
    return (ifAbsent == IfAbsent.WAIT_FOR_ROW || ifAbsent == IfAbsent.WAIT_FOR_COLUMNS)
        && !prior.isAsked();
  }

  /** Whether it is made where the target does not have it. */
  boolean isMade() {
    return ifAbsent == IfAbsent.INSERT || ifAbsent == IfAbsent.INSERT_NEW;
  }

  FoldedRow ifAbsent(IfAbsent other) {
    return new FoldedRow(
        table, row, version, delete, other, key, columns, reset, values, changes, prior);
  }

  /** The first of several, which stands for all of them. */
  FoldedRow before(FoldedRow following) {
    List<Integer> all = new ArrayList<>(changes);
    all.addAll(following.changes());
    return new FoldedRow(
        table,
        row,
        following.version(),
        delete,
        ifAbsent,
        key,
        columns,
        reset,
        values,
        all,
        prior.then(following));
  }

  /** The same with some of its columns, to change a row that is there. */
  FoldedRow only(List<ColumnShape> some) {
    return new FoldedRow(
        table,
        row,
        version,
        delete,
        IfAbsent.NOTHING,
        key,
        some,
        List.of(),
        some.stream().map(column -> values[columns.indexOf(column)]).toArray(String[]::new),
        changes,
        prior);
  }
}
