package dev.belay.source.supervise;

import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.JobState;
import dev.belay.source.feed.Survey;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.WantedFeed;
import dev.belay.source.plan.Backoff;
import dev.belay.source.plan.Trials;
import dev.belay.source.plan.Trials.Refusal;
import dev.belay.source.plan.Trials.Trial;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Remembers how often jobs were resumed and made again without having moved on since, and how often
 * the cluster refused to make one. The task's thread only; a restart of the task forgets, which is
 * a person's way to begin anew.
 */
final class Healing {

  private static final class Tries {
    int count;
    String error = "";
    boolean isForGood;
    Duration at = Duration.ZERO;
    Optional<HlcTimestamp> reached = Optional.empty();
    long failed;
  }

  private final int most;
  private final Backoff backoff;
  private final Map<Long, Tries> resumes = new HashMap<>();
  private final Map<TableName, Tries> recreations = new HashMap<>();
  private final Map<Set<TableName>, Tries> creations = new HashMap<>();
  private long resumed;
  private long recreated;

  /**
   * @param most tries in a row
   */
  Healing(int most, Backoff backoff) {
    this.most = most;
    this.backoff = backoff;
  }

  /**
   * A job that has moved on since it was last tried is healthy again, and one that is as wanted
   * shows that what was refused once is made by now, perhaps by another worker.
   */
  void look(Survey survey, WantedFeed wanted) {
    for (FoundJob job : survey.jobs()) {
      if (!job.state().isFinal() && !job.state().isEnding() && wanted.isMetBy(job)) {
        created(job.tables());
      }
      Tries tries = resumes.get(job.id());
      if (tries != null && isBeyond(job.highWater(), tries.reached)) {
        resumes.remove(job.id());
      }
      job.tables().forEach(table -> movedOn(table, job));
    }
  }

  /** Another table's job that moves says nothing of this one's. */
  private void movedOn(TableName table, FoundJob job) {
    Tries tries = recreations.get(table);
    // not one of before, which may have been further before its offset was moved back
    if (tries != null && job.id() > tries.failed && isBeyond(job.highWater(), tries.reached)) {
      recreations.remove(table);
    }
  }

  private static boolean isBeyond(Optional<HlcTimestamp> now, Optional<HlcTimestamp> before) {
    return now.isPresent() && (before.isEmpty() || now.get().isAfter(before.get()));
  }

  /**
   * @param now of a clock that only goes forward
   */
  void resumed(FoundJob job, Duration now) {
    Tries tries = resumes.computeIfAbsent(job.id(), id -> new Tries());
    tries.count++;
    tries.at = now;
    tries.reached = job.highWater();
    resumed++;
  }

  /**
   * A job is about to be made; counts for those of its tables whose last job has failed.
   *
   * @param survey in which the failed jobs are
   */
  void recreating(Set<TableName> tables, Survey survey, Duration now) {
    boolean replacesFailed = false;
    for (TableName table : tables) {
      Optional<FoundJob> failed =
          survey.lastOf(table).filter(job -> job.state() == JobState.FAILED);
      if (failed.isPresent()) {
        Tries tries = recreations.computeIfAbsent(table, name -> new Tries());
        tries.count++;
        tries.at = now;
        tries.failed = failed.get().id();
        tries.reached = reached(failed.get());
        replacesFailed = true;
      }
    }
    if (replacesFailed) {
      recreated++;
    }
  }

  /** A job without a scan shows from its beginning on where it begins. */
  private static Optional<HlcTimestamp> reached(FoundJob job) {
    return job.scans() ? job.highWater() : job.highWater().or(job::cursor);
  }

  /**
   * The cluster did not make a job.
   *
   * @param isForGood whether another try meets the same
   * @return how often by now
   */
  Refusal refused(Set<TableName> tables, String error, boolean isForGood, Duration now) {
    Tries tries = creations.computeIfAbsent(Set.copyOf(tables), group -> new Tries());
    tries.count++;
    tries.at = now;
    tries.error = error;
    tries.isForGood = isForGood;
    return refusal(tries, now);
  }

  /**
   * The cluster made a job. What it refused of any of the tables before, in whatever company, is
   * over: left standing it would be the tables' news for ever, and their jobs would be made again
   * without a pause.
   */
  void created(Set<TableName> tables) {
    creations.keySet().removeIf(refused -> !Collections.disjoint(refused, tables));
  }

  Trials trials(Duration now) {
    Map<Long, Trial> each = new HashMap<>();
    resumes.forEach((job, tries) -> each.put(job, trial(tries, now)));
    Map<Set<TableName>, Refusal> refusals = new HashMap<>();
    creations.forEach((tables, tries) -> refusals.put(tables, refusal(tries, now)));
    Map<TableName, Trial> again = new HashMap<>();
    recreations.forEach((table, tries) -> again.put(table, trial(tries, now)));
    return new Trials(each, again, refusals);
  }

  private Refusal refusal(Tries tries, Duration now) {
    return new Refusal(trial(tries, now), tries.error, tries.isForGood);
  }

  private Trial trial(Tries tries, Duration now) {
    Duration left = tries.at.plus(backoff.pause(tries.count)).minus(now);
    return new Trial(
        tries.count,
        tries.count == 0 || left.isNegative() ? Duration.ZERO : left,
        tries.count >= most);
  }

  /** Since the task began. */
  long resumed() {
    return resumed;
  }

  /** Since the task began. */
  long recreated() {
    return recreated;
  }
}
