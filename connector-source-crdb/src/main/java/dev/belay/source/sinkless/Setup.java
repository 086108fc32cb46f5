package dev.belay.source.sinkless;

import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.Secrets;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.TableName;
import java.util.SortedSet;

/**
 * What a task was told.
 *
 * @param feed its id
 * @param task its number
 * @param tables its share of them
 * @param config for what is read once
 */
public record Setup(
    String connector,
    String feed,
    int task,
    SortedSet<TableName> tables,
    Cluster.Address address,
    Secrets secrets,
    SourceConfig config) {

  public static Setup of(
      SourceConfig config, int task, SortedSet<TableName> tables, Cluster.Address address) {
    return new Setup(
        config.connector(),
        config.feedId(),
        task,
        tables,
        address,
        new Secrets(config.secrets()),
        config);
  }
}
