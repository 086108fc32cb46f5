package dev.belay.sink.decode;

import dev.belay.sink.change.Decoded;
import dev.belay.sink.decode.TopicNames.Named;
import dev.belay.sink.decode.TopicTables.Topic;

/** {@code {"after": row or null, "before", "key", "topic", "updated", "mvcc_timestamp"}}. */
final class WrappedDecoder implements EnvelopeDecoder {
  private final JsonWire json;
  private final TopicTables tables;
  private final RowEnvelope envelope;

  WrappedDecoder(JsonWire json, TopicTables tables) {
    this.json = json;
    this.tables = tables;
    this.envelope = new RowEnvelope(new KeyReader(json));
  }

  @Override
  public Decoded decode(Message message) throws UnreadableException {
    if (message.value().isNull()) {
      throw Fields.nullValue("wrapped");
    }
    Topic topic = tables.topic(message.topic());
    envelope.begin(message, topic);
    try (JsonCursor cursor = json.object(message.value())) {
      cursor.next();
      while (cursor.nextField()) {
        String field = cursor.name();
        switch (field) {
          case "after" -> envelope.after(cursor);
          case "before" -> envelope.before(cursor);
          case "key" -> envelope.key(cursor);
          case "topic" -> envelope.topic(cursor);
          case "updated" -> envelope.updated(cursor, field);
          case "mvcc_timestamp" -> envelope.mvcc(cursor, field);
          case "resolved" -> envelope.resolved(cursor);
          default -> Fields.skipMetadata(cursor, field, "wrapped");
        }
      }
      cursor.finish();
    }
    if (envelope.isResolved()) {
      return envelope.asResolved(false);
    }
    if (!envelope.hasAfter()) {
      throw Fields.notThisEnvelope("wrapped", "has no field after");
    }
    Named named = tables.table(topic, envelope.topicInValue());
    return envelope.asChange(named.table(), named.family(), "");
  }
}
