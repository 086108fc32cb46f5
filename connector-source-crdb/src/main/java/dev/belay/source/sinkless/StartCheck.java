package dev.belay.source.sinkless;

import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import java.util.Optional;

/** What must be true of the cluster before a task begins. */
@FunctionalInterface
public interface StartCheck {
  /**
   * Looks.
   *
   * @return what stands against it and what to do, for people; empty if nothing does
   * @throws ClusterException if the cluster does not answer; it is asked again
   */
  Optional<String> obstacle(Cluster cluster) throws ClusterException;
}
