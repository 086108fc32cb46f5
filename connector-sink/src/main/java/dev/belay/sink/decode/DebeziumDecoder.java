package dev.belay.sink.decode;

import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.ChangeInfo.Before;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.Ignored;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Rejected;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.Upsert;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Reads Debezium's change events, {@code {"before", "after", "source", "op", ...}} with their
 * schema beside them, of its connectors for PostgreSQL, MySQL, MariaDB and Oracle. A change's
 * version is its place in the database's log ({@link DebeziumSource}).
 */
final class DebeziumDecoder implements Decoder {
  private final JsonWire json = new JsonWire();
  private final DebeziumDocument keys = new DebeziumDocument(json, "key");
  private final DebeziumDocument values = new DebeziumDocument(json, "value");
  private final DebeziumRows rows;
  private final boolean ignoreTruncate;
  private final boolean wholeBefore;
  private final boolean schemaless;
  private final DebeziumOrigins origins;
  private final DebeziumSource source = new DebeziumSource();
  private final String transactionTopic;

  DebeziumDecoder(FeedFormat.Debezium feed) {
    this.rows =
        new DebeziumRows(
            new DebeziumValues(feed.unavailable()), new SchemalessValues(feed.unavailable()));
    this.schemaless = feed.schemaless();
    this.ignoreTruncate = feed.ignoreTruncate();
    this.wholeBefore = feed.wholeBefore();
    this.origins = new DebeziumOrigins(feed.leftOut());
    this.transactionTopic = feed.transactionTopic();
  }

  @Override
  public Decoded decode(Origin origin, String topic, byte[] key, byte[] value) {
    if (value == null) {
      return new Ignored(origin, "tombstone: the delete before it says the same");
    }
    Event event;
    try {
      event = event(values.read(topic, value), true);
    } catch (UnreadableException unreadable) {
      return unreadable(origin, topic, value, unreadable);
    }
    Decoded decoded;
    try {
      decoded = event.decoded(origin, topic, key);
    } catch (UnreadableException unreadable) {
      decoded = new Rejected(origin, unreadable.getMessage());
    }
    return transactionTopic.isEmpty() ? decoded : event.transaction.of(decoded, source);
  }

  /** A record that nobody can read, and that is one of a transaction's all the same. */
  private Decoded unreadable(
      Origin origin, String topic, byte[] value, UnreadableException unreadable) {
    Rejected rejected = new Rejected(origin, unreadable.getMessage());
    if (transactionTopic.isEmpty()) {
      return rejected;
    }
    try {
      return event(values.read(topic, value), false).transaction.of(rejected, source);
    } catch (UnreadableException notEvenThat) {
      return rejected;
    }
  }

  private Event event(DebeziumDocument.Read read, boolean withRows) throws UnreadableException {
    source.clear();
    Event event = new Event(read.type(), withRows);
    try (JsonCursor cursor = json.object(read.payload())) {
      cursor.next();
      while (cursor.nextField()) {
        event.field(cursor);
      }
      cursor.finish();
    }
    return event;
  }

  /** One message while it is read. */
  private final class Event {
    private final Optional<DebeziumType> type;
    private final boolean withRows;
    private DebeziumRows.Read after = DebeziumRows.Read.NONE;
    private DebeziumRows.Read before = DebeziumRows.Read.NONE;
    private final Set<String> seen = new HashSet<>();
    private String op = "";
    private final DebeziumTransaction transaction = new DebeziumTransaction();
    private boolean lacksSchema;
    private boolean hasDdl;
    private boolean hasTime;
    private int others;

    Event(Optional<DebeziumType> type, boolean withRows) {
      this.type = type;
      this.withRows = withRows;
    }

    void field(JsonCursor cursor) throws UnreadableException {
      String name = cursor.name();
      Fields.once(!seen.add(name), name);
      switch (name) {
        case "before" -> before = row(cursor, name);
        case "after" -> after = row(cursor, name);
        case "source" -> source.read(cursor);
        case "op" -> op = Fields.text(cursor, name);
        case "ts_ms" -> {
          hasTime = true;
          transaction.time(cursor.datum());
        }
        case "ts_us", "ts_ns" -> {
          hasTime = true;
          cursor.skip();
        }
        case "status" -> {
          others++;
          transaction.status(cursor);
        }
        case "id" -> {
          others++;
          transaction.id(cursor);
        }
        case "data_collections" -> transaction.collections(cursor);
        case "transaction" -> {
          if (transactionTopic.isEmpty()) {
            cursor.skip();
          } else {
            transaction.block(cursor);
          }
        }
        case "ddl", "historyRecord", "tableChanges" -> {
          hasDdl = true;
          cursor.skip();
        }
        case "message" -> cursor.skip();
        default -> {
          others++;
          cursor.skip();
        }
      }
    }

    private DebeziumRows.Read row(JsonCursor cursor, String field) throws UnreadableException {
      if (cursor.isNull()) {
        return DebeziumRows.Read.NONE;
      }
      if (!withRows) {
        cursor.skip();
        return DebeziumRows.Read.NONE;
      }
      if (schemaless && type.isEmpty() && cursor.isObject()) {
        return rows.readPlain(cursor);
      }
      Optional<DebeziumType> row = type.map(t -> t.fields().get(field));
      if (row.isEmpty() || !cursor.isObject()) {
        lacksSchema = true;
        cursor.skip();
        return DebeziumRows.Read.NONE;
      }
      return rows.read(cursor, row.get());
    }

