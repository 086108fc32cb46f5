package dev.belay.sink.decode;

import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.ChangeInfo.Before;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.decode.TopicNames.Named;
import dev.belay.sink.decode.TopicTables.Topic;

/**
 * {@code bare} and {@code row}: the columns themselves, with {@code __crdb__} among them for
 * everything else.
 *
 * <p>A {@code row} feed deletes with a null value. A {@code bare} feed sends the key's columns and
 * null for all others, which an update can look like too: unless the query projects {@code
 * event_op()} and the column is named, every message is taken for an upsert.
 */
final class FlatDecoder implements EnvelopeDecoder {
  private static final String METADATA = "__crdb__";

  private final JsonWire json;
  private final TopicTables tables;
  private final KeyReader keys;
  private final boolean nullDeletes;
  private final String opColumn;

  private FlatDecoder(JsonWire json, TopicTables tables, boolean nullDeletes, String opColumn) {
    this.json = json;
    this.tables = tables;
    this.keys = new KeyReader(json);
    this.nullDeletes = nullDeletes;
    this.opColumn = opColumn;
  }

  static FlatDecoder bare(JsonWire json, TopicTables tables, String opColumn) {
    return new FlatDecoder(json, tables, false, opColumn);
  }

  static FlatDecoder row(JsonWire json, TopicTables tables, String opColumn) {
    return new FlatDecoder(json, tables, true, opColumn);
  }

  @Override
  public Decoded decode(Message message) throws UnreadableException {
    Topic topic = tables.topic(message.topic());
    if (message.value().isNull()) {
      if (!nullDeletes) {
        throw Fields.nullValue("bare");
      }
      return delete(message, topic);
    }
    Metadata metadata = new Metadata(message, topic);
    Datum op = Datum.Null.NULL;
    boolean hasOp = false;
    RowReader reader = topic.after();
    reader.begin();
    Row row;
    try (JsonCursor cursor = json.object(message.value())) {
      cursor.next();
      while (cursor.nextField()) {
        String column = cursor.name();
        if (column.equals(METADATA)) {
          metadata.read(cursor);
        } else if (!opColumn.isEmpty() && column.equals(opColumn)) {
          Fields.once(hasOp, column);
          hasOp = true;
          op = cursor.datum();
        } else {
          reader.add(column, cursor);
        }
      }
      cursor.finish();
      row = reader.finish(cursor);
    }
    if (metadata.resolved.isKnown()) {
      if (!row.isEmpty() || !op.isNull() || metadata.isOfRow()) {
        throw Fields.resolvedBesideRow();
      }
      return new Resolved(message.origin(), metadata.resolved);
    }
    boolean isDelete = !opColumn.isEmpty() && isDelete(op);
    KeyParts key = keys.keyOf(message, topic, metadata.key);
    if (isDelete && key.isEmpty()) {
      throw Fields.deleteOfUnknownRow();
    }
    Named named = tables.table(topic, metadata.topicInValue);
    ChangeInfo info =
        new ChangeInfo(
            message.origin(),
            named.table(),
            named.family(),
            key,
            metadata.updated,
            metadata.mvcc,
            Before.NOT_SENT,
            op.isNull() ? "" : op.text());
    return isDelete ? new Delete(info) : new Upsert(info, row);
  }

  /** The words of CockroachDB's {@code event_op()}. */
  private boolean isDelete(Datum op) throws UnreadableException {
    switch (op.isNull() ? "" : op.text()) {
      case "delete":
        return true;
      case "insert", "update", "upsert":
        return false;
      default:
        throw new UnreadableException(
            "The column "
                + opColumn
                + " should say what happened to the row, and is neither insert, update, upsert nor"
                + " delete, so a delete could be taken for an update. Project event_op() under this"
                + " name in the changefeed's query, or name the column that has it.");
    }
  }

  private Decoded delete(Message message, Topic topic) throws UnreadableException {
    KeyParts key = keys.keyOf(message, topic, KeyParts.NONE);
    if (key.isEmpty()) {
      throw Fields.deleteOfUnknownRow();
    }
    Named named = tables.table(topic, "");
    return new Delete(
        new ChangeInfo(
            message.origin(),
            named.table(),
            named.family(),
            key,
            HlcTimestamp.NONE,
            HlcTimestamp.NONE,
            Before.NOT_SENT));
  }

  /** What {@code __crdb__} holds; fields that later versions add there are no columns either. */
  private final class Metadata {
    private final Message message;
    private final Topic topic;
    private boolean isRead;
    private KeyParts key = KeyParts.NONE;
    private boolean hasTopic;
    private String topicInValue = "";
    private HlcTimestamp updated = HlcTimestamp.NONE;
    private HlcTimestamp mvcc = HlcTimestamp.NONE;
    private HlcTimestamp resolved = HlcTimestamp.NONE;

    Metadata(Message message, Topic topic) {
      this.message = message;
      this.topic = topic;
    }

    boolean isOfRow() {
      return !key.isEmpty() || hasTopic || updated.isKnown() || mvcc.isKnown();
    }

    void read(JsonCursor cursor) throws UnreadableException {
      Fields.once(isRead, METADATA);
      isRead = true;
      if (!cursor.isObject()) {
        throw Fields.notThisEnvelope(
            nullDeletes ? "row" : "bare", "has a " + METADATA + " that is no object");
      }
      while (cursor.nextField()) {
        String field = cursor.name();
        switch (field) {
          case "key" -> {
            Fields.once(!key.isEmpty(), field);
            key = keys.inValue(cursor, topic);
          }
          case "topic" -> {
            Fields.once(hasTopic, field);
            hasTopic = true;
            topicInValue = Fields.text(cursor, field);
          }
          case "updated" -> {
            Fields.once(updated.isKnown(), field);
            updated = Fields.timestamp(cursor, field);
          }
          case "mvcc_timestamp" -> {
            Fields.once(mvcc.isKnown(), field);
            mvcc = Fields.timestamp(cursor, field);
          }
          case "resolved" -> {
            Fields.once(resolved.isKnown(), field);
            resolved = Fields.timestamp(cursor, field);
          }
          default -> cursor.skip();
        }
      }
    }
  }
}
