package dev.belay.source.supervise;

import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.JobState;
import dev.belay.source.feed.Survey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Since when each job stands still: one that says it runs, or that it is about to, while nothing
 * flows is what nobody must miss. The task's thread only.
 */
final class Progress {

  /**
   * @param state that a job of this kind is judged by: its own during the initial scan, which has
   *     no resolved time; else only whether it was paused, when it need not move
   */
  private record Seen(Optional<HlcTimestamp> highWater, JobState state, Duration since) {
    Seen later(Duration by) {
      return new Seen(highWater, state, since.plus(by));
    }

    boolean isStillSo(Optional<HlcTimestamp> highWaterNow, JobState stateNow) {
      return highWater.equals(highWaterNow) && state == stateNow;
    }
  }

  private final Duration timeout;
  private final Map<Long, Seen> jobs = new HashMap<>();
  private Duration lookedAt = Duration.ZERO;
  private boolean missed;

  Progress(Duration timeout) {
    this.timeout = timeout;
  }

  /**
   * The cluster did not answer. The time until it does counts for no job: one that stands still
   * then has had no time to catch up.
   */
  void missed() {
    missed = true;
  }

  /**
   * @param now of a clock that only goes forward
   */
  void look(Survey survey, Duration now) {
    if (missed) {
      Duration unseen = now.minus(lookedAt);
      jobs.replaceAll((job, seen) -> seen.later(unseen));
      missed = false;
    }
    lookedAt = now;
    Set<Long> there = survey.jobs().stream().map(FoundJob::id).collect(Collectors.toSet());
    jobs.keySet().retainAll(there);
    for (FoundJob job : survey.jobs()) {
      Seen before = jobs.get(job.id());
      if (before == null || !before.isStillSo(job.highWater(), judgedBy(job))) {
        jobs.put(job.id(), new Seen(job.highWater(), judgedBy(job), now));
      }
    }
  }

  private static JobState judgedBy(FoundJob job) {
    boolean isPaused = job.state() == JobState.PAUSED;
    return isInitial(job) || isPaused ? job.state() : JobState.RUNNING;
  }

  private static boolean isInitial(FoundJob job) {
    return job.highWater().isEmpty() && job.scans();
  }

  /**
   * For how long it has not moved, if that is too long: its resolved time while it runs, and also
   * the job itself that is on its way to another state and never comes there. A scan that runs is
   * not judged.
   */
  Optional<Duration> stalledFor(FoundJob job, Duration now) {
    boolean scansNow =
        isInitial(job)
            && (job.state() == JobState.RUNNING || job.state() == JobState.RETRY_RUNNING);
    return Optional.ofNullable(jobs.get(job.id()))
        .filter(seen -> !scansNow)
        .map(seen -> now.minus(seen.since()))
        .filter(still -> still.compareTo(timeout) >= 0);
  }
}
