package dev.belay.sink.checkpoint;

import dev.belay.sink.change.ConflictPolicy;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.TableName;
import java.util.List;

/**
 * A row that both databases changed, and what became of it: a row of {@code belay_conflict}.
 *
 * @param origin of the last change of the row that was folded into this
 * @param committed when that was committed at the source
 * @param table of the target
 * @param keyColumns the names of the key's columns
 * @param key their values, as they are bound
 * @param change {@code insert}, {@code update} or {@code delete}, as all of it is at the source
 * @param decision {@code source}, {@code target}, {@code merged} or {@code rejected}
 */
public record ConflictEntry(
    Origin origin,
    HlcTimestamp committed,
    TableName table,
    List<String> keyColumns,
    List<String> key,
    ConflictPolicy policy,
    String change,
    String decision) {}
