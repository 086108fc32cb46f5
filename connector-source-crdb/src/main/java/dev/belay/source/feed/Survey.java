package dev.belay.source.feed;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What was found on the cluster at one moment.
 *
 * @param now the cluster's own clock
 * @param jobs all of this feed, finished ones too as long as the cluster lists them
 * @param gcTtl how long old versions of a table are kept; a table that is missing here could not be
 *     asked about
 */
public record Survey(HlcTimestamp now, List<FoundJob> jobs, Map<TableName, Duration> gcTtl) {
  public Survey {
    jobs = List.copyOf(jobs);
    gcTtl = Map.copyOf(gcTtl);
  }
}
