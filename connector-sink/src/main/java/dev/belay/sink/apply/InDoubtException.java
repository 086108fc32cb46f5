package dev.belay.sink.apply;

import dev.belay.sink.checkpoint.Advance;

/**
 * The connection was lost while COMMIT was under way: only the checkpoint rows can tell whether it
 * happened.
 */
public final class InDoubtException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Advance advance;
  private final transient Outcome outcome;

  InDoubtException(Advance advance, Outcome outcome, String message) {
    super(message, null, false, true);
    this.advance = advance;
    this.outcome = outcome;
  }

  /** What the transaction would have changed in the checkpoint rows. */
  public Advance advance() {
    return advance;
  }

  public Outcome outcome() {
    return outcome;
  }
}
