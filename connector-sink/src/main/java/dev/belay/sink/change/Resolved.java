package dev.belay.sink.change;

/**
 * The feed's promise for one partition: no row that was not sent before will follow with a commit
 * time at or below this. Rows sent before may be sent again.
 */
public record Resolved(Origin origin, HlcTimestamp time) implements Decoded {}
