package dev.belay.sink.decode;

import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.TableName;
import dev.belay.sink.decode.TopicNames.Named;
import dev.belay.sink.decode.TopicTables.Topic;

/**
 * {@code {"after": row or null, "op", "ts_ns", "before", "key", "source"}}, or that as {@code
 * payload} beside {@code schema}.
 *
 * <p>The version of a row is {@code source.ts_hlc} and nothing else: {@code ts_ns} beside {@code
 * after} is when a node got round to the row, which orders nothing. The {@code schema} block is not
 * read; it calls {@code after} required although deletes send null.
 */
final class EnrichedDecoder implements EnvelopeDecoder {
  private static final TableName UNNAMED = TableName.of("");

  private final JsonWire json;
  private final TopicTables tables;
  private final RowEnvelope envelope;

  EnrichedDecoder(JsonWire json, TopicTables tables) {
    this.json = json;
    this.tables = tables;
    this.envelope = new RowEnvelope(new KeyReader(json));
  }

  @Override
  public Decoded decode(Message message) throws UnreadableException {
    if (message.value().isNull()) {
      throw Fields.nullValue("enriched");
    }
    Topic topic = tables.topic(message.topic());
    envelope.begin(message, topic);
    Enriched enriched = new Enriched(topic, envelope);
    try (JsonCursor cursor = json.object(message.value())) {
      cursor.next();
      enriched.readMaybeWrapped(cursor);
      cursor.finish();
    }
    return enriched.decoded(tables);
  }

  /** One message while it is read. */
  private static final class Enriched {
    private final Topic topic;
    private final RowEnvelope envelope;
    private TableName source = UNNAMED;
    private String op = "";
    private boolean hasOp;
    private boolean hasNanos;
    private boolean hasSource;
    private boolean hasPayload;
    private boolean hasSchema;
    private boolean hasPlainFields;

    Enriched(Topic topic, RowEnvelope envelope) {
      this.topic = topic;
      this.envelope = envelope;
    }

    void readMaybeWrapped(JsonCursor cursor) throws UnreadableException {
      while (cursor.nextField()) {
        String field = cursor.name();
        if (field.equals("payload") && cursor.isObject()) {
          Fields.once(hasPayload, field);
          hasPayload = true;
          while (cursor.nextField()) {
            field(cursor, cursor.name());
          }
        } else if (field.equals("schema") && cursor.isObject()) {
          Fields.once(hasSchema, field);
          hasSchema = true;
          cursor.skip();
        } else {
          hasPlainFields = true;
          field(cursor, field);
        }
      }
    }

    private void field(JsonCursor cursor, String field) throws UnreadableException {
      switch (field) {
        case "after" -> envelope.after(cursor);
        case "before" -> envelope.before(cursor);
        case "key" -> envelope.key(cursor);
        case "topic" -> envelope.topic(cursor);
        case "resolved" -> envelope.resolved(cursor);
        case "op" -> {
          Fields.once(hasOp, field);
          hasOp = true;
          op = Fields.text(cursor, field);
        }
        case "ts_ns" -> {
          Fields.once(hasNanos, field);
          hasNanos = true;
          if (!cursor.isInteger()) {
            throw Fields.notThisEnvelope("enriched", "has a ts_ns that is no whole number");
          }
        }
        case "source" -> {
          Fields.once(hasSource, field);
          hasSource = true;
          source(cursor);
        }
        default -> Fields.skipMetadata(cursor, field, "enriched");
      }
    }

    /** Its fields differ from version to version, so that unknown ones are no fault. */
    private void source(JsonCursor cursor) throws UnreadableException {
      if (!cursor.isObject()) {
        throw Fields.notThisEnvelope("enriched", "has a source that is no object");
      }
      String database = "";
      String schema = "";
      String table = "";
      int seen = 0;
      while (cursor.nextField()) {
        String field = cursor.name();
        switch (field) {
          case "database_name" -> {
            seen = once(seen, 1, field);
            database = Fields.text(cursor, field);
          }
          case "schema_name" -> {
            seen = once(seen, 2, field);
            schema = Fields.text(cursor, field);
          }
          case "table_name" -> {
            seen = once(seen, 4, field);
            table = Fields.text(cursor, field);
          }
          case "ts_hlc" -> {
            seen = once(seen, 8, field);
            if (!cursor.isNull()) {
              envelope.updated(cursor, field);
            }
          }
          case "mvcc_timestamp" -> {
            seen = once(seen, 16, field);
            if (!cursor.isNull()) {
              envelope.mvcc(cursor, field);
            }
          }
          default -> cursor.skip();
        }
      }
      if (!table.isEmpty()) {
        source = topic.source(database, schema, table);
      }
    }

    private static int once(int seen, int bit, String field) throws UnreadableException {
      Fields.once((seen & bit) != 0, field);
      return seen | bit;
    }

    Decoded decoded(TopicTables tables) throws UnreadableException {
      if (hasPayload != hasSchema || (hasPayload && hasPlainFields)) {
        throw Fields.notThisEnvelope(
            "enriched",
            "is not the pair of payload and schema that enriched_properties=schema makes");
      }
      if (envelope.isResolved()) {
        return envelope.asResolved(hasSource || hasOp);
      }
      if (!envelope.hasAfter()) {
        throw Fields.notThisEnvelope("enriched", "has no field after");
      }
      boolean isDelete = op.equals("d");
      if (!isDelete && !op.equals("c") && !op.equals("u")) {
        throw Fields.notThisEnvelope("enriched", "has no op of c, u or d");
      }
      if (isDelete != envelope.isDelete()) {
        throw new UnreadableException(
            "The field op and the field after contradict each other about whether the row is gone,"
                + " which no changefeed writes. Check what changed the record on its way.");
      }
      if (source.equals(UNNAMED)) {
        Named named = tables.table(topic, envelope.topicInValue());
        return envelope.asChange(named.table(), named.family(), op);
      }
      String family = tables.familyBesideSource(topic, envelope.topicInValue());
      return envelope.asChange(source, family, op);
    }
  }
}
