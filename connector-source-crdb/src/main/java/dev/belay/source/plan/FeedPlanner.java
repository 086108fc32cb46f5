package dev.belay.source.plan;

import dev.belay.source.feed.Beginning;
import dev.belay.source.feed.FeedAction;
import dev.belay.source.feed.FeedAction.Cancel;
import dev.belay.source.feed.FeedAction.Leave;
import dev.belay.source.feed.FeedAction.LeavePaused;
import dev.belay.source.feed.FeedAction.NeedsAction;
import dev.belay.source.feed.FeedAction.Resume;
import dev.belay.source.feed.FeedAction.Wait;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.JobState;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.Survey;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.WantedFeed;
import dev.belay.source.plan.Trials.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The difference between the feed that is wanted and the jobs that are there, as actions. Pure: the
 * same input gives the same actions, so that doing some of them and looking again is always safe.
 *
 * <p>Invariants, asserted by name in the tests:
 *
 * <ul>
 *   <li>NoGap: a job that takes over begins where the other one had come to.
 *   <li>OneVoice: of a job and its successor only one sends, since two that tell resolved times to
 *       one topic look like two feeds to whoever reads it. So the old one ends first. Only where
 *       what it protects from garbage collection might be gone then, the successor comes first.
 *   <li>OneJob: of live jobs made by the same configuration for the same table, the lowest id
 *       stays.
 *   <li>HandsOff: what a person paused stays paused, and what a person cancelled is not made again.
 * </ul>
 */
public final class FeedPlanner {
  static final String NEW = "the table is new";
  static final String MOVED = "its offset was moved";
  private static final String BEGUN = "its job had not come to a checkpoint";

  private final WantedFeed wanted;
  private final Survey survey;
  private final Trials trials;
  private final Stops stops;
  private final List<FeedAction> actions = new ArrayList<>();
  private final SortedSet<TableName> uncovered;
  private final Creations creations;

  private FeedPlanner(WantedFeed wanted, Survey survey, Trials trials) {
    this.wanted = wanted;
    this.survey = survey;
    this.trials = trials;
    this.stops = new Stops(wanted);
    this.creations = new Creations(wanted.tablesPerJob(), trials);
    this.uncovered = new TreeSet<>(wanted.positions().keySet());
  }

  /** What is to be done now; every job and every wanted table is spoken of once. */
  public static List<FeedAction> plan(WantedFeed wanted, Survey survey, Trials trials) {
    return new FeedPlanner(wanted, survey, trials).plan();
  }

  private List<FeedAction> plan() {
    List<FoundJob> live =
        survey.jobs().stream()
            .filter(job -> !job.state().isFinal())
            .sorted(Comparator.comparingLong(FoundJob::id))
            .toList();
    List<FoundJob> outdated = new ArrayList<>();
    for (FoundJob job : live) {
      if (job.state().isEnding()) {
        continue;
      } else if (!wanted.isMetBy(job)) {
        outdated.add(job);
      } else if (uncovered.containsAll(job.tables())) {
        uncovered.removeAll(job.tables());
        keep(job);
      } else {
        actions.add(new Cancel(job, "another job with a lower id sends the same tables"));
      }
    }
    // the one that is furthest behind first: going on from there leaves out nothing of the others
    outdated.sort(
        Comparator.comparing((FoundJob job) -> job.continuation(survey.now()).time())
            .thenComparing(FoundJob::id));
    outdated.forEach(this::replace);
    live.stream().filter(job -> job.state().isEnding()).forEach(this::awaitEnd);
    List.copyOf(uncovered).forEach(this::begin);
    actions.addAll(creations.actions());
    return actions;
  }

  private void keep(FoundJob job) {
    if (job.isPausedByError()) {
      heal(job);
    } else if (job.state() == JobState.PAUSED) {
      actions.add(new LeavePaused(job, stops.found(job.tables())));
    } else if (stops.hasGone(job)) {
      actions.add(stops.leftAlone(job));
    } else {
      actions.add(new Leave(job));
    }
  }

