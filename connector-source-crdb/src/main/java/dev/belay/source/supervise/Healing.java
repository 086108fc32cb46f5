package dev.belay.source.supervise;

import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.Survey;
import dev.belay.source.plan.Backoff;
import dev.belay.source.plan.Trials;
import dev.belay.source.plan.Trials.Trial;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers how often jobs were resumed and made again without having moved on since. The task's
 * thread only; a restart of the task forgets, which is a person's way to begin anew.
 */
final class Healing {

  private static final class Tries {
    int count;
    Duration at = Duration.ZERO;
    Optional<HlcTimestamp> reached = Optional.empty();
  }

  private final int most;
  private final Backoff backoff;
  private final Map<Long, Tries> resumes = new HashMap<>();
  private final Tries recreations = new Tries();
  private long resumed;
  private long recreated;

  /**
   * @param most tries in a row
   */
  Healing(int most, Backoff backoff) {
    this.most = most;
    this.backoff = backoff;
  }

  /** A job that has moved on since it was last tried is healthy again. */
  void look(Survey survey) {
    Optional<HlcTimestamp> furthest = Optional.empty();
    for (FoundJob job : survey.jobs()) {
      Tries tries = resumes.get(job.id());
      if (tries != null && isBeyond(job.highWater(), tries.reached)) {
        resumes.remove(job.id());
      }
      furthest = isBeyond(job.highWater(), furthest) ? job.highWater() : furthest;
    }
    if (isBeyond(furthest, recreations.reached)) {
      recreations.reached = furthest;
      recreations.count = 0;
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

  /** A job was made in the place of a failed one. */
  void recreated(Duration now) {
    recreations.count++;
    recreations.at = now;
    recreated++;
  }

  Trials trials(Duration now) {
    Map<Long, Trial> each = new HashMap<>();
    resumes.forEach((job, tries) -> each.put(job, trial(tries, now)));
    return new Trials(each, trial(recreations, now));
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
