package dev.belay.source.sinkless;

import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.TableName;
import java.util.Map;

/** Jobs that wrote to Kafka for the same feed, before its delivery was changed. */
@FunctionalInterface
public interface FormerJobs {

  /**
   * The last job of each table that has no cursor, unless a person has deleted its offset since.
   *
   * @param positions of all tables, by Connect's offsets
   * @return a table is missing that begins anew
   * @throws ClusterException if the cluster does not tell
   * @throws org.apache.kafka.common.KafkaException if Kafka does not tell what a person deleted
   */
  Map<TableName, FoundJob> of(Cluster cluster, Map<TableName, Position> positions)
      throws ClusterException;
}
