package dev.belay.source.sinkless;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long until what the feed needs may be garbage-collected: nothing protects it, as a job's is.
 * The task's thread only.
 */
final class GcWindow {
  private static final Logger LOG = LoggerFactory.getLogger(GcWindow.class);
  private static final Duration SHORT = Duration.ofHours(1);

  private Map<TableName, Duration> ttl = Map.of();
  private boolean warned;

  /** What the cluster says; a table that may not be asked about is missing. */
  void learned(Map<TableName, Duration> found) {
    ttl = Map.copyOf(found);
  }

  /** Seconds left for the table that has the least; empty if unknown. Negative if it is over. */
  OptionalLong left(Cursors cursors, Instant now) {
    OptionalLong least =
        cursors.tables().stream()
            .filter(ttl::containsKey)
            .mapToLong(table -> ttl.get(table).minus(age(cursors.of(table), now)).toSeconds())
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

  private static Duration age(HlcTimestamp cursor, Instant now) {
    long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    return Duration.ofNanos(nanos - cursor.wallNanos());
  }
}
