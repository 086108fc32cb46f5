package dev.belay.sink.failure;

/**
 * A value that a column cannot hold exactly. The message says which kind of value and which kind of
 * column, never the value.
 */
public final class UnfitValueException extends Exception {
  private static final long serialVersionUID = 1;

  public UnfitValueException(String message) {
    super(message, null, false, false);
  }
}
