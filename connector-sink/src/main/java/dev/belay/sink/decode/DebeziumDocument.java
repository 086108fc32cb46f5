package dev.belay.sink.decode;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Takes {@code {"schema": ..., "payload": ...}} apart. The schema is most of a message and the same
 * in nearly all of a topic, so a message that begins with the bytes of the last one up to its
 * payload has that one's schema, and only the payload is read. One thread.
 */
final class DebeziumDocument {
  /** As many as a connector has topics, at most; bounds what invented ones can take. */
  private static final int MAX_TOPICS = 10_000;

  private static final byte[] NO_PAYLOAD = {};

  private final JsonWire json;
  private final String part;
  private final Map<String, Opening> openings = new HashMap<>();

  /**
   * @param part {@code key} or {@code value}, for messages
   */
  DebeziumDocument(JsonWire json, String part) {
    this.json = json;
    this.part = part;
  }

  /** The bytes before a payload, and what they say. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Opening(byte[] bytes, DebeziumType type) {}

  /**
   * One message.
   *
   * @param type empty if it came without a schema
   * @param payload JSON: an object, or null
   */
  record Read(Optional<DebeziumType> type, Payload payload) {}

  Read read(String topic, byte[] message) throws UnreadableException {
    Opening known = openings.get(topic);
    if (known != null && goesOn(message, known.bytes)) {
      return new Read(
          Optional.of(known.type),
          payload(Arrays.copyOfRange(message, known.bytes.length, message.length - 1)));
    }
    return readWhole(topic, message);
  }

  /** Whether it has these bytes, something, and the brace that closes what they opened. */
  private static boolean goesOn(byte[] message, byte[] opening) {
    return message.length > opening.length + 1
        && message[message.length - 1] == '}'
        && Arrays.equals(message, 0, opening.length, opening, 0, opening.length);
  }

  private Read readWhole(String topic, byte[] message) throws UnreadableException {
    Payload whole = payload(message);
    Optional<DebeziumType> type = Optional.empty();
    byte[] payload = NO_PAYLOAD;
    int from = 0;
    int fields = 0;
    boolean hasSchema = false;
    boolean hasPayload = false;
    try (JsonCursor cursor = json.object(whole)) {
      cursor.next();
      while (cursor.nextField()) {
        fields++;
        String field = cursor.name();
        if (field.equals("schema") && (cursor.isObject() || cursor.isNull())) {
          Fields.once(hasSchema, field);
          hasSchema = true;
          type = cursor.isNull() ? Optional.empty() : Optional.of(DebeziumType.read(cursor));
        } else if (field.equals("payload") && (cursor.isObject() || cursor.isNull())) {
          Fields.once(hasPayload, field);
          hasPayload = true;
          cursor.pass();
          // only what lies behind its schema can be told by the bytes before it
          from = hasSchema ? cursor.start() : 0;
          payload = Arrays.copyOfRange(message, cursor.start(), cursor.end());
        } else {
          cursor.skip();
        }
      }
      cursor.finish();
    }
    if (!hasSchema || !hasPayload || fields != 2) {
      return new Read(Optional.empty(), whole);
    }
    if (type.isPresent() && from > 0) {
      if (openings.size() == MAX_TOPICS) {
        openings.clear();
      }
      openings.put(topic, new Opening(Arrays.copyOf(message, from), type.get()));
    }
    return new Read(type, payload(payload));
  }

  private Payload payload(byte[] bytes) {
    Payload payload = new Payload(part);
    payload.hold(bytes);
    return payload;
  }
}
