package dev.belay.source.supervise;

import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.Survey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Since when each job's resolved time stands still: a job that says it runs while nothing flows is
 * what nobody must miss. The task's thread only.
 */
final class Progress {
  private record Seen(Optional<HlcTimestamp> highWater, Duration since) {}

  private final Duration timeout;
  private final Map<Long, Seen> jobs = new HashMap<>();

  Progress(Duration timeout) {
    this.timeout = timeout;
  }

  /**
   * @param now of a clock that only goes forward
   */
  void look(Survey survey, Duration now) {
    Set<Long> there = survey.jobs().stream().map(FoundJob::id).collect(Collectors.toSet());
    jobs.keySet().retainAll(there);
    for (FoundJob job : survey.jobs()) {
      Seen before = jobs.get(job.id());
      if (before == null || !before.highWater().equals(job.highWater())) {
        jobs.put(job.id(), new Seen(job.highWater(), now));
      }
    }
  }

  /** For how long it has not moved, if that is too long; never during its initial scan. */
  Optional<Duration> stalledFor(FoundJob job, Duration now) {
    return Optional.ofNullable(jobs.get(job.id()))
        .filter(seen -> seen.highWater().isPresent() || !job.scans())
        .map(seen -> now.minus(seen.since()))
        .filter(still -> still.compareTo(timeout) >= 0);
  }
}
