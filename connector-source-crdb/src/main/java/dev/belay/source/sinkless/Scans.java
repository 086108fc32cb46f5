package dev.belay.source.sinkless;

import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
 * Reads all rows of tables: by pages where the key allows it, else by a feed of their own. A table
 * that is done goes over to the feed that all tables share. The task's thread, but for {@link
 * #close}.
 */
final class Scans implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scans.class);
  private static final String NO_COLUMN = "42703";

  private final Cluster cluster;
  private final Openings openings;
  private final FeedStatement statement;
  private final int pageRows;
  private final Routes routes;
  private final Records records;
  private final HeldRows held;
  private final Counters counters;
  private final Following following;

  /** Tables that are being read, and those that have been and wait for the others. */
  private final List<TableScan> paged = new ArrayList<>();

  /** Tables that only a feed can read, until its first resolved time. */
  private final Cursors unscanned = new Cursors();

  // by the time as of which their rows are wanted
  private final SortedMap<HlcTimestamp, SortedSet<TableName>> byFeed = new TreeMap<>();
  private HlcTimestamp scannedAt = new HlcTimestamp(0, 0);
  private volatile Optional<Stream> stream = Optional.empty();
  private volatile boolean closed;

  /**
   * @param following where tables go when their rows have been read
   * @param held for rows of a feed that scans
   */
  Scans(
      Cluster cluster,
      Openings openings,
      FeedStatement statement,
      int pageRows,
      Routes routes,
      Records records,
      HeldRows held,
      Counters counters,
      Following following) {
    this.cluster = cluster;
    this.openings = openings;
    this.statement = statement;
    this.pageRows = pageRows;
    this.routes = routes;
    this.records = records;
    this.held = held;
    this.counters = counters;
    this.following = following;
  }

  boolean isEmpty() {
    return paged.isEmpty() && !hasByFeed();
  }

  private boolean hasByFeed() {
    return !byFeed.isEmpty() || !unscanned.tables().isEmpty();
  }

  /** The time as of which each table's rows are read, of those that are not done. */
  SortedMap<TableName, HlcTimestamp> times() {
    SortedMap<TableName, HlcTimestamp> times = new TreeMap<>();
    paged.forEach(scan -> times.put(scan.table(), scan.at()));
    byFeed.forEach((at, tables) -> tables.forEach(table -> times.put(table, at)));
    unscanned.tables().forEach(table -> times.put(table, scannedAt));
    return times;
  }

  /** Whether a feed that scans is open. */
  boolean isOpen() {
    return stream.isPresent();
  }

  /** Forgets what was to be read, but for what a feed has begun to scan. */
  void clear() {
    paged.clear();
    byFeed.clear();
  }

  /**
   * How a table can be read.
   *
   * @param pages empty where only a feed can
   */
  record Found(TableName table, HlcTimestamp at, Optional<TableScan> pages) {
    /** How far it is, as an offset has it: the key's columns, before the first page. */
    String position() {
      return pages.map(TableScan::position).orElse("");
    }
  }

  /** Adds a table. */
  void add(Found found) {
    if (found.pages().isPresent()) {
      paged.add(found.pages().get());
    } else {
      byFeed.computeIfAbsent(found.at(), time -> new TreeSet<>()).add(found.table());
    }
  }

  /**
   * Looks at a table that is to be read.
   *
   * @param at the rows are wanted as of this time
   * @param key after which to go on, as an offset has it; empty to begin
   */
  Found find(TableName table, HlcTimestamp at, String key) throws ClusterException {
    Optional<ScanShape> shape =
        statement.isPlain()
            ? cluster.ask(session -> ScanShape.of(session, table))
            : Optional.empty();
    if (shape.isPresent() && ScanKey.isOf(key, shape.get().places())) {
      TableScan scan =
          new TableScan(
              routes.of(table),
              new ScanStatement(table, shape.get(), at, statement.hasBefore(), pageRows),
              ScanKey.values(key));
      return new Found(table, at, Optional.of(scan));
    }
    if (shape.isPresent()) {
      LOG.warn(
          "Table {} has another primary key than when its scan began, so that its pages cannot go"
              + " on",
          table);
    }
    LOG.warn(
        "Table {} is scanned by the feed itself, which begins anew if it is interrupted: its key,"
            + " or an option of the feed, cannot be read by pages",
        table);
    return new Found(table, at, Optional.empty());
  }

  /** What a scan has come to. */
  record Progress(List<SourceRecord> records, boolean moved) {}

  /** The next records. */
  Progress next(Duration patience) throws InterruptedException, ClusterException, IOException {
    if (hasByFeed()) {
      return byFeed(patience);
    }
    Optional<TableScan> open = paged.stream().filter(scan -> !scan.isDone()).findFirst();
    return open.isPresent() ? page(open.get()) : new Progress(completed(), false);
  }

  private Progress page(TableScan scan) throws ClusterException {
    try {
      List<SourceRecord> page = pageOf(scan);
      counters.rows.add(page.size());
      return new Progress(page, true);
    } catch (ClusterException e) {
      if (!e.state().equals(NO_COLUMN)) {
        throw e;
      }
      // the columns are those of today, and this one was not there then
      LOG.warn("Table {} has changed since; the feed itself scans it", scan.table());
      paged.remove(scan);
      byFeed.computeIfAbsent(scan.at(), time -> new TreeSet<>()).add(scan.table());
      return new Progress(List.of(), false);
    }
  }

  /**
   * The session idles while Kafka is slow, and may have been dropped: one more try costs little.
   */
  private List<SourceRecord> pageOf(TableScan scan) throws ClusterException {
    try {
      return scan.next(cluster, records);
    } catch (ClusterException e) {
      if (e.kind() != ClusterException.Kind.AWAY || closed) {
        throw e;
      }
      counters.reconnects.increment();
      return scan.next(cluster, records);
    }
  }

  private Progress byFeed(Duration patience)
      throws InterruptedException, ClusterException, IOException {
    if (unscanned.tables().isEmpty()) {
      scannedAt = byFeed.firstKey();
      byFeed.remove(scannedAt).forEach(table -> unscanned.beginScan(table, scannedAt));
    }
    if (stream.isEmpty()) {
      open();
    }
    List<SourceRecord> rows = stream.get().poll(patience);
    boolean done = !unscanned.isScanning();
    if (done) {
      forget();
      Set.copyOf(unscanned.tables())
          .forEach(
              table -> {
                following.begin(table, unscanned.of(table), Optional.empty(), scannedAt);
                unscanned.end(table);
              });
    }
    return new Progress(rows, done);
  }

  private void open() {
    Stream opened =
        openings.open(unscanned, held, statement.fromTheStart(unscanned.tables(), scannedAt));
    stream = Optional.of(opened);
    if (closed) {
      opened.close();
    }
  }

  /** All tables have been read: each topic gets the time of its rows. */
  private List<SourceRecord> completed() {
    List<SourceRecord> made = new ArrayList<>();
    for (TableScan scan : paged) {
      made.addAll(records.scanned(scan.route(), scan.at(), scan.offset()));
    }
    paged.forEach(scan -> following.begin(scan.table(), scan.at(), Optional.empty(), scan.at()));
    LOG.info("Scanned {} tables", paged.size());
    paged.clear();
    return made;
  }

  /** Ends a feed that scans; the next one begins it anew. */
  void forget() throws IOException {
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
