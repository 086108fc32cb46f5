package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.access.Access;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * What the cluster lays down for feeds.
 *
 * @param connectionsOnly whether users who are no admins must name an external connection
 */
public record Rules(Access access, BooleanSupplier connectionsOnly, TimeToLive timeToLive) {

  /** How long a table's history is kept at least. */
  @FunctionalInterface
  public interface TimeToLive {
    Duration of(String database, long table);
  }
}
