package dev.belay.source.plan;

import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.JobState;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.WantedFeed;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which ends of jobs the cluster and Connect's offsets do not explain. Pure. */
public final class CancelledJobs {
  private CancelledJobs() {}

  /**
   * Jobs of this very configuration that somebody has cancelled, of tables that have no offset and
   * no other job. Either the offsets were deleted, which has cancelled the job; or a worker died
   * before it had stored the first, and a person has cancelled the job since.
   *
   * @return the last such job of each table
   */
  public static Map<TableName, FoundJob> withoutOffset(
      WantedFeed wanted, Collection<FoundJob> jobs) {
    Map<TableName, FoundJob> found = new TreeMap<>();
    wanted
        .positions()
        .forEach(
            (table, position) -> {
              List<FoundJob> its =
                  jobs.stream().filter(job -> job.tables().contains(table)).toList();
              boolean isSent =
                  its.stream().anyMatch(job -> !job.state().isFinal() && !job.state().isEnding());
              if (position instanceof Position.None && !isSent) {
                its.stream()
                    .max(
                        Comparator.comparing((FoundJob job) -> job.state().isEnding())
                            .thenComparing(FoundJob::finished)
                            .thenComparing(FoundJob::id))
                    .filter(job -> job.state().isEnding() || job.state() == JobState.CANCELED)
                    .filter(wanted::isMetBy)
                    .ifPresent(job -> found.put(table, job));
              }
            });
    return found;
  }
}
