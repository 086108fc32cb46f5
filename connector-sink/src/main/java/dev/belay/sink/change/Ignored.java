package dev.belay.sink.change;

/**
 * A record with nothing to apply, by nature and not by fault.
 *
 * @param reason for people
 * @param echo whether it tells of a change that was replicated to where it comes from (invariant I7
 *     NoEcho)
 */
public record Ignored(Origin origin, String reason, boolean echo) implements Decoded {

  /** One that is no echo. */
  public Ignored(Origin origin, String reason) {
    this(origin, reason, false);
  }
}
