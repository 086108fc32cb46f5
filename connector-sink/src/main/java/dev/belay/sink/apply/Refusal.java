package dev.belay.sink.apply;

import dev.belay.sink.change.TableName;
import java.util.List;

/**
 * Why a change is not applied.
 *
 * @param table of the target
 * @param keyColumns names, never values
 * @param code SQLSTATE, or empty if the change never got to the database
 * @param constraint empty if none was violated
 * @param reason one sentence or two for people
 */
public record Refusal(
    TableName table, List<String> keyColumns, String code, String constraint, String reason) {}
