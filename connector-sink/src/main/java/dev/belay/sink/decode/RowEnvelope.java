package dev.belay.sink.decode;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.ChangeInfo.Before;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.TableName;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.decode.TopicTables.Topic;

/**
 * The fields of one {@code wrapped} or {@code enriched} message, gathered in whatever order they
 * come. One object for all messages of a decoder.
 */
final class RowEnvelope {
  private final KeyReader keys;
  private Message message = new Message();
  private Topic topic = Topic.NONE;

  private boolean hasAfter;
  private boolean isGone;
  private Row after = Row.NONE;
  private Before before = Before.NOT_SENT;
  private KeyParts key = KeyParts.NONE;
  private boolean hasTopic;
  private String topicInValue = "";
  private HlcTimestamp updated = HlcTimestamp.NONE;
  private HlcTimestamp mvcc = HlcTimestamp.NONE;
  private HlcTimestamp resolved = HlcTimestamp.NONE;

  RowEnvelope(KeyReader keys) {
    this.keys = keys;
  }

  /** Forgets all of the last message. */
  void begin(Message ofRecord, Topic ofMessage) {
    message = ofRecord;
    topic = ofMessage;
    hasAfter = false;
    isGone = false;
    after = Row.NONE;
    before = Before.NOT_SENT;
    key = KeyParts.NONE;
    hasTopic = false;
    topicInValue = "";
    updated = HlcTimestamp.NONE;
    mvcc = HlcTimestamp.NONE;
    resolved = HlcTimestamp.NONE;
  }

  void after(JsonCursor cursor) throws UnreadableException {
    Fields.once(hasAfter, "after");
    hasAfter = true;
    isGone = cursor.isNull();
    if (!isGone) {
      after = row(cursor, "after", topic.after());
    }
  }

  void before(JsonCursor cursor) throws UnreadableException {
    Fields.once(before.sent(), "before");
    before =
        cursor.isNull() ? Before.NO_ROW : new Before(true, row(cursor, "before", topic.before()));
  }

  void key(JsonCursor cursor) throws UnreadableException {
    Fields.once(!key.isEmpty(), "key");
    key = keys.inValue(cursor, topic);
  }

  void topic(JsonCursor cursor) throws UnreadableException {
    Fields.once(hasTopic, "topic");
    hasTopic = true;
    topicInValue = Fields.text(cursor, "topic");
  }

  void updated(JsonCursor cursor, String field) throws UnreadableException {
    Fields.once(updated.isKnown(), field);
    updated = Fields.timestamp(cursor, field);
  }

  void mvcc(JsonCursor cursor, String field) throws UnreadableException {
    Fields.once(mvcc.isKnown(), field);
    mvcc = Fields.timestamp(cursor, field);
  }

  void resolved(JsonCursor cursor) throws UnreadableException {
    Fields.once(resolved.isKnown(), "resolved");
    resolved = Fields.timestamp(cursor, "resolved");
  }

  boolean isResolved() {
    return resolved.isKnown();
  }

  boolean hasAfter() {
    return hasAfter;
  }

  boolean isDelete() {
    return isGone;
  }

  String topicInValue() {
    return topicInValue;
  }

  /**
   * @param hasMore whether there are fields of a row beside those that are gathered here
   */
  Decoded asResolved(boolean hasMore) throws UnreadableException {
    boolean hasRow = hasAfter || before.sent() || !key.isEmpty() || hasTopic;
    if (hasMore || hasRow || updated.isKnown() || mvcc.isKnown()) {
      throw Fields.resolvedBesideRow();
    }
    return new Resolved(message.origin(), resolved);
  }

  Change asChange(TableName table, String family, String op) throws UnreadableException {
    KeyParts row = keys.keyOf(message, topic, key);
    if (isGone && row.isEmpty() && before.row().isEmpty()) {
      throw Fields.deleteOfUnknownRow();
    }
    ChangeInfo info =
        new ChangeInfo(message.origin(), table, family, row, updated, mvcc, before, op);
    return isGone ? new Delete(info) : new Upsert(info, after);
  }

  private static Row row(JsonCursor cursor, String field, RowReader reader)
      throws UnreadableException {
    if (!cursor.isObject()) {
      throw new UnreadableException(
          "The field "
              + field
              + " is neither an object nor null, so this is not the envelope it looks like. Check"
              + " that the topic is a changefeed's and which envelope the feed was created with.");
    }
    return reader.read(cursor);
  }
}
