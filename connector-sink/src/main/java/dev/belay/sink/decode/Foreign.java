package dev.belay.sink.decode;

/** Knows payloads that are no JSON by their first bytes. */
final class Foreign {
  private Foreign() {}

  /**
   * Passes what begins as a JSON object (or array, where one may stand).
   *
   * @throws UnreadableException naming what the bytes look like instead
   */
  static void refuse(Payload payload, boolean arrayToo) throws UnreadableException {
    byte[] bytes = payload.bytes();
    if (bytes.length > 0 && isOpening(bytes[0], arrayToo)) {
      return;
    }
    if (bytes.length == 0) {
      throw new UnreadableException(
          "The "
              + payload.part()
              + " is empty: no bytes, and not null either. A changefeed with format=json never"
              + " writes that; one with format=csv has such keys. Create the changefeed with"
              + " format=json.");
    }
    if (bytes[0] == 0) {
      throw new UnreadableException(
          "The "
              + payload.part()
              + " begins with byte 0x00, which marks Avro with a schema registry id. A feed"
              + " with format=json never writes that. Set feed.format=avro and"
              + " feed.schema.registry.url, or create the changefeed with format=json.");
    }
    int start = 0;
    while (start < bytes.length && isSpace(bytes[start])) {
      start++;
    }
    boolean asExpected = start < bytes.length && isOpening(bytes[start], arrayToo);
    // a line break before JSON and a brace read as a frame of 123 bytes
    if (isProtobuf(bytes) && !(asExpected && endsAsItBegins(bytes, start))) {
      throw new UnreadableException(
          "The "
              + payload.part()
              + " has the frame of a Protobuf message. This sink reads JSON. Create the changefeed"
              + " with format=json.");
    }
    if (!asExpected) {
      throw new UnreadableException(
          "The "
              + payload.part()
              + " is not a JSON "
              + (arrayToo ? "array or object" : "object")
              + (looksLikeCsv(bytes, start) ? "; it looks like CSV" : "")
              + ". A changefeed with format=json writes nothing else. Check that the topic is a"
              + " changefeed's and that the changefeed was created with format=json.");
    }
  }

  private static boolean isOpening(byte b, boolean arrayToo) {
    return b == '{' || (arrayToo && b == '[');
  }

  /**
   * CockroachDB's Protobuf messages are a choice of five: one field, numbers 1 to 5, whose length
   * reaches to the end (changefeed.proto, {@code Message}; keys are field 1 of {@code Key}, a map
   * with an entry per column).
   */
  private static boolean isProtobuf(byte[] bytes) {
    if ((bytes[0] & 7) != 2 || bytes[0] < 0x0A || bytes[0] > 0x2A) {
      return false;
    }
    long length = 0;
    int at = 1;
    for (int shift = 0; at < bytes.length && shift < 35; shift += 7) {
      int next = bytes[at++];
      length |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        boolean another = at + length < bytes.length && bytes[at + (int) length] == bytes[0];
        return at + length == bytes.length || another;
      }
    }
    return false;
  }

  private static boolean endsAsItBegins(byte[] bytes, int start) {
    int end = bytes.length - 1;
    while (end > start && isSpace(bytes[end])) {
      end--;
    }
    return bytes[end] == (bytes[start] == '{' ? '}' : ']');
  }

  /** What JSON lets stand between its tokens. */
  static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }

  private static boolean looksLikeCsv(byte[] bytes, int start) {
    boolean commas = false;
    for (int i = start; i < bytes.length; i++) {
      commas |= bytes[i] == ',';
      if (bytes[i] >= 0 && bytes[i] < ' ' && !isSpace(bytes[i])) {
        return false;
      }
    }
    return commas && bytes[start] != '[' && bytes[start] != '{';
  }
}
