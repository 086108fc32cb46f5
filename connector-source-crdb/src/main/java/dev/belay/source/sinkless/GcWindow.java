package dev.belay.source.sinkless;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long until what the feed needs may be garbage-collected: nothing protects it, as a job's is.
 * It goes by the cluster's clock, which is looked at now and then and counted on from there; the
 * worker's may be wrong. The task's thread only.
 */
final class GcWindow {
  private static final Logger LOG = LoggerFactory.getLogger(GcWindow.class);
  private static final Duration SHORT = Duration.ofHours(1);

  /** Somebody may change gc.ttlseconds; and two clocks drift apart by little in this time. */
  private static final Duration LOOK_EVERY = Duration.ofMinutes(5);

  private Map<TableName, Duration> ttl = Map.of();
  private Optional<HlcTimestamp> seen = Optional.empty();
  private long seenNanos;
  private long lookedNanos;
  private boolean warned;

  /**
   * What the cluster says.
   *
   * @param found a table that may not be asked about is missing
   * @param now its clock
   * @param nanos of a clock that only goes forward
   */
  void learned(Map<TableName, Duration> found, HlcTimestamp now, long nanos) {
    ttl = Map.copyOf(found);
    seen = Optional.of(now);
    seenNanos = nanos;
    lookedNanos = nanos;
  }

  /** Asks the cluster. */
  HlcTimestamp look(Cluster cluster, Collection<TableName> tables) throws ClusterException {
    HlcTimestamp now = cluster.ask(Catalog::now);
    long nanos = System.nanoTime();
    learned(cluster.ask(session -> Catalog.gcTtl(session, tables)), now, nanos);
    return now;
  }

  /** Asks again if it is time to; a cluster that does not answer is asked the next time. */
  void lookAgain(Cluster cluster, Collection<TableName> tables, long nanos) {
    if (seen.isEmpty() || nanos - lookedNanos < LOOK_EVERY.toNanos()) {
      return;
    }
    lookedNanos = nanos;
    try {
      look(cluster, tables);
    } catch (ClusterException e) {
      LOG.debug("gc.ttlseconds cannot be read: {}", e.getMessage());
    }
  }

  /** How long ago, by the cluster's clock, a time was; empty before the first look. */
  Optional<Duration> age(HlcTimestamp time, long nanos) {
    return seen.map(clock -> time.until(clock).plusNanos(nanos - seenNanos));
  }

  /**
   * Seconds left for the table that has the least; empty if unknown. Negative if it is over.
   *
   * @param needed the time of which each table's rows are needed: its cursor, or its scan's
   */
  OptionalLong left(Map<TableName, HlcTimestamp> needed, long nanos) {
    OptionalLong least =
        needed.entrySet().stream()
            .filter(table -> ttl.containsKey(table.getKey()))
            .flatMap(
                table ->
                    age(table.getValue(), nanos)
                        .map(age -> ttl.get(table.getKey()).minus(age))
                        .stream())
            .mapToLong(Duration::toSeconds)
            .min();
    long limit =
        ttl.values().stream()
            .mapToLong(whole -> Math.min(SHORT.toSeconds(), whole.toSeconds() / 2))
            .min()
            .orElse(0);
    if (least.isPresent() && least.getAsLong() < limit != warned) {
      warned = !warned;
      if (warned) {
        LOG.warn(
            "In {} seconds CockroachDB may garbage-collect changes that this feed has not sent, after"
                + " which it cannot go on. Nothing holds that back for feed.delivery=sinkless: raise"
                + " gc.ttlseconds of the tables now, or let the feed catch up.",
            least.getAsLong());
      } else {
        LOG.info("The feed has caught up; garbage collection is far again");
      }
    }
    return least;
  }
}
