package dev.belay.sink.decode;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.TransactionEnd;
import dev.belay.sink.change.TransactionEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one message says of transactions with {@code provide.transaction.metadata=true}: an event
 * that it is one of a transaction's, and {@code BEGIN} and {@code END} in a topic of their own.
 *
 * <p>Seen of Debezium 3.7.0.Final on PostgreSQL: the id is the transaction's number and a position,
 * {@code 801:30066824}, and that position is another one in each event. In {@code END} it is the
 * end of the commit, which the events of every later transaction have as the commit before them. On
 * MySQL, 3.6.1.Final, it is the GTID, or the binlog file and position.
 */
final class DebeziumTransaction {
  private static final Pattern OF_POSTGRES = Pattern.compile("(\\d{1,20}):(\\d{1,18})");

  private String status = "";
  private String id = "";
  private long order = -1;
  private Map<String, Long> events = Map.of();
  private OptionalLong millis = OptionalLong.empty();

  void status(JsonCursor cursor) throws UnreadableException {
    status = text(cursor.datum());
  }

  /** Of a message that is {@code BEGIN} or {@code END}. */
  void id(JsonCursor cursor) throws UnreadableException {
    id = text(cursor.datum());
  }

  /** When a message that is {@code BEGIN} or {@code END} says that was, in milliseconds. */
  void time(Datum time) {
    millis = DebeziumTimes.whole(time);
  }

  /** How many events there are of which table. */
  void collections(JsonCursor cursor) throws UnreadableException {
    if (!cursor.isArray()) {
      cursor.skip();
      return;
    }
    events = new HashMap<>();
    while (cursor.nextElement()) {
      String name = "";
      long count = 0;
      if (!cursor.isObject()) {
        cursor.skip();
        continue;
      }
      while (cursor.nextField()) {
        switch (cursor.name()) {
          case "data_collection" -> name = text(cursor.datum());
          case "event_count" -> count = DebeziumTimes.whole(cursor.datum()).orElse(0);
          default -> cursor.skip();
        }
      }
      events.merge(name, count, Long::sum);
    }
  }

  /** The block {@code transaction} of an event. */
  void block(JsonCursor cursor) throws UnreadableException {
    if (!cursor.isObject()) {
      cursor.skip();
      return;
    }
    while (cursor.nextField()) {
      switch (cursor.name()) {
        case "id" -> id = text(cursor.datum());
        case "data_collection_order" -> order = DebeziumTimes.whole(cursor.datum()).orElse(-1);
        default -> cursor.skip();
      }
    }
  }

  private static String text(Datum datum) {
    return datum instanceof Datum.Text text ? text.text() : "";
  }

  boolean isBoundary() {
    return isEnd() || status.equals("BEGIN");
  }

  boolean isEnd() {
    return status.equals("END");
  }

  /** The transaction's end, which this message must be. */
  TransactionEnd end(Origin origin) throws UnreadableException {
    if (id.isEmpty()) {
      throw new UnreadableException(
          "The end of a transaction has no id, so it is unknown which events belong to it. Check"
              + " what changed the record on its way.");
    }
    Matcher postgres = OF_POSTGRES.matcher(id);
    boolean hasPosition = postgres.matches();
    HlcTimestamp committed =
        millis.isPresent() && millis.getAsLong() > 0
            ? new HlcTimestamp(TimeUnit.MILLISECONDS.toNanos(millis.getAsLong()), 0)
            : HlcTimestamp.NONE;
    return new TransactionEnd(
        origin,
        hasPosition ? postgres.group(1) : id,
        hasPosition ? new HlcTimestamp(Long.parseLong(postgres.group(2)), 0) : HlcTimestamp.NONE,
        committed,
        events);
  }

  /** What was decoded as one of a transaction's events, if it is one. */
  Decoded of(Decoded decoded, DebeziumSource source) {
    // a logical message belongs to a transaction, and to no table
    if (isBoundary() || id.isEmpty() || order < 1 || source.text("table").isEmpty()) {
      return decoded;
    }
    HlcTimestamp version;
    try {
      version = source.place();
    } catch (UnreadableException unknown) {
      // it was rejected for that, or is none that is applied
      version = HlcTimestamp.NONE;
    }
    int colon = id.indexOf(':');
    String name =
        source.text("connector").equals("postgresql") && colon > 0 ? id.substring(0, colon) : id;
    return new TransactionEvent(decoded, name, source.collection(), order, version);
  }
}