  private void heal(FoundJob job) {
    Trial trial = trials.resume(job.id());
    Optional<Trouble> hopeless =
        Trouble.of(job.trouble())
            .filter(trouble -> !trouble.isMendedElsewhere() || trial.count() > 0);
    if (hopeless.isPresent()) {
      actions.add(Stops.hopeless(job, hopeless.get()));
    } else if (trial.isLast()) {
      actions.add(
          new NeedsAction(
              job.tables(),
              "Job "
                  + job.id()
                  + " was resumed "
                  + trial.count()
                  + " times, and each time an error"
                  + " paused it again: "
                  + job.trouble(),
              "Mend the cause and restart this connector's task, or run RESUME JOB "
                  + job.id()
                  + "."));
    } else if (trial.left().isZero()) {
      actions.add(new Resume(job));
    } else {
      actions.add(new Wait(job.tables(), job.trouble(), trial.left()));
    }
  }

  /** A live job of another configuration. */
  private void replace(FoundJob job) {
    SortedSet<TableName> successor = new TreeSet<>(job.tables());
    successor.retainAll(uncovered);
    uncovered.removeAll(successor);
    SortedSet<TableName> gone = new TreeSet<>(successor);
    gone.retainAll(wanted.gone().keySet());
    successor.removeAll(gone);
    if (successor.isEmpty() && stops.hasGone(job) && !hasSuccessor(job)) {
      actions.add(stops.leftAlone(job));
      return;
    }
    replace(job, successor);
    boolean staysPaused = job.state() == JobState.PAUSED && !job.isPausedByError();
    if (!staysPaused && job.state() != JobState.PAUSE_REQUESTED) {
      gone.forEach(table -> actions.add(stops.gone(table)));
    }
  }

  /** Whether another job sends one of its tables by now. */
  private boolean hasSuccessor(FoundJob job) {
    return job.tables().stream()
        .anyMatch(
            table ->
                wanted.positions().containsKey(table)
                    && !wanted.gone().containsKey(table)
                    && !uncovered.contains(table));
  }

  private void replace(FoundJob job, SortedSet<TableName> successor) {
    if (successor.isEmpty()) {
      boolean isWanted = job.tables().stream().anyMatch(wanted.positions()::containsKey);
      actions.add(
          new Cancel(
              job,
              isWanted ? "another job has taken its tables over" : "none of its tables is wanted"));
    } else if (job.state() == JobState.PAUSED && !job.isPausedByError()) {
      actions.add(new LeavePaused(job, "The changed configuration waits until it is resumed."));
    } else if (job.state() == JobState.PAUSE_REQUESTED) {
      actions.add(new Leave(job));
    } else if (outlivesItsJob(job)) {
      actions.add(new Cancel(job, "the configuration has changed; another goes on from there"));
    } else {
      for (TableName table : successor) {
        creations.wish(
            table,
            wanted.positions().get(table) instanceof Position.Moved moved
                ? new Beginning.After(moved.cursor())
                : job.continuation(survey.now()),
            "it takes over from job " + job.id());
      }
    }
  }

  /**
   * Whether what a job needs is there for a good while after its end, when it protects nothing any
   * more: it is younger than half of what garbage collection leaves anyway.
   */
  private boolean outlivesItsJob(FoundJob job) {
    Duration age = job.continuation(survey.now()).time().until(survey.now());
    return job.tables().stream()
        .filter(table -> !wanted.gone().containsKey(table))
        .allMatch(
            table ->
                survey.gcTtl().containsKey(table)
                    && age.multipliedBy(2).compareTo(survey.gcTtl().get(table)) < 0);
  }

  private void awaitEnd(FoundJob job) {
    uncovered.removeAll(job.tables());
    actions.add(new Leave(job));
  }

