package dev.belay.sink.shape;

import dev.belay.sink.change.TableName;
import java.util.List;

/**
 * A foreign key, seen from the referencing (child) table.
 *
 * @param columns of the child
 * @param parent the referenced table
 * @param parentColumns same order as {@code columns}
 * @param deferrable whether the check can wait for COMMIT
 * @param onDelete what the database does to children of a deleted parent
 */
public record ForeignKeyShape(
    String name,
    List<String> columns,
    TableName parent,
    List<String> parentColumns,
    boolean deferrable,
    OnDelete onDelete) {

  /** The referential action of ON DELETE. */
  public enum OnDelete {
    NO_ACTION,
    RESTRICT,
    CASCADE,
    SET_NULL,
    SET_DEFAULT
  }
}
