package dev.belay.sink.step;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.util.List;
import java.util.Optional;

/**
 * Rows of one table to be locked, and compared with what they were at the source and with what they
 * are to be.
 *
 * @param before columns of the row as it was, none of the key's; empty also where there was none
 * @param hasBefore whether there was a row
 * @param after columns of the row as it is to be, none of the key's; empty also where it is to go
 * @param hasAfter whether there is to be a row
 * @param byColumn whether to tell which columns changed, of those that both sides have
 * @param version of {@code after}, the column that says which row is the newer
 * @param commitTime whether to tell when the target's row was committed
 * @param rows values in the order of {@code table.key()}, {@code before}, {@code after}
 */
public record Comparison(
    TableShape table,
    List<ColumnShape> before,
    boolean hasBefore,
    List<ColumnShape> after,
    boolean hasAfter,
    boolean byColumn,
    Optional<ColumnShape> version,
    boolean commitTime,
    List<StepRow> rows) {

  /** The same comparison of some of its rows. */
  public Comparison withRows(List<StepRow> some) {
    return new Comparison(
        table, before, hasBefore, after, hasAfter, byColumn, version, commitTime, some);
  }

  /** The columns that are compared one by one. */
  public List<ColumnShape> common() {
    return byColumn ? before.stream().filter(after::contains).toList() : List.of();
  }
}
