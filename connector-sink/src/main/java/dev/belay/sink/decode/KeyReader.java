package dev.belay.sink.decode;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Row;
import dev.belay.sink.decode.TopicTables.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads keys: {@code ["seattle", 1]} of most envelopes, {@code {"id": 1}} of {@code enriched},
 * which may be wrapped as {@code {"payload": {"id": 1}, "schema": {...}}}.
 */
final class KeyReader {
  private final JsonWire json;
  private final Stretches.Gatherer unnamed = new Stretches.Gatherer();

  KeyReader(JsonWire json) {
    this.json = json;
  }

  /**
   * The key of a record, from Kafka or from the value.
   *
   * @param inValue the field {@code key} of the value; {@link KeyParts#NONE} if it has none
   */
  KeyParts keyOf(Message message, Topic topic, KeyParts inValue) throws UnreadableException {
    if (message.key().isNull()) {
      return inValue;
    }
    KeyParts kafka = read(message.key(), topic);
    if (!inValue.isEmpty() && !agree(kafka, inValue)) {
      throw new UnreadableException(
          "The Kafka key and the key inside the value differ, so it is unclear which row changed. A"
              + " feed with key_column does that: its rows are not in order and cannot be applied;"
              + " create it without key_column and unordered. If it has none, a transform changed the"
              + " key.");
    }
    return kafka.isNamed() ? kafka : inValue.isNamed() ? inValue : kafka;
  }

  private KeyParts read(Payload key, Topic topic) throws UnreadableException {
    try (JsonCursor cursor = json.objectOrArray(key)) {
      cursor.next();
      KeyParts parts = cursor.isArray() ? unnamed(cursor) : named(cursor, topic.key());
      cursor.finish();
      return parts;
    }
  }

  /** The key array or object at the cursor, inside a value. */
  KeyParts inValue(JsonCursor cursor, Topic topic) throws UnreadableException {
    if (cursor.isArray()) {
      return unnamed(cursor);
    }
    if (cursor.isObject()) {
      return parts(topic.key().read(cursor));
    }
    throw new UnreadableException(
        "The field key is neither an array nor an object, so this is not the envelope it looks like."
            + " Check that the topic is a changefeed's and which envelope the feed was created"
            + " with.");
  }

  private KeyParts unnamed(JsonCursor cursor) throws UnreadableException {
    if (!cursor.nextElement()) {
      throw emptyKey();
    }
    unnamed.clear();
    do {
      unnamed.add(cursor);
    } while (cursor.nextElement());
    return KeyParts.unnamed(unnamed.values(cursor.source()));
  }

  /**
   * The object at the cursor, or its {@code payload} if {@code schema} is the only other field and
   * both are objects. (Two JSONB key columns of these names would look the same.)
   */
  private KeyParts named(JsonCursor cursor, RowReader names) throws UnreadableException {
    Row row = names.read(cursor);
    if (row.names().size() == 2
        && isObject(row.value("payload"))
        && isObject(row.value("schema"))) {
      String payload = row.value("payload").map(Datum::text).orElseThrow();
      Payload text = new Payload("key");
      text.hold(payload.getBytes(StandardCharsets.UTF_8));
      try (JsonCursor inner = json.object(text)) {
        inner.next();
        return parts(names.read(inner));
      }
    }
    return parts(row);
  }

  private static boolean isObject(Optional<Datum> value) {
    return value.isPresent()
        && value.get() instanceof Datum.Json
        && value.get().text().startsWith("{");
  }

  private static KeyParts parts(Row row) throws UnreadableException {
    if (row.isEmpty()) {
      throw emptyKey();
    }
    return new KeyParts(row.names(), row.values());
  }

  private static UnreadableException emptyKey() {
    return new UnreadableException(
        "The key has no columns, so the row is unknown. CockroachDB never writes that; look for what"
            + " changed the record on its way.");
  }

  /** Both were written by one encoder from one row, so equal values are equal texts. */
  private static boolean agree(KeyParts kafka, KeyParts inValue) {
    if (kafka.values().size() != inValue.values().size()) {
      return false;
    }
    if (kafka.isNamed() && inValue.isNamed()) {
      Row named = new Row(inValue.names(), inValue.values());
      for (int i = 0; i < kafka.names().size(); i++) {
        Datum value = kafka.values().get(i);
        if (!named.value(kafka.names().get(i)).map(value::equals).orElse(false)) {
          return false;
        }
      }
      return true;
    }
    // With names on one side only the order is unknown: compare what does not depend on it.
    return kafka.isNamed() != inValue.isNamed()
        ? inValue.values().containsAll(kafka.values())
        : kafka.values().equals(inValue.values());
  }
}
