package dev.belay.sink.failure;

/**
 * Nothing can be applied until a person has changed something. The message says what was found, why
 * it stops, and what to do; it holds no row values, and no vendor exception is chained to it, since
 * those quote them.
 */
public final class StopException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StopException(String message) {
    super(message);
  }
}
