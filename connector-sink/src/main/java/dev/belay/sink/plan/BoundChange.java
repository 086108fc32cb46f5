package dev.belay.sink.plan;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.util.List;

/**
 * A change in the words of its target table: key found, columns matched, values encoded.
 *
 * @param index which change of the window this is
 * @param family column family of a split feed, else empty
 * @param kin how it stands to the other families of its row
 * @param delete whether the record says null: the row is gone, or that part of it is
 * @param mark whether the row is gone and stays, with a mark: {@code columns} are the key's and the
 *     mark's
 * @param whole whether the columns are all that the row has: if not, it can be changed and not made
 * @param key encoded values in the order of {@code table.key()}
 * @param columns the columns that the change carries, key included; empty for a row that is gone
 * @param values one for each column; null is SQL NULL
 * @param prior what it says of the row before it
 */
record BoundChange(
    int index,
    TableShape table,
    RowId row,
    String family,
    Kin kin,
    HlcTimestamp version,
    boolean delete,
    boolean mark,
    boolean whole,
    List<String> key,
    List<ColumnShape> columns,
    String[] values,
    Prior prior) {}
