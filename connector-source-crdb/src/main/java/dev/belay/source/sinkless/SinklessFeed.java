package dev.belay.source.sinkless;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.ServerVersion;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import dev.belay.source.plan.Backoff;
import dev.belay.source.preflight.Finding;
import dev.belay.source.preflight.StartCheck;
import dev.belay.source.report.FeedStatus;
import dev.belay.source.report.StatusRecords;
import dev.belay.source.report.TaskMetrics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
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

  private final Setup setup;
  private final SourceConfig config;
  private final StatusRecords status;
  private final Cluster cluster;
  private final Topics topics;
  private final Routes routes;
  private final Records records;
  private final Optional<SpillDirectory> spill;
  private final Counters counters = new Counters();
  private final Figures figures;
  private final Health health;
  private final GcWindow gcWindow = new GcWindow();
  private final Openings openings;
  private final Following following;
  private final Scans scans;
  private final Beginnings beginnings;
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean prepared;

  /** What the cluster was last asked for. */
  private Health.Part doing = Health.Part.FEED;

  /** Whether the last poll had something of the feed. */
  private boolean fed;

  /** When the feed was last asked. */
  private long followed = System.nanoTime();

  private Optional<String> failure = Optional.empty();
  private boolean away;

  /**
   * @param offsets Connect's, of each table; empty where there is none
   * @param formerJobs of the same feed, from which tables without a cursor go on
   * @param metrics shows them
   * @param admin opens a client, which throws while no name of a broker is known
   */
  public SinklessFeed(
      Setup setup,
      Function<SortedSet<TableName>, Map<TableName, Map<String, Object>>> offsets,
      FormerJobs formerJobs,
      StatusRecords status,
      Function<List<TaskMetrics.Metric>, TaskMetrics> metrics,
      Supplier<Admin> admin) {
    this.setup = setup;
    this.figures = new Figures(counters, metrics);
    this.config = setup.config();
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
    this.health =
        new Health(
            () ->
                new Retry(
                    new Backoff(config.resumeBackoff(), config.resumeBackoffMax()),
                    config.resumeMaxAttempts()),
            config.stallTimeout(),
            this::isAtFeedCursor,
            System.nanoTime());
    FeedStatement statement = FeedStatement.of(config);
    this.openings = new Openings(setup, routes, records, counters);
    this.following = new Following(openings, statement, new HeldRows(config.bufferBytes(), spill));
    this.scans =
        new Scans(
            cluster,
            openings,
            statement,
            config.scanPageRows(),
            routes,
            records,
            new HeldRows(config.bufferBytes(), spill),
            counters,
            following);
    this.beginnings = new Beginnings(config, cluster, formerJobs, offsets, following, scans);
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
    try {
      return answer();
    } finally {
      health.answered(System.nanoTime());
    }
  }

  private List<SourceRecord> answer() throws InterruptedException {
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
      forget(Health.Part.FEED);
      forget(Health.Part.SCAN);
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
    doing = Health.Part.FEED;
    if (!prepared) {
      prepareIfDue(nanos);
      return List.of();
    }
    // what is asked there is how a table can be scanned
    doing = Health.Part.SCAN;
    beginnings.look(nanos, health.isStoredLate(nanos));
    doing = Health.Part.FEED;
    health.awaits(beginnings.awaited().keySet(), nanos);
    if (following.isEmpty()) {
      health.followsNothing(nanos);
    }
    // neither waits for the other's next try
    boolean follows =
        following.isOpen() || !following.isEmpty() && health.mayTry(Health.Part.FEED, nanos);
    boolean scanning = scans.isOpen() || !scans.isEmpty() && health.mayTry(Health.Part.SCAN, nanos);
    if (!follows && !scanning) {
      closed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return List.of();
    }
    topics.refresh();
    gcWindow.lookAgain(cluster, setup.tables(), nanos);
    // a feed that has something at every poll would leave the scans no turn
    boolean isScansTurn = scanning && fed;
    List<SourceRecord> rows =
        isScansTurn ? List.of() : followed(scanning ? Duration.ZERO : PATIENCE);
    fed = !rows.isEmpty();
    if (rows.isEmpty() && scanning) {
      doing = Health.Part.SCAN;
      rows = scanned();
    }
    if (scans.isEmpty()) {
      // it is needed now and then only, and would be dropped as idle by somebody on the way
      cluster.rest();
    }
    return rows;
  }

  private void prepareIfDue(long nanos) throws InterruptedException, ClusterException, IOException {
    if (!health.mayTry(Health.Part.FEED, nanos)) {
      closed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return;
    }
    prepare();
    prepared = true;
    // its status is news, and so is written by this poll
    health.moved(System.nanoTime());
  }

  /** What must be known before the first row. */
  private void prepare() throws InterruptedException, ClusterException, IOException {
    figures.show();
    if (spill.isPresent()) {
      spill.get().clear();
    }
    List<Finding> obstacles = StartCheck.cluster(config, cluster, setup.tables());
    if (!obstacles.isEmpty()) {
      throw new IllegalArgumentException(obstacles.get(0).text());
    }
    openings.server(ServerVersion.in(cluster.ask(Catalog::version)));
    topics.require(routes.all().stream().map(Route::topic).toList());
    HlcTimestamp now = gcWindow.look(cluster, setup.tables());
    beginnings.read(setup.tables(), now);
    LOG.info(
        "Feed {}, task {}: {} tables, {} of which begin",
        setup.feed(),
        setup.task(),
        setup.tables().size(),
        beginnings.awaited().size());
  }

  /** The status to write now. */
  private List<SourceRecord> told() {
    FeedStatus now = now();
    figures.now(now, following.heldBytes());
    return beginnings.carriedBy(status.of(List.of(now)), records);
  }

  private List<SourceRecord> followed(Duration patience)
      throws InterruptedException, ClusterException, IOException {
    Following.Progress progress =
        following.poll(patience, health.mayTry(Health.Part.FEED, System.nanoTime()));
    followed = System.nanoTime();
    if (progress.moved()) {
      health.moved(System.nanoTime());
    }
    return progress.records();
  }

  private List<SourceRecord> scanned() throws InterruptedException, ClusterException, IOException {
    Scans.Progress progress = scans.next(PATIENCE);
    if (progress.moved()) {
      health.scanned();
    }
    return progress.records();
  }

  private void lost(ClusterException e) {
    if (isClosed()) {
      return;
    }
    counters.reconnects.increment();
    health.failed(e, doing, System.nanoTime());
    forget(doing);
    if (!away) {
      LOG.warn("The feed is interrupted and will be tried again: {}", e.getMessage());
      away = true;
    }
  }

  private void forget(Health.Part part) {
    try {
      if (part == Health.Part.FEED) {
        following.restart();
      } else {
        scans.forget();
      }
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

  /** A feed begins at the least of its cursors. */
  private boolean isAtFeedCursor() {
    Optional<HlcTimestamp> least =
        following.cursors().values().stream().min(Comparator.naturalOrder());
    return config.cursor().isPresent() && config.cursor().equals(least);
  }

  /** What the task does about what it found, beside telling. */
  private void judge() {
    boolean stalled = health.isStalled(judgedAt());
    boolean fails =
        health.needsAction() && config.failWhenActionIsNeeded() || stalled && config.failOnStall();
    if (fails && failure.isEmpty()) {
      failure = Optional.of(health.error(judgedAt()) + " " + health.remedy(judgedAt()));
    }
  }

  /** A page of a scan may take long, and what the feed has told meanwhile is heard after it. */
  private long judgedAt() {
    return following.isOpen() ? followed : System.nanoTime();
  }

  private FeedStatus now() {
    long nanos = System.nanoTime();
    Map<TableName, HlcTimestamp> cursors = following.cursors();
    Optional<HlcTimestamp> cursor = cursors.values().stream().min(Comparator.naturalOrder());
    Map<TableName, HlcTimestamp> needed = new HashMap<>(cursors);
    needed.putAll(scans.times());
    needed.putAll(beginnings.awaited());
    return new FeedStatus(
        Optional.empty(),
        prepared && beginnings.awaited().isEmpty()
            ? health.state(!scans.isEmpty(), judgedAt())
            : health.starting(judgedAt()),
        setup.tables(),
        cursor,
        cursor
            .flatMap(time -> gcWindow.age(time, nanos))
            .map(age -> OptionalLong.of(Math.max(0, age.toSeconds())))
            .orElse(OptionalLong.empty()),
        gcWindow.left(needed, nanos),
        health.error(judgedAt()),
        health.remedy(judgedAt()),
        counters.reconnects.sum(),
        0,
        following.waiting());
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Ends whatever the task's thread waits for; returns at once. */
  @Override
  public void close() {
    closed.countDown();
    following.close();
    scans.close();
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
