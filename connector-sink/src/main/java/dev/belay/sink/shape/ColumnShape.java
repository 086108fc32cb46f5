package dev.belay.sink.shape;

/**
 * A column of a target table.
 *
 * @param name as the catalog has it, case kept
 * @param type the database's own text, for example {@code numeric(10,2)}; for messages and SQL
 * @param kind values of one kind can be mistaken for each other in an unnamed key, for example
 *     {@code integer} for INT2 to INT8, {@code text}, {@code uuid}
 * @param nullable false for NOT NULL
 * @param hasDefault whether an absent value is filled in by the database (identity included)
 * @param generated computed by the database; never written
 * @param codec how values of the wire are bound
 */
public record ColumnShape(
    String name,
    String type,
    String kind,
    boolean nullable,
    boolean hasDefault,
    boolean generated,
    ColumnCodec codec) {

  /** Of the name alone: lists of columns are keys of maps that every row is looked up in. */
  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
