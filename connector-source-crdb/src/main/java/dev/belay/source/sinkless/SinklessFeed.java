package dev.belay.source.sinkless;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.TableName;
import dev.belay.source.plan.Backoff;
import dev.belay.source.report.FeedStatus;
import dev.belay.source.report.SourceOffsets;
import dev.belay.source.report.StatusRecords;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of a task that reads its tables' changes over SQL: first all rows of the tables that
 * have no offset, then every change. The task's thread, but for {@link #close}.
 */
public final class SinklessFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SinklessFeed.class);

  /** Connect wants its thread back now and then. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private static final String NO_COLUMN = "42703";

  /** A part of the memory for rows that wait; more would not make reading faster. */
  private static final long MOST_HANDED_OVER = 8 << 20;

  private final Setup setup;
  private final SourceConfig config;
  private final Function<SortedSet<TableName>, Map<TableName, Map<String, Object>>> offsets;
  private final StatusRecords status;
  private final Cluster cluster;
  private final Topics topics;
  private final Routes routes;
  private final Records records;
  private final HeldRows held;
  private final HeldRows scanHeld;
  private final Optional<SpillDirectory> spill;
  private final Counters counters = new Counters();
  private final Cursors cursors = new Cursors();
  private final Figures figures;
  private final Health health;
  private final FeedStatement statement;
  private final GcWindow gcWindow = new GcWindow();
  private final Outgoing.Limits limits;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Tables that are being read, and those that have been and wait for the others. */
  private final List<TableScan> scans = new ArrayList<>();

  /** Offsets of tables that had none, until they are handed over. */
  private final SortedMap<TableName, Map<String, String>> begin = new TreeMap<>();

  /** Tables that only a feed can read, until its first resolved time. */
  private final Cursors unscanned = new Cursors();

  // by the time as of which their rows are wanted
  private final SortedMap<HlcTimestamp, SortedSet<TableName>> toScanByFeed = new TreeMap<>();
  private HlcTimestamp scannedAt = new HlcTimestamp(0, 0);

  private boolean prepared;
  private volatile Optional<Stream> stream = Optional.empty();
  private volatile Optional<Stream> scanStream = Optional.empty();
  private Optional<String> failure = Optional.empty();
  private boolean away;

  /**
   * @param offsets Connect's, of each table; empty where there is none
   * @param admin owned from now on
   */
  public SinklessFeed(
      Setup setup,
      Function<SortedSet<TableName>, Map<TableName, Map<String, Object>>> offsets,
      StatusRecords status,
      Admin admin) {
    this.setup = setup;
    this.figures = new Figures(setup.connector(), setup.task(), counters);
    this.config = setup.config();
    this.offsets = offsets;
    this.status = status;
    this.cluster = new Cluster(setup.address(), setup.secrets());
    this.topics =
        new Topics(
            admin,
            new Topics.Shape(config.topicPartitions(), config.topicReplication()),
            System::nanoTime);
    this.routes = new Routes(setup.tables(), config.fullTableName(), config.topicPrefix());
    this.records = new Records(setup.feed(), topics::partitions);
    this.spill =
        config
            .spillDir()
            .map(folder -> new SpillDirectory(folder, setup.connector(), setup.task()));
    this.held = new HeldRows(config.bufferBytes(), spill);
    this.scanHeld = new HeldRows(config.bufferBytes(), spill);
    this.health =
        new Health(
            new Retry(
                new Backoff(config.resumeBackoff(), config.resumeBackoffMax()),
                config.resumeMaxAttempts()),
            config.stallTimeout(),
            System.nanoTime());
    this.limits = new Outgoing.Limits(config.transactionRecords(), config.transactionBytes());
    this.statement = FeedStatement.of(config);
  }

  /**
   * The next records; null if there are none for a while, as Connect has it.
   *
   * @throws ConnectException to fail the task
   */
  public List<SourceRecord> poll() throws InterruptedException {
    if (failure.isPresent()) {
      // its record has been handed over by the poll before
      throw new ConnectException(failure.get());
    }
    health.asked(System.nanoTime());
    List<SourceRecord> made = new ArrayList<>();
    try {
      made.addAll(work());
      said();
    } catch (ClusterException e) {
      lost(e);
    } catch (TopicTrouble | IllegalArgumentException e) {
      health.stopped(e.getMessage());
      failure = Optional.of(e.getMessage());
    } catch (IOException e) {
      health.stopped(diskTrouble(e));
      failure = Optional.of(diskTrouble(e));
    } catch (KafkaException e) {
      LOG.warn("Kafka does not answer; asking again: {}", e.getMessage());
      health.brokersAway(String.valueOf(e.getMessage()), System.nanoTime());
      // a window may have been cut in two: its rows come again
      forget();
    }
    if (isClosed()) {
      return null;
    }
    judge();
    made.addAll(told());
    return made.isEmpty() ? null : made;
  }

  private String diskTrouble(IOException e) {
    return "spill.dir cannot be used ("
        + e
        + "). Make room in it, or give another; the rows come again.";
  }

  private List<SourceRecord> work() throws InterruptedException, ClusterException, IOException {
    long nanos = System.nanoTime();
    if (!health.mayTry(nanos)) {
      closed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (stream.isEmpty() && scanStream.isEmpty() || !prepared) {
        return List.of();
      }
    }
    if (!prepared) {
      prepare();
      prepared = true;
      // its status is news, and so is written by this poll
      health.moved(System.nanoTime());
      return List.of();
    }
    topics.refresh();
    boolean scanning = isScanning();
    List<SourceRecord> rows = streamed(scanning ? Duration.ZERO : PATIENCE);
    if (rows.isEmpty() && scanning) {
      rows = scanned();
    }
    return rows;
  }

  private boolean hasScanByFeed() {
    return !toScanByFeed.isEmpty() || !unscanned.tables().isEmpty();
  }

  private boolean isScanning() {
    return !scans.isEmpty() || hasScanByFeed();
  }

  /** What must be known before the first row. */
  private void prepare() throws InterruptedException, ClusterException, IOException {
    figures.show();
    // an earlier try may have come half way
    scans.clear();
    toScanByFeed.clear();
    if (spill.isPresent()) {
      spill.get().clear();
    }
    topics.require(routes.all().stream().map(Route::topic).toList());
    HlcTimestamp now = cluster.ask(Catalog::now);
    gcWindow.learned(cluster.ask(session -> Catalog.gcTtl(session, setup.tables())));
    Map<TableName, Map<String, Object>> stored = offsets.apply(setup.tables());
    begin.clear();
    for (TableName table : setup.tables()) {
      Map<String, Object> offset = stored.getOrDefault(table, Map.of());
      Position position = SourceOffsets.position(offset);
      if (position instanceof Position.Moved moved) {
        cursors.begin(table, moved.cursor(), SourceOffsets.ahead(offset));
      } else if (position instanceof Position.Reached reached) {
        cursors.begin(table, reached.cursor(), SourceOffsets.ahead(offset));
      } else if (position instanceof Position.Scanning scanning) {
        scan(table, scanning.at(), scanning.key());
      } else if (config.initialScan()) {
        scan(table, now, "");
        // after a crash they shall all go on with the same time, those not begun yet too
        begin.put(table, SourceOffsets.scanning(now, ""));
      } else {
        HlcTimestamp cursor = config.cursor().orElse(now);
        cursors.begin(table, cursor, Optional.empty());
        begin.put(table, SourceOffsets.complete(cursor));
      }
    }
    LOG.info(
        "Feed {}, task {}: {} tables, {} of them to be scanned",
        setup.feed(),
        setup.task(),
        setup.tables().size(),
        scans.size() + unscanned.tables().size());
  }

  private void scan(TableName table, HlcTimestamp at, String key) throws ClusterException {
    Optional<ScanShape> shape =
        statement.isPlain()
            ? cluster.ask(session -> ScanShape.of(session, table))
            : Optional.empty();
    if (shape.isPresent()) {
      scans.add(
          new TableScan(
              routes.of(table),
              new ScanStatement(
                  table, shape.get(), at, statement.hasBefore(), config.scanPageRows()),
              key));
      return;
    }
    LOG.warn(
        "Table {} is scanned by the feed itself, which begins anew if it is interrupted: its key, or"
            + " an option of the feed, cannot be read by pages",
        table);
    toScanByFeed.computeIfAbsent(at, time -> new TreeSet<>()).add(table);
  }

  /**
   * The status to write now. Where tables begin goes beside its first record: Connect keeps no
   * offset alone.
   */
  private List<SourceRecord> told() {
    FeedStatus now = now();
    figures.now(now, held.bytes());
    List<SourceRecord> carriers = status.of(List.of(now));
    if (carriers.isEmpty() || begin.isEmpty()) {
      return carriers;
    }
    List<SourceRecord> made = new ArrayList<>();
    begin.forEach((table, offset) -> made.add(records.carrying(carriers.get(0), table, offset)));
    begin.clear();
    return made;
  }

  private List<SourceRecord> streamed(Duration patience)
      throws InterruptedException, ClusterException, IOException {
    if (stream.isEmpty() && !cursors.tables().isEmpty()) {
      if (!health.mayTry(System.nanoTime())) {
        return List.of();
      }
      stream = open(cursors, held, statement.after(cursors.tables(), cursors.least()));
    }
    if (stream.isEmpty()) {
      return List.of();
    }
    HlcTimestamp before = cursors.least();
    List<SourceRecord> rows = stream.get().poll(patience);
    if (cursors.least().isAfter(before)) {
      health.moved(System.nanoTime());
    }
    return rows;
  }

  private Optional<Stream> open(Cursors from, HeldRows rows, String sql) {
    Set<Route> targets = new HashSet<>();
    from.tables().forEach(table -> targets.add(routes.of(table)));
    LOG.info("Reading {} tables from {}", from.tables().size(), from.least());
    FeedReader.Source source =
        new FeedReader.Source(
            setup.address(),
            setup.secrets(),
            // a stall is told first; should the session be dead without a word, it is given up here
            config.stallTimeout().multipliedBy(2),
            Math.min(MOST_HANDED_OVER, config.bufferBytes() / 4));
    FeedReader reader = FeedReader.start(source, routes, sql);
    Stream opened = new Stream(reader, records, from, rows, limits, counters, targets);
    if (isClosed()) {
      opened.close();
    }
    return Optional.of(opened);
  }

  private List<SourceRecord> scanned() throws InterruptedException, ClusterException, IOException {
    if (hasScanByFeed()) {
      return scannedByFeed();
    }
    Optional<TableScan> open = scans.stream().filter(scan -> !scan.isDone()).findFirst();
    if (open.isPresent()) {
      List<SourceRecord> page;
      try {
        page = open.get().next(cluster, records);
      } catch (ClusterException e) {
        if (!e.state().equals(NO_COLUMN)) {
          throw e;
        }
        // the columns are those of today, and this one was not there then
        LOG.warn("Table {} has changed since; the feed itself scans it", open.get().table());
        scans.remove(open.get());
        toScanByFeed
            .computeIfAbsent(open.get().at(), time -> new TreeSet<>())
            .add(open.get().table());
        return List.of();
      }
      counters.rows.add(page.size());
      health.moved(System.nanoTime());
      return page;
    }
    return completed();
  }

  private List<SourceRecord> scannedByFeed()
      throws InterruptedException, ClusterException, IOException {
    if (unscanned.tables().isEmpty()) {
      scannedAt = toScanByFeed.firstKey();
      toScanByFeed.remove(scannedAt).forEach(table -> unscanned.beginScan(table, scannedAt));
    }
    if (scanStream.isEmpty()) {
      scanStream = open(unscanned, scanHeld, statement.fromTheStart(unscanned.tables(), scannedAt));
    }
    List<SourceRecord> rows = scanStream.get().poll(PATIENCE);
    if (!unscanned.isScanning()) {
      scanStream.get().close();
      scanStream = Optional.empty();
      scanHeld.clear();
      Set.copyOf(unscanned.tables())
          .forEach(
              table -> {
                cursors.begin(table, unscanned.of(table), Optional.empty());
                unscanned.end(table);
              });
      restart();
      health.moved(System.nanoTime());
    }
    return rows;
  }

  /** All tables have been read: each topic gets the time of its rows. */
  private List<SourceRecord> completed() throws IOException {
    List<SourceRecord> made = new ArrayList<>();
    for (TableScan scan : scans) {
      made.addAll(records.scanned(scan.route(), scan.at(), scan.offset()));
    }
    scans.forEach(scan -> cursors.begin(scan.table(), scan.at(), Optional.empty()));
    LOG.info("Scanned {} tables", scans.size());
    scans.clear();
    restart();
    return made;
  }

  /** The feed begins again, with the tables that have come to it. */
  private void restart() throws IOException {
    stream.ifPresent(Stream::close);
    stream = Optional.empty();
    held.clear();
  }

  private void lost(ClusterException e) {
    if (isClosed()) {
      return;
    }
    counters.reconnects.increment();
    health.failed(e, System.nanoTime());
    forget();
    if (!away) {
      LOG.warn("The feed is interrupted and will be tried again: {}", e.getMessage());
      away = true;
    }
  }

  private void forget() {
    for (Optional<Stream> open : List.of(stream, scanStream)) {
      open.ifPresent(Stream::close);
    }
    stream = Optional.empty();
    scanStream = Optional.empty();
    try {
      held.clear();
      scanHeld.clear();
    } catch (IOException disk) {
      failure = Optional.of(diskTrouble(disk));
    }
  }

  private void said() {
    if (away && health.isWell()) {
      LOG.info("The feed goes on");
      away = false;
    }
  }

  /** What the task does about what it found, beside telling. */
  private void judge() {
    long nanos = System.nanoTime();
    boolean stalled = health.isStalled(isScanning(), nanos);
    boolean fails =
        health.needsAction() && config.failWhenActionIsNeeded() || stalled && config.failOnStall();
    if (fails && failure.isEmpty()) {
      failure = Optional.of(health.error(stalled) + " " + health.remedy(stalled));
    }
  }

  private FeedStatus now() {
    long nanos = System.nanoTime();
    boolean stalled = health.isStalled(isScanning(), nanos);
    Optional<HlcTimestamp> cursor =
        cursors.tables().isEmpty() ? Optional.empty() : Optional.of(cursors.least());
    Instant wall = Instant.now();
    return new FeedStatus(
        Optional.empty(),
        prepared ? health.state(isScanning(), nanos) : health.starting(),
        setup.tables(),
        cursor,
        cursor.isEmpty()
            ? OptionalLong.empty()
            : OptionalLong.of(
                Math.max(0, wall.getEpochSecond() - cursor.get().wallNanos() / 1_000_000_000L)),
        gcWindow.left(cursors, wall),
        health.error(stalled),
        health.remedy(stalled),
        counters.reconnects.sum(),
        0);
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Ends whatever the task's thread waits for; returns at once. */
  @Override
  public void close() {
    closed.countDown();
    for (Optional<Stream> open : List.of(stream, scanStream)) {
      open.ifPresent(Stream::close);
    }
    cluster.close();
    topics.close();
    figures.close();
    // files of rows are removed when the task starts next; the folder is emptied here if it can be
    spill.ifPresent(SinklessFeed::clear);
  }

  private static void clear(SpillDirectory folder) {
    try {
      folder.clear();
    } catch (IOException e) {
      LOG.warn("{} cannot be emptied: {}", folder.folder(), e.toString());
    }
  }
}
