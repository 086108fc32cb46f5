package dev.belay.sink.shape;

import dev.belay.sink.change.TableName;
import java.util.List;

/**
 * A sequence of the target, and the columns that it gives numbers to.
 *
 * @param name schema and name as the catalog has them
 * @param columns of the tables asked for; at least one
 * @param increment what it adds each time; negative for one that counts down
 * @param least the smallest number that it can give and its columns can hold
 * @param greatest the largest such number
 * @param cycles whether it begins anew at its end
 * @param missing the rights that the session lacks to read and to move it, as SQL has them; none
 *     usually
 */
public record SequenceShape(
    TableName name,
    List<Column> columns,
    long increment,
    long least,
    long greatest,
    boolean cycles,
    List<String> missing) {

  /**
   * A column that gets its numbers from the sequence.
   *
   * @param table schema and name as the catalog has them
   * @param indexed whether an index begins with it, so that its greatest value is found at once
   */
  public record Column(TableName table, String name, boolean indexed) {
    @Override
    public String toString() {
      return table + "." + name;
    }
  }

  public SequenceShape {
    columns = List.copyOf(columns);
    missing = List.copyOf(missing);
  }

  /** Whether the numbers grow. */
  public boolean ascends() {
    return increment > 0;
  }

  /** For messages: the sequence and what it is for. */
  @Override
  public String toString() {
    return name + " of " + String.join(", ", columns.stream().map(Column::toString).toList());
  }
}
