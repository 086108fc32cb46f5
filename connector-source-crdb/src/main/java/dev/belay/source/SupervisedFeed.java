package dev.belay.source;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.Jobs;
import dev.belay.source.cluster.Secrets;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.WantedFeed;
import dev.belay.source.plan.Backoff;
import dev.belay.source.preflight.Finding;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
  private final CountDownLatch closed = new CountDownLatch(1);
  private Optional<Supervisor> supervisor = Optional.empty();
  private List<FeedStatus> last = List.of();
  private Set<TableName> tables = Set.of();
  private Optional<String> failure = Optional.empty();
  private long due = System.nanoTime();
  private boolean away;
  private boolean hasLooked;
  private boolean hasForgotten;
  private boolean hasStatusTopic;
  private boolean kafkaAway;
  private long statusTopicDue = System.nanoTime();

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
        return null;
      }
    }
    List<SourceRecord> news = round();
    due = System.nanoTime() + pause().toNanos();
    return news.isEmpty() ? null : news;
  }

  /** Until the next look. */
  private Duration pause() {
    Duration usual = config.superviseInterval();
    boolean hurries = supervisor.map(Supervisor::mayMeetTwin).orElse(false);
    return hurries && config.resolvedInterval().compareTo(usual) < 0
        ? config.resolvedInterval()
        : usual;
  }

  private List<SourceRecord> round() {
    try {
      if (supervisor.isEmpty()) {
        supervisor = Optional.of(open());
      }
      last = supervisor.get().round();
      records.replaced(supervisor.get().replaced());
      records.begun(supervisor.get().begun());
      hasLooked = true;
      if (away) {
        LOG.info("They answer again");
        away = false;
      }
    } catch (Refused e) {
      last = e.status();
    } catch (ClusterException e) {
      if (closed.getCount() == 0) {
        return List.of();
      }
      if (e.isForGood()) {
        failure = Optional.of("CockroachDB refuses: " + e.getMessage());
      } else {
        warnOnce("CockroachDB does not answer; asking again: {}", e);
      }
      last = unreachable(e);
    }
    meters.show(last);
    judge();
    if (!canTell()) {
      return List.of();
    }
    List<SourceRecord> news = new ArrayList<>();
    if (hasLooked && !hasForgotten) {
      news.addAll(records.forget(supervisor.orElseThrow().ended()));
      hasForgotten = true;
    }
    news.addAll(records.of(last));
    return news;
  }

  /**
   * Whether the status topic is there, which the jobs do not wait for. Connect's producer would
   * make one that is not compacted.
   */
  private boolean canTell() {
    if (!hasStatusTopic && System.nanoTime() - statusTopicDue >= 0) {
      try {
        StatusTopic.make(config);
        hasStatusTopic = true;
        StartCheck.topics(config, tables);
      } catch (StatusTopic.KafkaAwayException e) {
        if (!kafkaAway) {
          LOG.warn("No status can be told yet; asking Kafka again: {}", e.getMessage());
          kafkaAway = true;
        }
        statusTopicDue = System.nanoTime() + LONGEST_WAIT.toNanos();
      }
    }
    return hasStatusTopic;
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

  private Supervisor open() throws ClusterException, Refused {
    SortedSet<TableName> chosen =
        cluster.ask(
            session -> TableChoice.of(config, Catalog.database(session), Catalog.tables(session)));
    tables = chosen;
    String database = cluster.ask(Catalog::database);
    Changefeed changefeed = new Changefeed(config, database);
    WantedFeed wanted =
        new WantedFeed(
            changefeed.mark(),
            positions(chosen),
            config.initialScan(),
            config.cursor(),
            config.tablesPerJob());
    LOG.info("Feed {} over {}", config.feedId(), chosen);
    List<Finding> stops = StartCheck.cluster(config, cluster, chosen);
    if (!stops.isEmpty() && !hasLiveJob(database)) {
      throw new Refused(stops.stream().map(finding -> refusal(finding, chosen)).limit(1).toList());
    }
    return new Supervisor(
        cluster,
        changefeed,
        wanted,
        database,
        new Supervisor.Settings(
            config.resumeMaxAttempts(),
            new Backoff(config.resumeBackoff(), config.resumeBackoffMax()),
            config.stallTimeout(),
            config.gcProtection()),
        () -> Duration.ofNanos(System.nanoTime()));
  }

  /** One that is there is looked after, whatever stands in the way of a new one. */
  private boolean hasLiveJob(String database) throws ClusterException {
    return cluster.ask(session -> Jobs.of(session, config.feedId(), database)).stream()
        .anyMatch(job -> !job.state().isFinal());
  }

  private static FeedStatus refusal(Finding finding, SortedSet<TableName> tables) {
    return new FeedStatus(
        Optional.empty(),
        FeedState.NEEDS_ACTION,
        tables,
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        finding.found(),
        finding.cure(),
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

  /** What the task does about what it found, beside telling. */
  private void judge() {
    for (FeedStatus status : last) {
      boolean fails =
          status.state() == FeedState.NEEDS_ACTION && config.failWhenActionIsNeeded()
              || status.state() == FeedState.STALLED && config.failOnStall();
      if (fails) {
        failure = Optional.of(status.error() + " " + status.remedy());
      }
    }
  }

  private List<FeedStatus> unreachable(ClusterException e) {
    if (last.isEmpty()) {
      // before the first look the tables are not known
      return List.of(
          new FeedStatus(
              Optional.empty(),
              FeedState.UNREACHABLE,
              new TreeSet<>(),
              Optional.empty(),
              OptionalLong.empty(),
              OptionalLong.empty(),
              e.getMessage(),
              "",
              0,
              0));
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
