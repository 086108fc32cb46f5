package dev.belay.sink.change;

/**
 * A row as it is now.
 *
 * @param row the columns that the message carried
 */
public record Upsert(ChangeInfo info, Row row) implements Change {}
