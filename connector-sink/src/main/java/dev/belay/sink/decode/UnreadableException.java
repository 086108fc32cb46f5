package dev.belay.sink.decode;

/** A record, or a part of one, that cannot be read; the message is the reason, for people. */
public final class UnreadableException extends Exception {
  private static final long serialVersionUID = 1;

  // Without a stack trace: a topic full of foreign records would pay for one each time.
  public UnreadableException(String reason) {
    super(reason, null, false, false);
  }
}
