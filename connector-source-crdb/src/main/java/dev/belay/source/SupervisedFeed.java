package dev.belay.source;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.Jobs;
import dev.belay.source.cluster.Secrets;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.WantedFeed;
import dev.belay.source.plan.Backoff;
import dev.belay.source.plan.CancelledJobs;
import dev.belay.source.preflight.Finding;
import dev.belay.source.preflight.StartCheck;
import dev.belay.source.report.FeedMeters;
import dev.belay.source.report.FeedState;
import dev.belay.source.report.FeedStatus;
import dev.belay.source.report.SourceOffsets;
import dev.belay.source.report.StatusRecords;
import dev.belay.source.supervise.Changefeed;
import dev.belay.source.supervise.Supervisor;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code feed.delivery=kafka}: CockroachDB writes to Kafka itself, and the task watches its jobs.
 * The task's thread only, but for {@link #close}.
 */
final class SupervisedFeed implements Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(SupervisedFeed.class);

  /** Connect wants its thread back now and then. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  private final SourceConfig config;
  private final SourceTaskContext context;
  private final Cluster cluster;
  private final StatusRecords records;
  private final FeedMeters meters;
  private final MadeTopic statusTopic;
  private final CountDownLatch closed = new CountDownLatch(1);
  private Optional<Supervisor> supervisor = Optional.empty();
  private Optional<AgreedTimes> agreed = Optional.empty();
  private List<FeedStatus> last = List.of();
  private Set<TableName> tables = Set.of();
  private Map<TableName, List<String>> families = Map.of();

  /** Jobs of before that deleting their offsets has ended. */
  private Set<Long> noted = Set.of();

  /** What the task fails with at the next poll. */
  private Optional<String> failure = Optional.empty();

  /** The same, before its record has been handed over. */
  private Optional<String> untold = Optional.empty();

  private final Rhythm rhythm;

  /** Looks in a row that CockroachDB did not answer. */
  private int missed;

  private long due = System.nanoTime();
  private boolean away;
  private boolean hasLooked;
  private boolean hasForgotten;
  private boolean topicsWereLookedAt;

  SupervisedFeed(SourceConfig config, SourceTaskContext context) {
    this.config = config;
    this.context = context;
    this.cluster = new Cluster(Addresses.of(config), new Secrets(config.secrets()));
    this.records =
        new StatusRecords(
            config.connector(),
            config.feedId(),
            "kafka",
            config.statusTopic(),
            config.statusInterval(),
            Clock.systemUTC());
    this.meters = FeedMeters.of(context, config.connector());
    this.statusTopic = new MadeTopic(config);
    this.rhythm = Rhythm.of(config);
  }

  @Override
  public List<SourceRecord> poll() throws InterruptedException {
    if (failure.isPresent()) {
      // its record has been handed over by the poll before
      throw new ConnectException(failure.get());
    }
    long left = due - System.nanoTime();
    if (left > 0) {
      if (closed.await(Math.min(left, LONGEST_WAIT.toNanos()), TimeUnit.NANOSECONDS)) {
        return null;
      }
      if (due - System.nanoTime() > 0) {
        List<SourceRecord> same = stillAway();
        return same.isEmpty() ? null : same;
      }
    }
    List<SourceRecord> news = round();
    due = System.nanoTime() + pause().toNanos();
    return news.isEmpty() ? null : news;
  }

  /** Until the next look. What is still to be told waits for Kafka, and not for CockroachDB. */
  private Duration pause() {
    return rhythm.pause(
        untold.isPresent() ? 0 : missed, supervisor.map(Supervisor::mayMeetTwin).orElse(false));
  }

  /** The status is told every {@code status.interval.ms} though the looks are further apart. */
  private List<SourceRecord> stillAway() {
    return missed > 0 && canTell() ? records.of(last) : List.of();
  }

  private List<SourceRecord> round() {
    Optional<String> verdict = Optional.empty();
    try {
      if (supervisor.isEmpty()) {
        supervisor = Optional.of(open());
      }
      last = supervisor.get().round();
      records.replaced(supervisor.get().replaced());
      records.begun(supervisor.get().begun());
      hasLooked = true;
      missed = 0;
      if (away) {
        LOG.info("They answer again");
        away = false;
      }
    } catch (Refused e) {
      missed = 0;
      last = e.status();
    } catch (StatusTopic.KafkaAwayException e) {
      missed = 0;
      warnOnce("Kafka does not tell who ended the last job; asking again: {}", e);
      last = List.of(without(FeedState.STARTING, tables, e.getMessage(), ""));
    } catch (ClusterException e) {
      if (closed.getCount() == 0) {
        return List.of();
      }
      missed++;
      if (e.isForGood()) {
        verdict = Optional.of("CockroachDB refuses: " + e.getMessage());
      } else {
        warnOnce("CockroachDB does not answer; asking again: {}", e);
      }
      last = unreachable(e);
    }
    last = last.stream().map(this::withoutNoted).toList();
    meters.show(last);
    verdict = verdict.or(this::verdict);
    if (!canTell()) {
      putOff(verdict);
      return List.of();
    }
    failure = verdict;
    List<SourceRecord> news = new ArrayList<>();
    if (hasLooked && !hasForgotten) {
      Set<Long> ended = new HashSet<>(supervisor.orElseThrow().ended());
      ended.removeAll(noted);
      news.addAll(records.forget(ended));
      hasForgotten = true;
    }
    if (hasLooked && last.stream().allMatch(this::hasItsOwnJob)) {
      // only a table's last job is asked about
      news.addAll(records.forget(noted));
      noted = Set.of();
    }
    agreed.ifPresent(times -> news.addAll(times.served()));
    news.addAll(records.of(last));
    return news;
  }

  private boolean hasItsOwnJob(FeedStatus status) {
    return status.id().filter(job -> !noted.contains(job)).isPresent();
  }

  /** Whether the status topic is there, which the jobs do not wait for. */
  private boolean canTell() {
    if (statusTopic.isThere() && !topicsWereLookedAt && !tables.isEmpty()) {
      FeedTopics.of(config, tables, families).warn();
      topicsWereLookedAt = true;
    }
    return statusTopic.isThere();
  }

  /** The task fails when its status can be told: a failed one tells nothing any more. */
  private void putOff(Optional<String> verdict) {
    if (verdict.isPresent() && !verdict.equals(untold)) {
      LOG.error("The task fails as soon as Kafka takes its status: {}", verdict.get());
    }
    untold = verdict;
  }

  private void warnOnce(String text, Exception e) {
    if (!away) {
      LOG.warn(text, e.getMessage());
      away = true;
    }
  }

  /** The feed must not begin like this. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<FeedStatus> status;

    Refused(List<FeedStatus> status) {
      super("refused at the start", null, false, false);
      this.status = List.copyOf(status);
    }

    List<FeedStatus> status() {
      return status;
    }
  }

  private Supervisor open() throws ClusterException, Refused, StatusTopic.KafkaAwayException {
    String database = cluster.ask(Catalog::database);
    TableChoice choice = choose(database);
    SortedSet<TableName> chosen = choice.tables();
    tables = chosen;
    families = cluster.ask(session -> Catalog.families(session, chosen));
    Changefeed changefeed = new Changefeed(config, database);
    SortedSet<TableName> all = new TreeSet<>(chosen);
    all.addAll(choice.gone().keySet());
    WantedFeed wanted =
        handsOff(
            new WantedFeed(
                changefeed.mark(),
                positions(all),
                config.initialScan(),
                config.cursor(),
                config.tablesPerJob(),
                choice.gone()),
            database);
    LOG.info("Feed {} over {}", config.feedId(), chosen);
    choice.gone().forEach((table, found) -> LOG.warn("Not watched: {}", found));
    List<Finding> stops = StartCheck.cluster(config, cluster, chosen);
    if (!stops.isEmpty() && !hasLiveJob(database)) {
      throw new Refused(stops.stream().map(finding -> refusal(finding, chosen)).limit(1).toList());
    }
    AgreedTimes times = new AgreedTimes(config, database, statusTopic);
    agreed = Optional.of(times);
    return new Supervisor(
        cluster,
        changefeed,
        wanted,
        database,
        times,
        new Supervisor.Settings(
            config.resumeMaxAttempts(),
            new Backoff(config.resumeBackoff(), config.resumeBackoffMax()),
            config.stallTimeout(),
            config.gcProtectionOfJobs()),
        () -> Duration.ofNanos(System.nanoTime()));
  }

  private TableChoice choose(String database) throws ClusterException, Refused {
    TableChoice.There there =
        cluster.ask(
            session ->
                new TableChoice.There(database, Catalog.tables(session), Catalog.others(session)));
    try {
      return TableChoice.with(config, there, remembered(there));
    } catch (ConfigException e) {
      throw new Refused(
          List.of(
              without(
                  FeedState.NEEDS_ACTION,
                  List.of(),
                  e.getMessage(),
                  "Correct the configuration, or the tables, and restart this connector's task.")));
    }
  }

  /**
   * Tables that are not there and that the feed had: a live job of its own sends them, or Connect
   * has an offset of theirs.
   */
  private SortedSet<TableName> remembered(TableChoice.There there) throws ClusterException {
    SortedSet<TableName> remembered = new TreeSet<>();
    if (!config.hasFilters()) {
      return remembered;
    }
    SortedSet<TableName> ended = new TreeSet<>();
    cluster
        .ask(session -> Jobs.of(session, config.feedId(), there.database()))
        .forEach(job -> (job.state().isFinal() ? ended : remembered).addAll(job.tables()));
    ended.removeAll(there.tables());
    positions(ended)
        .forEach(
            (table, position) -> {
              if (!(position instanceof Position.None)) {
                remembered.add(table);
              }
            });
    return remembered;
  }

  /**
   * A job that was cancelled without an offset, and not for deleting it, was ended by a person
   * before Connect had stored the first: it counts as if it had been stored.
   */
  private WantedFeed handsOff(WantedFeed wanted, String database)
      throws ClusterException, StatusTopic.KafkaAwayException {
    Map<TableName, FoundJob> cancelled =
        CancelledJobs.withoutOffset(
            wanted, cluster.ask(session -> Jobs.of(session, config.feedId(), database)));
    if (cancelled.isEmpty()) {
      return wanted;
    }
    noted = ResetNotes.among(config, cancelled.values());
    Map<TableName, Position> positions = new HashMap<>(wanted.positions());
    cancelled.forEach(
        (table, job) -> {
          if (!noted.contains(job.id())) {
            positions.put(table, new Position.Begun(job.id(), false));
          }
        });
    return wanted.at(positions);
  }

  /** One that is there is looked after, whatever stands in the way of a new one. */
  private boolean hasLiveJob(String database) throws ClusterException {
    return cluster.ask(session -> Jobs.of(session, config.feedId(), database)).stream()
        .anyMatch(job -> !job.state().isFinal());
  }

  private static FeedStatus refusal(Finding finding, SortedSet<TableName> tables) {
    return without(FeedState.NEEDS_ACTION, tables, finding.found(), finding.cure());
  }

  /**
   * What is told of tables whose offsets were deleted says nothing of the job that ended for it:
   * under its name the status would take the place of the note, and its position that of the offset
   * that is no more.
   */
  private FeedStatus withoutNoted(FeedStatus status) {
    return status.id().filter(noted::contains).isPresent()
        ? without(status.state(), status.tables(), status.error(), status.remedy())
        : status;
  }

  /** Of tables that no job is known of. */
  private static FeedStatus without(
      FeedState state, Collection<TableName> tables, String error, String remedy) {
    return new FeedStatus(
        Optional.empty(),
        state,
        new TreeSet<>(tables),
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        error,
        remedy,
        0,
        0);
  }

  private Map<TableName, Position> positions(SortedSet<TableName> tables) {
    Map<TableName, Position> positions = new HashMap<>();
    List<Map<String, String>> partitions = new ArrayList<>();
    tables.forEach(table -> partitions.add(SourceOffsets.partition(config.feedId(), table)));
    Map<Map<String, String>, Map<String, Object>> offsets =
        context.offsetStorageReader().offsets(partitions);
    for (TableName table : tables) {
      positions.put(
          table,
          SourceOffsets.position(offsets.get(SourceOffsets.partition(config.feedId(), table))));
    }
    return positions;
  }

  /** What the task fails with for what it found; empty if it goes on. */
  private Optional<String> verdict() {
    return last.stream()
        .filter(
            status ->
                status.state() == FeedState.NEEDS_ACTION && config.failWhenActionIsNeeded()
                    || status.state() == FeedState.STALLED && config.failOnStall())
        .map(status -> status.error() + " " + status.remedy())
        .findFirst();
  }

  private List<FeedStatus> unreachable(ClusterException e) {
    if (last.isEmpty()) {
      // before the first look the tables are not known
      return List.of(without(FeedState.UNREACHABLE, List.of(), e.getMessage(), ""));
    }
    return last.stream()
        .map(
            status ->
                new FeedStatus(
                    status.id(),
                    FeedState.UNREACHABLE,
                    new TreeSet<>(status.tables()),
                    status.cursor(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    e.getMessage(),
                    "",
                    status.resumes(),
                    status.recreations()))
        .toList();
  }

  @Override
  public void close() {
    closed.countDown();
    cluster.close();
    meters.close();
  }
}
