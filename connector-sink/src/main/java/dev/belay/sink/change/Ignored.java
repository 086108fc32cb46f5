package dev.belay.sink.change;

/**
 * A record with nothing to apply, by nature and not by fault.
 *
 * @param reason for people
 */
public record Ignored(Origin origin, String reason) implements Decoded {}