  /** A table that no live job sends. */
  private void begin(TableName table) {
    Optional<FoundJob> last = survey.lastOf(table);
    Position position = wanted.positions().get(table);
    if (wanted.gone().containsKey(table)) {
      actions.add(stops.gone(table));
    } else if (position instanceof Position.Reached reached) {
      goOn(table, reached.cursor(), last);
    } else if (position instanceof Position.Moved moved) {
      moved(table, moved.cursor(), last);
    } else if (position instanceof Position.Begun) {
      goOnBegun(table, last);
    } else if (position instanceof Position.Scanning scanning) {
      // begun by reading over SQL: a job scans as of the same time again, so that no delete is
      // missed
      resumeAt(table, new Beginning.Scan(scanning.at()), "its scan had begun without a job");
    } else {
      fresh(table, last);
    }
  }

  /**
   * If a job of before has failed, rows that its scan sent may be deleted by now, and only changes
   * after the scan's time tell so. Scanning as of that time again sends every row and every change
   * since. Once that time is no longer readable, or what stopped that job was for a person, it can
   * only be a fresh start.
   */
  private void fresh(TableName table, Optional<FoundJob> last) {
    if (last.isPresent() && mustWait(table, last.get())) {
      return;
    }
    Optional<FoundJob> undone =
        last.filter(this::leftItsWorkUndone).filter(job -> job.scans() == wanted.scans());
    String why = wanted.positions().get(table) instanceof Position.None ? NEW : BEGUN;
    if (wanted.scans()) {
      HlcTimestamp at =
          undone
              .flatMap(FoundJob::cursor)
              .filter(time -> isReadable(table, time))
              .orElse(survey.beginningOf(table));
      creations.wish(table, new Beginning.Scan(at), why);
    } else if (undone.isPresent()) {
      resumeAt(table, undone.get().continuation(survey.now()), "its job has failed");
    } else {
      creations.wish(
          table, new Beginning.After(wanted.cursor().orElse(survey.beginningOf(table))), why);
    }
  }

  /**
   * A job had the table and ended before its first checkpoint. Without its offset it would look as
   * if a person had deleted that for a fresh start.
   */
  private void goOnBegun(TableName table, Optional<FoundJob> last) {
    Optional<Trouble> hopeless = last.flatMap(job -> hopeless(table, job));
    if (last.isEmpty() && !wanted.scans() && wanted.cursor().isEmpty()) {
      actions.add(Stops.unlisted(table));
    } else if (last.isEmpty()) {
      fresh(table, last);
    } else if (last.get().highWater().isPresent()) {
      // it came further than the offset that was stored
      goOn(table, last.get().highWater().get(), last);
    } else if (last.get().state() == JobState.SUCCEEDED) {
      actions.add(new Leave(last.get()));
    } else if (last.get().state() == JobState.CANCELED && !wasCancelledByUs(last.get())) {
      actions.add(stops.canceled(table, last.get()));
    } else if (hopeless.isPresent()) {
      actions.add(Stops.hopeless(last.get(), hopeless.get()));
    } else {
      fresh(table, last);
    }
  }

  /** Whether a job ended without anybody wanting its end for good. */
  private boolean leftItsWorkUndone(FoundJob job) {
    return job.state() == JobState.FAILED
            && stopOf(job).filter(trouble -> !trouble.isMendedElsewhere()).isEmpty()
        || job.state() == JobState.CANCELED && (!wanted.isMetBy(job) || wasReplaced(job));
  }

  /** Whether an offset says that the connector had asked for its end, to make another. */
  private boolean wasReplaced(FoundJob job) {
    return job.tables().stream()
        .map(wanted.positions()::get)
        .anyMatch(
            position ->
                position instanceof Position.Reached reached
                        && reached.endedByUs()
                        && reached.jobId() == job.id()
                    || position instanceof Position.Begun begun
                        && begun.endedByUs()
                        && begun.jobId() == job.id());
  }

  private void moved(TableName table, HlcTimestamp cursor, Optional<FoundJob> last) {
    if (last.filter(job -> wanted.obeysMove(job, table)).isPresent()) {
      goOn(table, cursor, last);
    } else {
      resumeAt(table, new Beginning.After(cursor), MOVED);
    }
  }

