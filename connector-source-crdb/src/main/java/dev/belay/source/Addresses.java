package dev.belay.source;

import dev.belay.source.cluster.Cluster;
import dev.belay.source.config.SourceConfig;

/** Where a configuration's sessions go. */
public final class Addresses {
  private Addresses() {}

  public static Cluster.Address of(SourceConfig config) {
    return new Cluster.Address(
        config.url(),
        config.driverProperties(),
        "belay " + config.connector(),
        config.connectTimeout(),
        config.statementTimeout());
  }
}
