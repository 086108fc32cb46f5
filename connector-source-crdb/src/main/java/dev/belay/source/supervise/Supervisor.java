package dev.belay.source.supervise;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.ClusterException.Kind;
import dev.belay.source.cluster.Jobs;
import dev.belay.source.feed.Beginning;
import dev.belay.source.feed.FeedAction;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.Survey;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.WantedFeed;
import dev.belay.source.plan.Backoff;
import dev.belay.source.plan.FeedPlanner;
import dev.belay.source.plan.RefusedCreation;
import dev.belay.source.plan.Trials.Refusal;
import dev.belay.source.plan.Trouble;
import dev.belay.source.report.FeedStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Observe, plan, act, report: one round of each keeps the jobs as the configuration wants them.
 * What was done is never remembered but looked at again, so that a crash between any two statements
 * is healed by the next round. One thread; {@link Cluster#close} interrupts it.
 */
public final class Supervisor {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  /**
   * A job that was made may have a twin, and one that was replaced must end: look again at once.
   */
  private static final int LOOKS = 3;

  private static final Duration TTL_IS_BELIEVED = Duration.ofMinutes(1);
  private static final Duration TWINS_ARE_AWAITED = Duration.ofMinutes(1);

  private final Cluster cluster;
  private final Changefeed changefeed;
  private WantedFeed wanted;
  private final String database;
  private final Agreement agreement;
  private final Supplier<Duration> clock;
  private final Healing healing;
  private final Progress progress;
  private final Reporting reporting;
  private final Set<Long> replaced = new HashSet<>();
  private Set<Long> ended = Set.of();
  private Map<TableName, Duration> gcTtl = Map.of();
  private Duration gcTtlAt = Duration.ofSeconds(Long.MIN_VALUE / 4);
  private Duration madeAt;

  /**
   * @param database of tables that a job's description names without one
   * @param agreement with others that may make the same jobs
   * @param clock only goes forward; its zero does not matter
   */
  public Supervisor(
      Cluster cluster,
      Changefeed changefeed,
      WantedFeed wanted,
      String database,
      Agreement agreement,
      Settings settings,
      Supplier<Duration> clock) {
    this.cluster = cluster;
    this.changefeed = changefeed;
    this.wanted = wanted;
    this.database = database;
    this.agreement = agreement;
    this.clock = clock;
    // a predecessor may have made one and died
    this.madeAt = clock.get();
    this.healing = new Healing(settings.mostTries(), settings.backoff());
    this.progress = new Progress(settings.stallTimeout());
    this.reporting = new Reporting(healing, progress, settings.gcProtection());
  }

  /**
   * How patient it is.
   *
   * @param mostTries of healing in a row
   * @param gcProtection for how long a job holds back garbage collection; empty if the cluster
   *     decides
   */
  public record Settings(
      int mostTries, Backoff backoff, Duration stallTimeout, Optional<Duration> gcProtection) {}

  /**
   * Brings the jobs one step closer to what is wanted.
   *
   * @return how they are now, in the order of their tables
   * @throws ClusterException if the cluster does not answer or refuses; what was done stays done
   */
  public List<FeedStatus> round() throws ClusterException {
    Map<TableName, HlcTimestamp> agreed = new HashMap<>();
    for (int look = 1; ; ) {
      Survey survey = observe(agreed);
      List<FeedAction> actions = FeedPlanner.plan(wanted, survey, healing.trials(clock.get()));
      remember(survey);
      agreement.seen(survey);
      Set<TableName> beginning = beginningNow(actions, survey);
      if (!beginning.isEmpty()) {
        // whoever named the time may have made the job meanwhile
        agreed.putAll(agreement.on(beginning, survey));
        continue;
      }
      List<FeedAction> done = new ArrayList<>();
      boolean acted = false;
      boolean refused = false;
      for (FeedAction action : actions) {
        try {
          acted |= act(action, survey);
          done.add(action);
        } catch (ClusterException e) {
          if (!(action instanceof FeedAction.Create create) || e.kind() == Kind.AWAY) {
            throw e;
          }
          create.tables().forEach(agreed::remove);
          if (isForGood(e) && agreement.refused(create.tables(), create.beginning().time())) {
            LOG.info("No job begins when another worker has said: {}", e.getMessage());
            acted = true;
            done.add(create);
          } else {
            refused = true;
            done.add(refused(create, e));
          }
        }
      }
      if (!acted || refused || look == LOOKS) {
        return reporting.status(done, survey, wanted.positions(), clock.get());
      }
      look++;
    }
  }

  /** Tables of jobs that would begin at this very moment, which is another one for every worker. */
  private static Set<TableName> beginningNow(List<FeedAction> actions, Survey survey) {
    return actions.stream()
        .filter(FeedAction.Create.class::isInstance)
        .map(FeedAction.Create.class::cast)
        .filter(create -> create.beginning().time().equals(survey.now()))
        .flatMap(create -> create.tables().stream())
        .filter(table -> !survey.agreed().containsKey(table))
        .collect(Collectors.toSet());
  }

  private static boolean isForGood(ClusterException e) {
    return e.isForGood() || Trouble.of(e.getMessage()).isPresent();
  }

  private FeedAction refused(FeedAction.Create create, ClusterException e) {
    Refusal refusal = healing.refused(create.tables(), e.getMessage(), isForGood(e), clock.get());
    if (refusal.trial().count() == 1) {
      LOG.warn("CockroachDB does not create the changefeed: {}", e.getMessage());
    }
    return RefusedCreation.action(create, refusal);
  }

  /** How far the jobs of this configuration have come, which is where the next ones begin. */
  private void remember(Survey survey) {
    Map<TableName, Position> positions = new HashMap<>(wanted.positions());
    for (FoundJob job : survey.jobs()) {
      if (!job.state().isFinal() && wanted.isMetBy(job)) {
        job.tables().forEach(table -> positions.computeIfPresent(table, (t, old) -> of(job, old)));
      }
    }
    wanted = wanted.at(positions);
  }

  private static Position of(FoundJob job, Position before) {
    if (before instanceof Position.None && job.state().isEnding()) {
      // its end was asked for when the offset was deleted: what follows is a fresh start
      return before;
    } else if (job.highWater().isPresent()) {
      return new Position.Reached(job.highWater().get(), job.id());
    }
    boolean hasNoCursor = !(before instanceof Position.Reached || before instanceof Position.Moved);
    return hasNoCursor ? new Position.Begun(job.id(), false) : before;
  }

  /** Tables of jobs that have not come to their first checkpoint, and had no cursor before. */
  public Set<TableName> begun() {
    return wanted.positions().entrySet().stream()
        .filter(entry -> entry.getValue() instanceof Position.Begun)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /**
   * Whether a job may have a twin that another worker has made at the same moment. It should not
   * live for longer than it takes to tell a resolved time.
   */
  public boolean mayMeetTwin() {
    return clock.get().minus(madeAt).compareTo(TWINS_ARE_AWAITED) < 0;
  }

  private Survey observe(Map<TableName, HlcTimestamp> agreed) throws ClusterException {
    Survey survey = survey(agreed);
    ended =
        survey.jobs().stream()
            .filter(job -> job.state().isFinal())
            .map(FoundJob::id)
            .collect(Collectors.toSet());
    healing.look(survey, wanted);
    progress.look(survey, clock.get());
    return survey;
  }

  private Survey survey(Map<TableName, HlcTimestamp> agreed) throws ClusterException {
    try {
      return cluster.look(
          session -> {
            List<FoundJob> jobs = Jobs.of(session, wanted.mark().feed(), database);
            if (clock.get().minus(gcTtlAt).compareTo(TTL_IS_BELIEVED) > 0) {
              gcTtl = Catalog.gcTtl(session, wanted.positions().keySet());
              gcTtlAt = clock.get();
            }
            return new Survey(Catalog.now(session), jobs, gcTtl, agreed);
          });
    } catch (ClusterException e) {
      progress.missed();
      throw e;
    }
  }

  /** Jobs whose end this supervisor has asked for. */
  public Set<Long> replaced() {
    return Set.copyOf(replaced);
  }

  /** Jobs of the feed that have ended, whose status nobody needs any more. */
  public Set<Long> ended() {
    return ended;
  }

  /** Returns whether anything was changed. */
  private boolean act(FeedAction action, Survey survey) throws ClusterException {
    if (action instanceof FeedAction.Create create) {
      create(create, survey);
    } else if (action instanceof FeedAction.Resume resume) {
      FoundJob job = resume.job();
      LOG.info("Resuming job {}, which an error paused: {}", job.id(), job.trouble());
      healing.resumed(job, clock.get());
      control(Jobs::resume, job);
    } else if (action instanceof FeedAction.Cancel cancel) {
      LOG.info("Cancelling job {}: {}", cancel.job().id(), cancel.why());
      replaced.add(cancel.job().id());
      control(Jobs::cancel, cancel.job());
    } else {
      return false;
    }
    return true;
  }

  private void create(FeedAction.Create create, Survey survey) throws ClusterException {
    healing.recreating(create.tables(), survey, clock.get());
    String how =
        create.beginning() instanceof Beginning.Scan
            ? "with all rows as of "
            : "with the changes after ";
    LOG.info(
        "Creating a changefeed for {} {}{}: {}",
        create.tables(),
        how,
        create.beginning().time(),
        create.why());
    SortedSet<TableName> blind =
        create.tables().stream()
            .filter(table -> !wanted.scans() && isNew(table))
            .collect(Collectors.toCollection(TreeSet::new));
    if (!blind.isEmpty()) {
      LOG.warn(
          "Tables {} begin without their rows of before: the target must have them already", blind);
    }
    // also if the answer does not come: it may have been made
    madeAt = clock.get();
    long id =
        cluster.ask(session -> changefeed.create(session, create.tables(), create.beginning()));
    madeAt = clock.get();
    healing.created(create.tables());
    reporting.beganWithoutRows(id, blind);
    LOG.info("Created job {}", id);
  }

  private boolean isNew(TableName table) {
    return wanted.positions().get(table) instanceof Position.None;
  }

  /** A statement about a job. */
  @FunctionalInterface
  private interface Control {
    void run(Connection session, long job) throws SQLException;
  }

  private void control(Control control, FoundJob job) throws ClusterException {
    try {
      cluster.<Void>ask(
          session -> {
            control.run(session, job.id());
            return null;
          });
    } catch (ClusterException e) {
      if (e.kind() == Kind.AWAY) {
        throw e;
      }
      // it changed its state meanwhile, perhaps by another worker: the next look tells
      LOG.info("Job {} did not take it: {}", job.id(), e.getMessage());
    }
  }
}
