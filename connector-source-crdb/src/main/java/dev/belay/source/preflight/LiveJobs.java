package dev.belay.source.preflight;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Jobs;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import dev.belay.source.feed.FoundJob;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Jobs that somebody has left when the feed's delivery was changed to {@code sinkless}. They would
 * write on, into the same topics.
 */
final class LiveJobs {
  private LiveJobs() {}

  /** Jobs of the feed that are not at their end, those whose end has been asked for too. */
  static List<FoundJob> of(SourceConfig config, Connection session) throws SQLException {
    List<FoundJob> jobs =
        new ArrayList<>(Jobs.of(session, config.feedId(), Catalog.database(session)));
    jobs.removeIf(job -> job.state().isFinal());
    return jobs;
  }

  /** What a person is to do about them; nothing for those that end by themselves. */
  static List<Finding> findings(SourceConfig config, Connection session) throws SQLException {
    if (config.delivery() != SourceConfig.Delivery.SINKLESS) {
      return List.of();
    }
    List<String> ids =
        of(config, session).stream()
            .filter(job -> !job.state().isEnding())
            .map(job -> String.valueOf(job.id()))
            .toList();
    return ids.isEmpty()
        ? List.of()
        : List.of(
            Finding.stop(
                SourceKeys.DELIVERY,
                "Feed "
                    + config.feedId()
                    + " has jobs that write to Kafka ("
                    + String.join(", ", ids)
                    + "), and two feeds into one set of topics stop the sink.",
                "Run: CANCEL JOB "
                    + String.join("; CANCEL JOB ", ids)
                    + ". This feed goes on from the offsets, to which the jobs had come."));
  }
}
