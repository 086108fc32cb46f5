package dev.belay.sink.plan;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.util.List;

/**
 * What a window comes to for one row: all its changes folded into the newest.
 *
 * @param version of the newest change
 * @param columns what to write, key included; empty for a delete
 * @param reset columns to set to their default where the row exists: it was deleted and made anew
 * @param values one for each column; null is SQL NULL
 * @param changes indexes of the changes folded into this, oldest first; the last gave the version
 */
@SuppressWarnings("ArrayRecordComponent")
public record FoldedRow(
    TableShape table,
    RowId row,
    HlcTimestamp version,
    boolean delete,
    List<String> key,
    List<ColumnShape> columns,
    List<ColumnShape> reset,
    String[] values,
    List<Integer> changes) {}
