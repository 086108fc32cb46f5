package dev.belay.source.sinkless;

import dev.belay.source.cluster.ClusterException;
import dev.belay.source.plan.Trouble;
import dev.belay.source.report.FeedState;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What a task says of its feed, and when it tries again. The task's thread only. */
final class Health {
  /** Connect calls a running task more often than this; a paused one not at all. */
  private static final Duration PAUSED = Duration.ofSeconds(10);

  /** What may fail by itself. */
  enum Part {
    FEED,
    SCAN
  }

  private final Retry retry;
  private final Duration stall;
  private final Set<Part> troubled = EnumSet.noneOf(Part.class);
  private long moved;
  private long asked;
  private FeedState trouble = FeedState.RUNNING;
  private String error = "";
  private String remedy = "";

  /**
   * @param nanos of a clock that only goes forward
   */
  Health(Retry retry, Duration stall, long nanos) {
    this.retry = retry;
    this.stall = stall;
    this.moved = nanos;
    this.asked = nanos;
  }

  /** Connect asks for records. */
  void asked(long nanos) {
    if (nanos - asked > PAUSED.toNanos()) {
      // paused, or the brokers were away: not the feed's fault
      moved = nanos;
    }
    asked = nanos;
  }

  /** Connect has its answer, for which it may have waited long. */
  void answered(long nanos) {
    asked = nanos;
  }

  /** No table is followed yet: there is no resolved time that could stand still. */
  void followsNothing(long nanos) {
    moved = nanos;
  }

  /** The resolved time has moved on. */
  void moved(long nanos) {
    moved = nanos;
    works(Part.FEED);
  }

  /** A scan has moved on. That says nothing of the feed, which is read beside it. */
  void scanned() {
    works(Part.SCAN);
  }

  /** What fails is not well again for what else works. */
  private void works(Part part) {
    troubled.remove(part);
    if (troubled.isEmpty()) {
      retry.reset();
      trouble = FeedState.RUNNING;
      error = "";
      remedy = "";
    }
  }

  boolean mayTry(long nanos) {
    return retry.isDue(nanos);
  }

  /**
   * The cluster failed us.
   *
   * @param part that it was asked for
   */
  void failed(ClusterException e, Part part, long nanos) {
    troubled.add(part);
    retry.failed(nanos);
    error = e.getMessage();
    remedy = "";
    Optional<Trouble> known = Trouble.of(error);
    if (known.isPresent()) {
      trouble = FeedState.NEEDS_ACTION;
      error = known.get().why() + " CockroachDB said: " + error;
      remedy = known.get().remedy();
    } else if (e.kind() == ClusterException.Kind.AWAY) {
      trouble = FeedState.UNREACHABLE;
    } else if (e.kind() == ClusterException.Kind.BUSY) {
      trouble = FeedState.RETRYING;
    } else if (e.isForGood() || needsRangefeeds(e)) {
      trouble = FeedState.NEEDS_ACTION;
      remedy = remedyOf(e);
    } else {
      refused();
    }
  }

  /** Perhaps it takes the next one. */
  private void refused() {
    retry.refused();
    if (retry.isExhausted()) {
      trouble = FeedState.NEEDS_ACTION;
      remedy = "It was tried resume.max.attempts times. Heal the cause, then restart the task.";
    } else {
      trouble = FeedState.RETRYING;
    }
  }

  private static boolean needsRangefeeds(ClusterException e) {
    return e.getMessage().contains("kv.rangefeed.enabled");
  }

  private static String remedyOf(ClusterException e) {
    if (needsRangefeeds(e)) {
      return "Run SET CLUSTER SETTING kv.rangefeed.enabled = true, then restart the task.";
    }
    return e.state().equals("42501")
        ? "Grant the user of source.connection.user SELECT on the tables, then restart"
            + " the task."
        : "Heal the cause, then restart the task.";
  }

  /** Only a person can go on. */
  void stopped(String why) {
    trouble = FeedState.NEEDS_ACTION;
    error = why;
    remedy = "Mend the cause, then restart this connector's task.";
  }

  /** Kafka does not answer; the cluster is not at fault. */
  void brokersAway(String why, long nanos) {
    retry.failed(nanos);
    trouble = FeedState.RETRYING;
    error = why;
    remedy = "";
  }

  /**
   * What to report.
   *
   * @param scanning whether tables are being read, which has no resolved time
   * @param nanos when the feed of the others was last asked
   */
  FeedState state(boolean scanning, long nanos) {
    if (trouble != FeedState.RUNNING) {
      return trouble;
    }
    return isStalled(nanos) ? FeedState.STALLED : scanning ? FeedState.SCANNING : FeedState.RUNNING;
  }

  /** Before anything was read. */
  FeedState starting() {
    return trouble == FeedState.RUNNING ? FeedState.STARTING : trouble;
  }

  boolean isWell() {
    return trouble == FeedState.RUNNING;
  }

  boolean needsAction() {
    return trouble == FeedState.NEEDS_ACTION;
  }

  /** Whether the resolved time stands still, also while tables that are new are being read. */
  boolean isStalled(long nanos) {
    return nanos - moved >= stall.toNanos();
  }

  String error(boolean stalled) {
    String still = "The resolved time has not moved for " + stall.toSeconds() + " seconds.";
    return stalled ? (still + " " + error).strip() : error;
  }

  String remedy(boolean stalled) {
    return error.isEmpty() && stalled
        ? "Look for a lagging or unavailable range in CockroachDB, and for a transaction that stays"
            + " open."
        : remedy;
  }
}
