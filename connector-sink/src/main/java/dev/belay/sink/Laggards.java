package dev.belay.sink;

import static java.util.stream.Collectors.joining;

import dev.belay.sink.change.HlcTimestamp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices partitions that hold the frontier back while others move on: theirs stands still, or
 * never came, and the newest of the others gets ahead. A feed that stands still altogether, as a
 * paused one does, is not meant: see {@link Quiet}.
 *
 * <p>A task that reads a backlog reads one partition after another, and each lags until its turn
 * comes. So this is said only when it has lasted for a while, and for longer of partitions that
 * have not got anywhere since they were claimed.
 */
final class Laggards {
  private static final Logger LOG = LoggerFactory.getLogger(Laggards.class);

  /** So far others may get ahead, by the feed's time. */
  static final Duration USUAL_SPREAD = Duration.ofSeconds(60);

  /** So long they may be ahead, by our clock. */
  static final Duration LASTING = Duration.ofSeconds(10);

  private static final int MOST_NAMED = 8;

  private final Duration startLimit;
  private final LongSupplier nanoTime;
  private HlcTimestamp lastLeast = HlcTimestamp.NONE;
  private HlcTimestamp furthestAtLeast = HlcTimestamp.NONE;
  private Optional<Long> since = Optional.empty();
  private String finding = "";

  /**
   * @param startLimit how long it may last where a partition has not resolved since it was claimed,
   *     or is still read up to where it was
   * @param nanoTime the clock that never goes back
   */
  Laggards(Duration startLimit, LongSupplier nanoTime) {
    this.startLimit = startLimit;
    this.nanoTime = nanoTime;
  }

  /** What is wrong, empty if nothing is. */
  String finding() {
    return finding;
  }

  /** Starts over after a claim. */
  void claimed() {
    lastLeast = HlcTimestamp.NONE;
    furthestAtLeast = HlcTimestamp.NONE;
    over();
  }

  void look(Map<TopicPartition, PartitionState> claimed) {
    HlcTimestamp least = HlcTimestamp.NONE;
    HlcTimestamp furthest = HlcTimestamp.NONE;
    boolean first = true;
    for (PartitionState state : claimed.values()) {
      least = first ? state.resolved() : HlcTimestamp.min(least, state.resolved());
      furthest = HlcTimestamp.max(furthest, state.resolved());
      first = false;
    }
    if (least.isAfter(lastLeast) || !furthestAtLeast.isKnown()) {
      lastLeast = least;
      furthestAtLeast = furthest;
    }
    if (!isBehind(least, furthest)) {
      over();
      return;
    }
    long now = nanoTime.getAsLong();
    if (since.isEmpty()) {
      since = Optional.of(now);
    }
    HlcTimestamp behind = least;
    List<Map.Entry<TopicPartition, PartitionState>> laggards =
        claimed.entrySet().stream().filter(e -> e.getValue().resolved().equals(behind)).toList();
    boolean starting = laggards.stream().anyMatch(e -> isStarting(e.getValue()));
    if (now - since.get() < (starting ? startLimit : LASTING).toNanos()) {
      return;
    }
    boolean told = !finding.isEmpty();
    finding = describe(laggards.stream().map(e -> e.getKey().toString()).sorted().toList(), least);
    if (!told) {
      LOG.warn("The frontier cannot move: {}", finding);
    }
  }

  private boolean isBehind(HlcTimestamp least, HlcTimestamp furthest) {
    return least.isKnown()
        ? furthest.wallNanos() - furthestAtLeast.wallNanos() >= USUAL_SPREAD.toNanos()
        : furthest.isKnown();
  }

  private static boolean isStarting(PartitionState state) {
    return state.isRemembering() || state.resolved().equals(state.resolvedAtClaim());
  }

  private void over() {
    since = Optional.empty();
    if (!finding.isEmpty()) {
      finding = "";
      LOG.info("No partition holds the frontier back any more");
    }
  }

  private static String describe(List<String> names, HlcTimestamp least) {
    return "partitions "
        + names.stream().limit(MOST_NAMED).collect(joining(", "))
        + (names.size() > MOST_NAMED ? " and " + (names.size() - MOST_NAMED) + " more" : "")
        + (least.isKnown()
            ? " are resolved up to "
                + least
                + " while others are more than "
                + USUAL_SPREAD.toSeconds()
                + " s further"
            : " have not resolved yet, and others have")
        + ". Look for lagging ranges (SHOW CHANGEFEED JOBS, changefeed.lagging_ranges), and whether"
        + " one changefeed writes all topics of the connector";
  }
}
