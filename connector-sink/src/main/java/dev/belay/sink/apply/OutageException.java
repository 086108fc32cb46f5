package dev.belay.sink.apply;

/**
 * Something that should pass by itself keeps the target from being written; nothing was lost and
 * nothing was written. To be tried again later.
 */
public final class OutageException extends Exception {
  private static final long serialVersionUID = 1;

  public OutageException(String message) {
    super(message, null, false, true);
  }
}
