package dev.belay.sink.change;

/**
 * A record that cannot be applied.
 *
 * @param reason what was found, why it stops, what to do; no row values
 */
public record Rejected(Origin origin, String reason) implements Decoded {}
