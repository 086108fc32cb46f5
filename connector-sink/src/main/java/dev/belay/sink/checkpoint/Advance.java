package dev.belay.sink.checkpoint;

import java.util.List;
import java.util.Optional;

/**
 * What a transaction changes in the checkpoint tables. Epoch and sequence in it are those that the
 * rows must still have.
 *
 * @param partitions only those whose position changes
 * @param frontier if it changes
 */
public record Advance(List<PartitionCheckpoint> partitions, Optional<FrontierCheckpoint> frontier) {
  public boolean isEmpty() {
    return partitions.isEmpty() && frontier.isEmpty();
  }
}
