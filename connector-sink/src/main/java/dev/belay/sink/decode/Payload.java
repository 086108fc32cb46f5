package dev.belay.sink.decode;

/**
 * A Kafka key or value at the edge of this package, where null ends.
 *
 * @param part {@code key} or {@code value}, for messages
 * @param isNull Kafka's null, which is not the same as no bytes
 * @param bytes not kept beyond the record
 */
@SuppressWarnings("ArrayRecordComponent")
record Payload(String part, boolean isNull, byte[] bytes) {
  private static final byte[] NO_BYTES = {};

  /** Stands for a text before there is one. */
  static final Payload NONE = new Payload("", true, NO_BYTES);

  static Payload of(String part, byte[] bytesOrNull) {
    return new Payload(part, bytesOrNull == null, bytesOrNull == null ? NO_BYTES : bytesOrNull);
  }
}