  private void goOn(TableName table, HlcTimestamp reached, Optional<FoundJob> last) {
    if (last.isEmpty()) {
      resumeAt(table, new Beginning.After(reached), "its job is not listed any more");
      return;
    }
    FoundJob job = last.get();
    Optional<Trouble> hopeless = hopeless(table, job);
    uncovered.remove(table);
    if (job.state() == JobState.SUCCEEDED) {
      actions.add(new Leave(job));
    } else if (job.state() == JobState.CANCELED && wasCancelledByUs(job)) {
      goOnFrom(table, job, reached, "job " + job.id() + " was ended for it");
    } else if (job.state() == JobState.CANCELED) {
      actions.add(stops.canceled(table, job));
    } else if (hopeless.isPresent()) {
      actions.add(Stops.hopeless(job, hopeless.get()));
    } else if (!mustWait(table, job)) {
      goOnFrom(table, job, reached, "job " + job.id() + " has failed");
    }
  }

  /**
   * Why no other job is made after one that has ended. What a person mends beside the feed is tried
   * once in a task's life, since a restart says that it was; where the cluster refuses to make the
   * next job, that is the news.
   */
  private Optional<Trouble> hopeless(TableName table, FoundJob job) {
    boolean wasTried = trials.recreation(table).count() > 0 && !trials.hasRefused(table);
    return stopOf(job).filter(trouble -> !trouble.isMendedElsewhere() || wasTried);
  }

  /** What has stopped a job for a person, if it is not about tables that nobody wants any more. */
  private Optional<Trouble> stopOf(FoundJob job) {
    SortedSet<TableName> stillWanted = new TreeSet<>(job.tables());
    stillWanted.retainAll(wanted.positions().keySet());
    return Trouble.ofTables(job.trouble(), job.tables(), stillWanted);
  }

  private void goOnFrom(TableName table, FoundJob job, HlcTimestamp reached, String why) {
    Beginning continuation = job.continuation(survey.now());
    resumeAt(
        table,
        reached.isAfter(continuation.time()) ? new Beginning.After(reached) : continuation,
        why);
  }

  /**
   * The connector ends a job because its configuration has changed, because another one has taken a
   * table over, or because a person deleted the offset of one of its tables.
   */
  private boolean wasCancelledByUs(FoundJob job) {
    return !wanted.isMetBy(job)
        || survey.jobs().stream()
            .anyMatch(
                other ->
                    isFurther(other, job)
                        && job.tables().stream().anyMatch(other.tables()::contains))
        || job.tables().stream()
            .map(wanted.positions()::get)
            .anyMatch(Position.None.class::isInstance)
        || wasReplaced(job);
  }

  private static boolean isFurther(FoundJob other, FoundJob job) {
    return other.id() > job.id()
        && other.highWater().isPresent()
        && (job.highWater().isEmpty() || other.highWater().get().isAfter(job.highWater().get()));
  }

  /**
   * Whether it is too early to try again after a failed job, or too late. Where the cluster has
   * refused to make the next one, that is the news, and has a patience of its own.
   */
  private boolean mustWait(TableName table, FoundJob job) {
    Trial trial = trials.recreation(table);
    if (job.state() != JobState.FAILED
        || trials.hasRefused(table)
        || !trial.isLast() && trial.left().isZero()) {
      return false;
    }
    actions.add(
        trial.isLast()
            ? new NeedsAction(
                Set.of(table),
                "Job "
                    + job.id()
                    + " failed, as "
                    + trial.count()
                    + " did before it: "
                    + job.trouble(),
                "Mend the cause and restart this connector's task; it goes on without a gap.")
            : new Wait(Set.of(table), job.trouble(), trial.left()));
    return true;
  }

  private void resumeAt(TableName table, Beginning beginning, String why) {
    uncovered.remove(table);
    if (isReadable(table, beginning.time())) {
      creations.wish(table, beginning, why);
    } else {
      actions.add(Stops.collected(table, beginning.time(), survey, why.equals(MOVED)));
    }
  }

  private boolean isReadable(TableName table, HlcTimestamp time) {
    Duration ttl = survey.gcTtl().get(table);
    return ttl == null || time.until(survey.now()).compareTo(ttl) < 0;
  }
}
