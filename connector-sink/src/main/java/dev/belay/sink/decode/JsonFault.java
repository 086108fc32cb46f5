package dev.belay.sink.decode;

/** Says why a text is not read. */
final class JsonFault {
  private JsonFault() {}

  /**
   * What is wrong with a text that could not be read on from a byte.
   *
   * @param at its length, if it was well as far as it goes
   */
  static UnreadableException at(Payload payload, int at) {
    byte[] bytes = payload.bytes();
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        return new UnreadableException(
            "The "
                + payload.part()
                + " is not valid JSON: byte "
                + i
                + " is zero. CockroachDB never writes that; look for what changed the record on its"
                + " way.");
      }
    }
    int malformed = Utf8.firstMalformed(bytes);
    if (malformed >= 0) {
      return new UnreadableException(
          "The "
              + payload.part()
              + " is not UTF-8: byte "
              + malformed
              + " belongs to no character. Reading on would change a value. CockroachDB writes"
              + " UTF-8 only; look for what re-encoded the record on its way.");
    }
    if (at >= bytes.length) {
      return truncated(payload);
    }
    return new UnreadableException(
        "The "
            + payload.part()
            + " is not valid JSON, at byte "
            + at
            + ". A changefeed with format=json always writes valid JSON; check that the topic is a"
            + " changefeed's, and what changed the record on its way.");
  }

  private static UnreadableException truncated(Payload payload) {
    return new UnreadableException(
        "The "
            + payload.part()
            + " is JSON that ends too early, after "
            + payload.bytes().length
            + " bytes. CockroachDB never writes half a message; look for what cut the record on its"
            + " way.");
  }

  static UnreadableException goesOn(Payload payload, int at) {
    return new UnreadableException(
        "The "
            + payload.part()
            + " goes on after its JSON ends, at byte "
            + at
            + ". A changefeed writes one JSON text a record; check that the topic is a"
            + " changefeed's.");
  }

  static UnreadableException beyondWhatIsRead(Payload payload) {
    return new UnreadableException(
        "The "
            + payload.part()
            + " is beyond what is read: JSON nested deeper than "
            + JsonWire.MAX_DEPTH
            + " levels, or a number of more than "
            + JsonWire.MAX_NUMBER_LENGTH
            + " digits. No target could hold it; correct the row at the source, or leave its column"
            + " out of the feed.");
  }

  static UnreadableException halfACharacter(Payload payload) {
    return new UnreadableException(
        "A string of the "
            + payload.part()
            + " holds half a surrogate pair, which is no character and cannot be written to any"
            + " database unchanged. CockroachDB never writes that; look for what changed the"
            + " record on its way.");
  }
}
