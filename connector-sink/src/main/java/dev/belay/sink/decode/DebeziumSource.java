package dev.belay.sink.decode;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.TableName;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code source} of one event: its table, its place in the database's log, and when it was
 * committed.
 *
 * <p>The place orders the versions of a row, and must do so as the database committed them:
 *
 * <ul>
 *   <li>PostgreSQL: the end of the transaction committed before, then the row's own position
 *       ({@code sequence}). The own position alone does not do: a long transaction's rows lie
 *       before those of a short one that was committed first. Rows of the snapshot are older than
 *       all that is streamed, whatever they say, and those of a snapshot that was begun anew newer
 *       than its own: the first change that is streamed has the very position of the snapshot, or
 *       one before it, and no transaction before it, as seen of 3.7.0.Final.
 *   <li>MySQL, MariaDB: number of the binlog file and position in it, then the row's number in its
 *       event. The binlog holds transactions in order of commit.
 *   <li>Oracle: the SCN of the commit, then the row's number in its transaction.
 * </ul>
 */
final class DebeziumSource {
  private static final Pattern SEQUENCE =
      Pattern.compile("\\[(?:\"(\\d{1,19})\"|null),\\s*(?:\"(\\d{1,19})\"|null)]");
  private static final Pattern BINLOG = Pattern.compile(".*\\.(\\d{1,10})");

  /** A position in a binlog file, which is below 2^40 bytes. */
  private static final int POSITION_BITS = 40;

  private final Map<String, Datum> fields = new HashMap<>();

  /** Reads the object at the cursor. */
  void read(JsonCursor cursor) throws UnreadableException {
    if (!cursor.isObject()) {
      return;
    }
    while (cursor.nextField()) {
      String name = cursor.name();
      Fields.once(fields.put(name, cursor.datum()) != null, name);
    }
  }

  /** Forgets the last event's. */
  void clear() {
    fields.clear();
  }

  boolean isThere() {
    return !fields.isEmpty();
  }

  TableName table() throws UnreadableException {
    String table = text("table");
    if (table.isEmpty()) {
      throw unreadable("names no table");
    }
    return new TableName(text("db"), text("schema"), table);
  }

  /** The table's name as the ends of transactions have it. */
  String collection() {
    String name = text("table");
    if (!text("schema").isEmpty()) {
      name = text("schema") + "." + name;
    }
    // the databases of one PostgreSQL server have a connector each
    return text("connector").equals("postgresql") ? name : text("db") + "." + name;
  }

  /** When the change was committed, as far as the source says; {@link HlcTimestamp#NONE} if not. */
  HlcTimestamp committed() {
    OptionalLong nanos = whole("ts_ns");
    if (nanos.isPresent()) {
      return time(nanos.getAsLong(), 1);
    }
    OptionalLong micros = whole("ts_us");
    return micros.isPresent()
        ? time(micros.getAsLong(), 1_000)
        : time(whole("ts_ms").orElse(-1), 1_000_000);
  }

  private static HlcTimestamp time(long count, long nanos) {
    return count > 0 && count <= Long.MAX_VALUE / nanos
        ? new HlcTimestamp(count * nanos, 0)
        : HlcTimestamp.NONE;
  }

  /** The change's place in the log, as the class says. */
  HlcTimestamp place() throws UnreadableException {
    String connector = text("connector");
    return switch (connector) {
      case "postgresql" -> postgres();
      case "mysql", "mariadb" -> binlog();
      case "oracle" -> oracle();
      default ->
          throw unreadable(
              connector.isEmpty()
                  ? "names no connector"
                  : "is of a connector that this version does not know (it knows postgresql, mysql,"
                      + " mariadb and oracle)");
    };
  }

  private HlcTimestamp postgres() throws UnreadableException {
    Matcher sequence = SEQUENCE.matcher(text("sequence"));
    if (!sequence.matches() || sequence.group(2) == null) {
      throw unreadable("has no sequence");
    }
    if (isOfSnapshot()) {
      return new HlcTimestamp(HlcTimestamp.OF_A_SNAPSHOT, number(sequence.group(2)));
    }
    // Rows of an incremental snapshot have no lsn, and here where the log was when they were read,
    // twice; the next transaction's first change may have the very same, and is the newer.
    return new HlcTimestamp(
        Math.max(HlcTimestamp.OF_A_SNAPSHOT + 1, number(sequence.group(1))),
        number(sequence.group(2)) - (isRead() ? 1 : 0));
  }

  /** Of a reading of all rows, not of one that a signal asked for. */
  private boolean isOfSnapshot() {
    return isRead() && !text("snapshot").equalsIgnoreCase("incremental");
  }

  /**
   * Whether the row was read from its table, and not from the log. While it streams the connector
   * says false, or null where its converter leaves defaults.
   */
  boolean isRead() {
    String snapshot = text("snapshot");
    return !snapshot.isEmpty() && !snapshot.equalsIgnoreCase("false");
  }

  private HlcTimestamp binlog() throws UnreadableException {
    Matcher file = BINLOG.matcher(text("file"));
    OptionalLong position = whole("pos");
    if (!file.matches()
        || position.isEmpty()
        || position.getAsLong() < 0
        || position.getAsLong() >>> POSITION_BITS != 0) {
      throw unreadable("has no binlog file and position");
    }
    long number = number(file.group(1));
    if (number >>> Long.SIZE - 1 - POSITION_BITS != 0) {
      throw unreadable("has a binlog file of a number beyond what this version orders");
    }
    return new HlcTimestamp(
        number << POSITION_BITS | position.getAsLong(), Math.max(0, whole("row").orElse(0)));
  }

  private HlcTimestamp oracle() throws UnreadableException {
    OptionalLong commit = whole("commit_scn");
    OptionalLong scn = commit.isPresent() ? commit : whole("scn");
    if (scn.isEmpty() || scn.getAsLong() < 0) {
      throw unreadable("has neither commit_scn nor scn");
    }
    return new HlcTimestamp(scn.getAsLong(), Math.max(0, whole("txSeq").orElse(0)));
  }

  private static long number(String digits) {
    if (digits == null) {
      return 0;
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException beyondLong) {
      return Long.MAX_VALUE;
    }
  }

  boolean has(String field) {
    return fields.containsKey(field);
  }

  /** Empty if it is absent, null, or no text. */
  String text(String field) {
    return fields.get(field) instanceof Datum.Text text ? text.text() : "";
  }

  /** Whole numbers, which Oracle's connector quotes. */
  private OptionalLong whole(String field) {
    Datum datum = fields.get(field);
    return datum instanceof Datum.Text text
        ? DebeziumTimes.whole(new Datum.Number(text.text()))
        : DebeziumTimes.whole(datum == null ? Datum.Null.NULL : datum);
  }

  private static UnreadableException unreadable(String found) {
    return new UnreadableException(
        "The field source "
            + found
            + ", so that it is unknown which version of the row is the newer. Events are read as"
            + " Debezium's connectors for PostgreSQL, MySQL, MariaDB and Oracle write them; check"
            + " what changed the record on its way.");
  }
}
