package dev.belay.source.sinkless;

import dev.belay.source.cluster.ClusterException;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feed of all tables whose rows are in Kafka as of some time: every change since. The task's
 * thread, but for {@link #close}.
 *
 * <p>Invariant ThereAtTheStart: a feed begins at the least cursor of its tables, and each of them
 * is known to have been there then, because its rows were read or told as of that time or an
 * earlier one. A table that came later waits until the others have come to where it begins.
 */
final class Following implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Following.class);

  private final Openings openings;
  private final FeedStatement statement;
  private final HeldRows held;

  /** Tables of the feed. */
  private final Cursors cursors = new Cursors();

  /** Tables that the feed has not come to. */
  private final Cursors waiting = new Cursors();

  /** The earliest time as of which each was there, for all that is known. */
  private final Map<TableName, HlcTimestamp> since = new HashMap<>();

  private volatile Optional<Stream> stream = Optional.empty();
  private volatile boolean closed;

  Following(Openings openings, FeedStatement statement, HeldRows held) {
    this.openings = openings;
    this.statement = statement;
    this.held = held;
  }

  /** How far each table of the feed is, and each that waits for it. */
  SortedMap<TableName, HlcTimestamp> cursors() {
    SortedMap<TableName, HlcTimestamp> all = new TreeMap<>();
    for (Cursors some : List.of(cursors, waiting)) {
      some.tables().forEach(table -> all.put(table, some.of(table)));
    }
    return all;
  }

  /** Tables whose changes are not read yet, because the others are behind where they begin. */
  SortedSet<TableName> waiting() {
    // as long as nobody follows, they wait for nobody
    return cursors.tables().isEmpty() ? new TreeSet<>() : new TreeSet<>(waiting.tables());
  }

  /** Of rows in memory that wait for their resolved time. */
  long heldBytes() {
    return held.bytes();
  }

  boolean isOpen() {
    return stream.isPresent();
  }

  /** Whether there is nothing to follow. */
  boolean isEmpty() {
    return cursors.tables().isEmpty() && waiting.tables().isEmpty();
  }

  /**
   * Everything of a table up to a time is in Kafka, or on its way there. The feed takes the table
   * at its next resolved time, if it is there by then.
   *
   * @param there a time at which the table was there, at or before the cursor
   */
  void begin(
      TableName table,
      HlcTimestamp cursor,
      Optional<HlcTimestamp> handedAhead,
      HlcTimestamp there) {
    waiting.begin(table, cursor, handedAhead);
    since.put(table, there);
  }

  /** Forgets all tables. */
  void clear() throws IOException {
    restart();
    for (Cursors some : List.of(cursors, waiting)) {
      Set.copyOf(some.tables()).forEach(some::end);
    }
    since.clear();
  }

  /** What following has come to. */
  record Progress(List<SourceRecord> records, boolean moved) {}

  /**
   * The next records; none if nothing is complete in time.
   *
   * @param mayOpen whether a session that is needed may be opened now
   * @throws ClusterException if the feed has ended
   * @throws IOException if the disk fails
   */
  Progress poll(Duration patience, boolean mayOpen)
      throws InterruptedException, ClusterException, IOException {
    if (stream.isEmpty()) {
      if (!mayOpen || isEmpty()) {
        return new Progress(List.of(), false);
      }
      arrange();
      open();
    }
    HlcTimestamp before = cursors.least();
    List<SourceRecord> records = stream.get().poll(patience);
    boolean moved = cursors.least().isAfter(before);
    if (moved && waiting.tables().stream().anyMatch(table -> isThereAt(table, cursors.least()))) {
      LOG.info("The feed has come to where more tables begin, and begins again with them");
      restart();
    }
    return new Progress(records, moved);
  }

  /** Who follows, and who waits: see ThereAtTheStart. */
  private void arrange() {
    Set.copyOf(cursors.tables()).forEach(table -> cursors.moveTo(waiting, table));
    HlcTimestamp begin = waiting.least();
    List<TableName> there =
        waiting.tables().stream().filter(table -> isThereAt(table, begin)).toList();
    there.forEach(table -> waiting.moveTo(cursors, table));
    if (!waiting.tables().isEmpty()) {
      LOG.info("Tables {} wait until the others are where they begin", waiting());
    }
  }

  private boolean isThereAt(TableName table, HlcTimestamp time) {
    return !since.get(table).isAfter(time);
  }

  private void open() {
    Stream opened =
        openings.open(cursors, held, statement.after(cursors.tables(), cursors.least()));
    stream = Optional.of(opened);
    if (closed) {
      opened.close();
    }
  }

  /** The feed begins again, with the tables that have come to it. */
  void restart() throws IOException {
    stream.ifPresent(Stream::close);
    stream = Optional.empty();
    held.clear();
  }

  @Override
  public void close() {
    closed = true;
    stream.ifPresent(Stream::close);
  }
}
