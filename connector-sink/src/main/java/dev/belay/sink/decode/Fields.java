package dev.belay.sink.decode;

import dev.belay.sink.change.HlcTimestamp;

/** What the fields around a row have in common. */
final class Fields {
  private Fields() {}

  static UnreadableException twice(String name) {
    return new UnreadableException(
        "The field "
            + shortened(name)
            + " occurs twice in one object, and either could be meant. CockroachDB never writes that;"
            + " look for what changed the record on its way.");
  }

  /**
   * Holds a field to one occurrence.
   *
   * @param isSeen whether it came before
   */
  static void once(boolean isSeen, String field) throws UnreadableException {
    if (isSeen) {
      throw twice(field);
    }
  }

  /** The timestamp at the cursor. */
  static HlcTimestamp timestamp(JsonCursor cursor, String field) throws UnreadableException {
    if (cursor.isString()) {
      HlcTimestamp read = cursor.timestamp();
      if (read.isKnown()) {
        return read;
      }
    }
    throw new UnreadableException(
        "The field "
            + field
            + " is not a CockroachDB timestamp, which is a string of nanoseconds, a dot and ten"
            + " digits. Without it the order of a row's versions is unknown. Check that the topic is"
            + " a changefeed's, and what changed the record on its way.");
  }

  static String text(JsonCursor cursor, String field) throws UnreadableException {
    if (!cursor.isString()) {
      throw new UnreadableException(
          "The field "
              + field
              + " is not a string, so this is not the envelope it looks like. Check that the topic is"
              + " a changefeed's and which envelope the feed was created with.");
    }
    return cursor.text();
  }

  /**
   * Passes over a field that is none of the envelope's.
   *
   * @throws UnreadableException unless its name begins with {@code __crdb__}, where CockroachDB
   *     puts what is not part of a row: any other field means that the message is another's, and
   *     reading the half of it that looks familiar could apply something else than was meant
   */
  static void skipMetadata(JsonCursor cursor, String field, String envelope)
      throws UnreadableException {
    if (!field.startsWith("__crdb__")) {
      throw notThisEnvelope(envelope, "has a field " + shortened(field));
    }
    cursor.skip();
  }

  static UnreadableException notThisEnvelope(String envelope, String found) {
    return new UnreadableException(
        "The value "
            + found
            + ", so it is no message of a feed with envelope="
            + envelope
            + ". Set the envelope that the changefeed was created with, and check that the topic is a"
            + " changefeed's.");
  }

  static UnreadableException nullValue(String envelope) {
    return new UnreadableException(
        "The value is null, which a feed with envelope="
            + envelope
            + " never sends: it could be a delete of envelope=row, any change of envelope=key_only, or"
            + " another producer's. Set the envelope that the changefeed was created with, and check"
            + " that nothing else writes to the topic.");
  }

  static UnreadableException deleteOfUnknownRow() {
    return new UnreadableException(
        "A row is gone, but the record has no key and the value names none, so it is unknown which."
            + " CockroachDB always sends keys; look for what dropped it on its way.");
  }

  static UnreadableException resolvedBesideRow() {
    return new UnreadableException(
        "The value has resolved beside fields of a row, which no changefeed writes, so neither can be"
            + " trusted. Check that the topic is a changefeed's.");
  }

  // A name of another system's message can be anything, and the reason must stay readable.
  private static String shortened(String name) {
    return name.length() <= 64 ? name : name.substring(0, 64) + "...";
  }
}
