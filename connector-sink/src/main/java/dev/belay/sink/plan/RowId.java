package dev.belay.sink.plan;

import dev.belay.sink.change.TableName;

/**
 * One row of the target, for maps.
 *
 * @param table as the target's catalog names it
 * @param key the canonical texts of the key columns, joined by U+0000, which no database text holds
 */
public record RowId(TableName table, String key) {}