    Decoded decoded(Origin origin, String topic, byte[] key) throws UnreadableException {
      if (op.isEmpty()) {
        return control(origin);
      }
      if (op.equals("m")) {
        return new Ignored(origin, "logical message");
      }
      if (!source.isThere()) {
        throw new UnreadableException(
            "The event has no source, so that it is unknown which version of the row is the newer."
                + " Take the transform that drops it (ExtractNewRecordState, for example) out of"
                + " Debezium's connector and of this one.");
      }
      if (origins.leavesOut(source)) {
        return new Ignored(origin, "written by replication in the other direction", true);
      }
      if (op.equals("t")) {
        return truncate(origin);
      }
      if (lacksSchema) {
        throw new UnreadableException(
            "The event comes without its schema, which says what the values mean (of a time its"
                + " unit, for example). Set value.converter.schemas.enable=true on Debezium's"
                + " connector, or use a converter with a schema registry there and here, with"
                + " feed.format=struct.");
      }
      if (schemaless && type.isPresent()) {
        throw withSchema();
      }
      KeyParts keyParts = key(topic, key);
      boolean isDelete = op.equals("d");
      if (!isDelete && !op.equals("c") && !op.equals("u") && !op.equals("r")) {
        throw new UnreadableException(
            "The field op is none of c, u, d, r, t and m, which is what Debezium writes. Check that"
                + " the topic is of a Debezium connector, and what changed the record on its way.");
      }
      if (isDelete && keyParts.isEmpty() && before.row().isEmpty()) {
        throw new UnreadableException(
            "A row is gone, but the record has no key and no before image, so it is unknown which."
                + " Give the table a primary key, or set message.key.columns on Debezium's"
                + " connector.");
      }
      if (!isDelete && after == DebeziumRows.Read.NONE) {
        throw new UnreadableException(
            "The field op says that a row was written, and there is no field after. Check what"
                + " changed the record on its way.");
      }
      ChangeInfo info =
          new ChangeInfo(
              origin,
              source.table(),
              "",
              keyParts,
              source.place(),
              source.committed(),
              image(isDelete, keyParts),
              op);
      if (isDelete) {
        return new Delete(info);
      }
      if (!after.isWhole() && !op.equals("u")) {
        throw new UnreadableException(
            "The row is new under its key, and the event lacks values of it that the database did"
                + " not put into its log (the placeholder for unavailable values is there instead)."
                + " So it is when the primary key of a row with large values changes. Set REPLICA"
                + " IDENTITY FULL on the table in PostgreSQL, or supplemental logging of all columns"
                + " in Oracle, and write the row once more.");
      }
      return new Upsert(info, after.row(), after.isWhole());
    }

    /**
     * The before image where it can be trusted, and of a row that nothing else names. Where a key
     * does, that says more: without REPLICA IDENTITY FULL PostgreSQL logs the key only, and
     * Debezium makes up values for columns that cannot be NULL.
     */
    private Before image(boolean isDelete, KeyParts key) {
      if (wholeBefore) {
        return op.equals("c")
            ? Before.NO_ROW
            : before == DebeziumRows.Read.NONE ? Before.NOT_SENT : new Before(true, before.row());
      }
      return isDelete && key.isEmpty() ? new Before(true, before.row()) : Before.NOT_SENT;
    }

    /** What Debezium writes beside changes, each to a topic of its own. */
    private Decoded control(Origin origin) throws UnreadableException {
      if (transaction.isBoundary()) {
        return transaction.isEnd() && origin.topic().equals(transactionTopic)
            ? transaction.end(origin)
            : new Ignored(origin, "begin or end of a transaction");
      }
      if (hasDdl) {
        return new Ignored(origin, "change of a schema");
      }
      if (hasTime && others == 0 && !source.isThere()) {
        return new Ignored(origin, "heartbeat");
      }
      throw new UnreadableException(
          "The value has no field op, so it is no event of Debezium. Take the transform that"
              + " flattens events (ExtractNewRecordState, for example) out of Debezium's connector and"
              + " of this one, and check that the topic is of a Debezium connector.");
    }

    private Decoded truncate(Origin origin) throws UnreadableException {
      if (ignoreTruncate) {
        return new Ignored(origin, "TRUNCATE, feed.truncate=ignore");
      }
      throw new UnreadableException(
          "Table "
              + source.table()
              + " was truncated at the source, and its rows are still in the target. Delete them"
              + " there if that is meant, and set feed.truncate=ignore to pass over such events.");
    }

    private UnreadableException withSchema() {
      return new UnreadableException(
          "The event comes with its schema, and feed.schemaless=text reads those without, whose"
              + " values are spelt otherwise. Set feed.schemaless=refuse, or"
              + " key.converter.schemas.enable=false and value.converter.schemas.enable=false on"
              + " Debezium's connector.");
    }

    private KeyParts key(String topic, byte[] key) throws UnreadableException {
      if (key == null) {
        return KeyParts.NONE;
      }
      DebeziumDocument.Read read = keys.read(topic, key);
      if (schemaless) {
        return plainKey(read);
      }
      if (read.type().isEmpty()) {
        throw new UnreadableException(
            "The key comes without its schema, and the value has one. Set"
                + " key.converter.schemas.enable=true on Debezium's connector.");
      }
      try (JsonCursor cursor = json.object(read.payload())) {
        cursor.next();
        Row row = rows.read(cursor, read.type().get()).row();
        cursor.finish();
        return new KeyParts(row.names(), row.values());
      }
    }

    private KeyParts plainKey(DebeziumDocument.Read read) throws UnreadableException {
      if (read.type().isPresent()) {
        throw withSchema();
      }
      try (JsonCursor cursor = json.object(read.payload())) {
        cursor.next();
        Row row = rows.readPlain(cursor).row();
        cursor.finish();
        return new KeyParts(row.names(), row.values());
      }
    }
  }
}
