package dev.belay.source.feed;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was found on the cluster at one moment, and what other workers have said by then.
 *
 * @param now the cluster's own clock
 * @param jobs all of this feed, finished ones too as long as the cluster lists them
 * @param gcTtl how long old versions of a table are kept; a table that is missing here could not be
 *     asked about
 * @param agreed where tables begin that would begin now, as agreed with other workers that would
 *     make a job for them at this moment; a table that is missing begins now
 */
public record Survey(
    HlcTimestamp now,
    List<FoundJob> jobs,
    Map<TableName, Duration> gcTtl,
    Map<TableName, HlcTimestamp> agreed) {
  public Survey {
    jobs = List.copyOf(jobs);
    gcTtl = Map.copyOf(gcTtl);
    agreed = Map.copyOf(agreed);
  }

  /** With nobody else to agree with. */
  public Survey(HlcTimestamp now, List<FoundJob> jobs, Map<TableName, Duration> gcTtl) {
    this(now, jobs, gcTtl, Map.of());
  }

  /** The time at which a table begins that has nothing to go on from. */
  public HlcTimestamp beginningOf(TableName table) {
    return agreed.getOrDefault(table, now);
  }

  /** Of the finished jobs that had a table, the one that ended last. */
  public Optional<FoundJob> lastOf(TableName table) {
    return jobs.stream()
        .filter(job -> job.state().isFinal() && job.tables().contains(table))
        .max(Comparator.comparing(FoundJob::finished).thenComparing(FoundJob::id));
  }
}
