package dev.belay.sink.decode;

import dev.belay.sink.change.Decoded;

/**
 * Judges each value by its fields, in a pass of its own, and hands the record to the envelope it
 * looks like.
 */
final class AutoDecoder implements EnvelopeDecoder {
  private final JsonWire json;
  private final WrappedDecoder wrapped;
  private final EnrichedDecoder enriched;
  private final FlatDecoder row;

  AutoDecoder(JsonWire json, TopicTables tables, String opColumn) {
    this.json = json;
    this.wrapped = new WrappedDecoder(json, tables);
    this.enriched = new EnrichedDecoder(json, tables);
    this.row = FlatDecoder.row(json, tables, opColumn);
  }

  @Override
  public Decoded decode(Message message) throws UnreadableException {
    EnvelopeDecoder looksLike = message.value().isNull() ? row : look(message);
    return looksLike.decode(message);
  }

  private EnvelopeDecoder look(Message message) throws UnreadableException {
    Look look = new Look();
    try (JsonCursor cursor = json.object(message.value())) {
      cursor.next();
      while (cursor.nextField()) {
        look.at(cursor);
        cursor.skip();
      }
      cursor.finish();
    }
    if (look.hasAfter && look.hasOp && look.hasForeign) {
      throw new UnreadableException(
          "The value looks like a Debezium event, not like a changefeed's. This decoder reads"
              + " CockroachDB's own messages. Check that the topic is a changefeed's.");
    }
    if (look.isSchemaPair()) {
      return enriched;
    }
    if (look.hasAfter && look.others == 0) {
      return look.isEnriched ? enriched : wrapped;
    }
    // A row of a bare feed may have a column named resolved; but then it also has a key.
    boolean isResolved = look.hasResolved && look.fields == 1 && message.key().isNull();
    return isResolved ? wrapped : row;
  }

  /** What the fields of a value look like. */
  private static final class Look {
    private int fields;
    private int others;
    private boolean hasAfter;
    private boolean hasOp;
    private boolean hasForeign;
    private boolean isEnriched;
    private boolean hasResolved;
    private boolean hasPayload;
    private boolean hasSchema;

    void at(JsonCursor cursor) throws UnreadableException {
      fields++;
      switch (cursor.name()) {
        case "after" -> hasAfter |= cursor.isObject() || cursor.isNull();
        case "before" -> others += cursor.isObject() || cursor.isNull() ? 0 : 1;
        case "op" -> {
          hasOp = true;
          isEnriched = true;
        }
        case "ts_ns" -> isEnriched = true;
        case "source" -> isEnriched |= cursor.isObject();
        case "key", "topic", "updated", "mvcc_timestamp", "__crdb__" -> {}
        case "resolved" -> {
          hasResolved = cursor.isString();
          others++;
        }
        case "payload" -> {
          hasPayload = cursor.isObject();
          others++;
        }
        case "schema" -> {
          hasSchema = cursor.isObject();
          others++;
        }
        case "ts_ms", "ts_us", "transaction" -> {
          hasForeign = true;
          others++;
        }
        default -> others++;
      }
    }

    boolean isSchemaPair() {
      return hasPayload && hasSchema && fields == 2;
    }
  }
}
