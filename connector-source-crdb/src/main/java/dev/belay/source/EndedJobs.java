package dev.belay.source;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.Jobs;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.JobState;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.Survey;
import dev.belay.source.feed.TableName;
import dev.belay.source.sinkless.FormerJobs;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;

/**
 * Looks for jobs whose tables go on over SQL: those that a person has ended for that may not have
 * come to their first checkpoint, or not to an offset.
 */
final class EndedJobs implements FormerJobs {
  private final SourceConfig config;

  EndedJobs(SourceConfig config) {
    this.config = config;
  }

  @Override
  public Map<TableName, FoundJob> of(Cluster cluster, Map<TableName, Position> positions)
      throws ClusterException {
    Map<TableName, FoundJob> found = new TreeMap<>();
    if (positions.values().stream().noneMatch(EndedJobs::hasNoCursor)) {
      return found;
    }
    Survey survey = look(cluster, positions);
    positions.forEach(
        (table, position) -> {
          if (hasNoCursor(position)) {
            survey
                .lastOf(table)
                .filter(job -> job.state() != JobState.SUCCEEDED)
                .ifPresent(job -> found.put(table, job));
          }
        });
    Set<Long> noted = noted(found.values().stream().distinct().toList());
    // an offset that says of the job was written after the note, or is of another one
    found
        .entrySet()
        .removeIf(
            entry ->
                positions.get(entry.getKey()) instanceof Position.None
                    && noted.contains(entry.getValue().id()));
    return found;
  }

  private static boolean hasNoCursor(Position position) {
    return position instanceof Position.None || position instanceof Position.Begun;
  }

  private Survey look(Cluster cluster, Map<TableName, Position> positions) throws ClusterException {
    try {
      return cluster.ask(
          session ->
              new Survey(
                  Catalog.now(session),
                  Jobs.of(session, config.feedId(), Catalog.database(session)),
                  Map.of()));
    } catch (ClusterException e) {
      boolean hadJobs = positions.values().stream().anyMatch(Position.Begun.class::isInstance);
      if (hadJobs || e.kind() != ClusterException.Kind.REFUSED) {
        throw e;
      }
      // who may see no jobs has made none; the preflight tells of it
      return new Survey(cluster.ask(Catalog::now), List.of(), Map.of());
    }
  }

  private Set<Long> noted(List<FoundJob> jobs) {
    try {
      return jobs.isEmpty() ? Set.of() : ResetNotes.among(config, jobs);
    } catch (StatusTopic.KafkaAwayException e) {
      throw new KafkaException(
          "The status topic does not tell whether the offsets of former jobs were deleted: "
              + e.getMessage());
    }
  }
}
