package dev.belay.sink.decode;

/**
 * A Kafka key or value at the edge of this package, where null ends. A decoder has one for each,
 * and gives it the bytes of one record after the other.
 */
final class Payload {
  private static final byte[] NO_BYTES = {};

  /** Stands for a text before there is one. */
  static final Payload NONE = new Payload("");

  private final String part;
  private boolean isNull = true;
  private byte[] bytes = NO_BYTES;

  /**
   * @param part {@code key} or {@code value}, for messages
   */
  Payload(String part) {
    this.part = part;
  }

  void hold(byte[] bytesOrNull) {
    isNull = bytesOrNull == null;
    bytes = bytesOrNull == null ? NO_BYTES : bytesOrNull;
  }

  String part() {
    return part;
  }

  /** Kafka's null, which is not the same as no bytes. */
  boolean isNull() {
    return isNull;
  }

  byte[] bytes() {
    return bytes;
  }
}
