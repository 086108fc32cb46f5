package dev.belay.sink.checkpoint;

/** The checkpoint rows are not as this task left them; the transaction must be rolled back. */
public final class FenceException extends Exception {
  private static final long serialVersionUID = 1;

  public FenceException(String message) {
    super(message, null, false, false);
  }
}
