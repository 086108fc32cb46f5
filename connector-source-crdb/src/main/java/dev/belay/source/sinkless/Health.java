package dev.belay.source.sinkless;

import dev.belay.source.cluster.ClusterException;
import dev.belay.source.feed.TableName;
import dev.belay.source.plan.Trouble;
import dev.belay.source.report.FeedState;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What a task says of its feed, and when it tries again what. The feed and the scans are judged and
 * tried again each for itself: a table that cannot be read must not stop those that can be
 * followed. The task's thread only.
 */
final class Health {
  /** Connect calls a running task more often than this; a paused one not at all. */
  private static final Duration PAUSED = Duration.ofSeconds(10);

  /** Too long, or too much memory: of a page that means that the next try meets the same. */
  private static final Set<String> TOO_MUCH = Set.of("57014", "53200");

  /** What may fail by itself. */
  enum Part {
    FEED,
    SCAN
  }

  /** What is the matter. */
  private record Ailment(FeedState state, String error, String remedy) {
    static final Ailment NONE = new Ailment(FeedState.RUNNING, "", "");

    /** The first of these is what is told. */
    private static final List<FeedState> BY_WEIGHT =
        List.of(
            FeedState.NEEDS_ACTION, FeedState.UNREACHABLE, FeedState.RETRYING, FeedState.RUNNING);

    int weight() {
      return BY_WEIGHT.indexOf(state);
    }
  }

  private static final class Care {
    final Retry retry;
    Ailment ailment = Ailment.NONE;

    Care(Retry retry) {
      this.retry = retry;
    }
  }

  private final Map<Part, Care> parts = new EnumMap<>(Part.class);
  private final Duration stall;
  private final BooleanSupplier isAtFeedCursor;
  private long moved;
  private long asked;

  /** Of neither the feed nor the scans: Kafka, a disk. */
  private Ailment outside = Ailment.NONE;

  /** Tables that begin at a time which Connect has not stored. */
  private SortedSet<TableName> unstored = new TreeSet<>();

  private long awaited;

  /**
   * @param retry makes one for each part
   * @param isAtFeedCursor whether the feed would begin at feed.cursor, after which it sent nothing
   * @param nanos of a clock that only goes forward
   */
  Health(Supplier<Retry> retry, Duration stall, BooleanSupplier isAtFeedCursor, long nanos) {
    for (Part part : Part.values()) {
      parts.put(part, new Care(retry.get()));
    }
    this.stall = stall;
    this.isAtFeedCursor = isAtFeedCursor;
    this.moved = nanos;
    this.asked = nanos;
  }

  /** Connect asks for records. */
  void asked(long nanos) {
    if (nanos - asked > PAUSED.toNanos()) {
      // paused, or the brokers were away: not the feed's fault
      moved = nanos;
      awaited = nanos;
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

  /**
   * Connect is to store when tables begin.
   *
   * @param tables of which it has not; empty if it has of all
   */
  void awaits(Set<TableName> tables, long nanos) {
    if (unstored.isEmpty()) {
      awaited = nanos;
    }
    unstored = new TreeSet<>(tables);
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
    Care care = parts.get(part);
    care.retry.reset();
    care.ailment = Ailment.NONE;
    // whatever works has handed something over
    outside = Ailment.NONE;
  }

  boolean mayTry(Part part, long nanos) {
    return parts.get(part).retry.isDue(nanos);
  }

  /**
   * The cluster failed us.
   *
   * @param part that it was asked for
   */
  void failed(ClusterException e, Part part, long nanos) {
    Care care = parts.get(part);
    care.retry.failed(nanos);
    care.ailment = judged(e, part, care.retry);
    if (part == Part.FEED && e.kind() == ClusterException.Kind.AWAY) {
      unreachable(nanos);
    }
  }

  /** The resolved time cannot move, and once it can, it first has to catch up. */
  private void unreachable(long nanos) {
    moved = nanos;
  }

  private Ailment judged(ClusterException e, Part part, Retry retry) {
    String error = e.getMessage();
    Optional<Trouble> known = Trouble.of(error).map(trouble -> met(trouble, part));
    boolean isTooMuch = part == Part.SCAN && TOO_MUCH.contains(e.state());
    if (known.isPresent()) {
      return new Ailment(
          FeedState.NEEDS_ACTION,
          known.get().why() + " CockroachDB said: " + error,
          known.get().remedy());
    } else if (e.kind() == ClusterException.Kind.AWAY) {
      return new Ailment(FeedState.UNREACHABLE, error, "");
    } else if (e.kind() == ClusterException.Kind.BUSY && !isTooMuch) {
      return new Ailment(FeedState.RETRYING, error, "");
    } else if (e.isForGood() || needsRangefeeds(e)) {
      return new Ailment(FeedState.NEEDS_ACTION, error, remedyOf(e));
    }
    // perhaps it takes the next one
    retry.refused();
    return retry.isExhausted()
        ? new Ailment(FeedState.NEEDS_ACTION, error, exhausted(isTooMuch))
        : new Ailment(FeedState.RETRYING, error, "");
  }

  private Trouble met(Trouble trouble, Part part) {
    if (part == Part.SCAN) {
      return trouble.ofScan();
    }
    return isAtFeedCursor.getAsBoolean() ? trouble.ofFeedCursor() : trouble;
  }

  private static String exhausted(boolean isTooMuch) {
    return isTooMuch
        ? "A page of rows was tried resume.max.attempts times. Set a smaller scan.page.rows or a longer"
            + " source.statement.timeout.ms."
        : "It was tried resume.max.attempts times. Heal the cause, then restart the task.";
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
    outside =
        new Ailment(
            FeedState.NEEDS_ACTION, why, "Mend the cause, then restart this connector's task.");
  }

  /** Kafka does not answer; the cluster is not at fault. */
  void brokersAway(String why, long nanos) {
    parts.values().forEach(care -> care.retry.failed(nanos));
    outside = new Ailment(FeedState.RETRYING, why, "");
    unreachable(nanos);
  }

  /**
   * What to report.
   *
   * @param scanning whether tables are being read, which has no resolved time
   * @param nanos when the feed of the others was last asked
   */
  FeedState state(boolean scanning, long nanos) {
    Ailment worst = worst();
    boolean hidesStall = worst == parts.get(Part.SCAN).ailment && !needsAction();
    if (worst != Ailment.NONE && !(hidesStall && isStalled(nanos))) {
      return worst.state();
    }
    return isStalled(nanos) ? FeedState.STALLED : scanning ? FeedState.SCANNING : FeedState.RUNNING;
  }

  /** Before all tables have begun. */
  FeedState starting(long nanos) {
    FeedState state = state(false, nanos);
    return state == FeedState.RUNNING ? FeedState.STARTING : state;
  }

  private Ailment worst() {
    return List.of(outside, parts.get(Part.FEED).ailment, parts.get(Part.SCAN).ailment).stream()
        .min(Comparator.comparingInt(Ailment::weight))
        .orElse(Ailment.NONE);
  }

  boolean isWell() {
    return worst() == Ailment.NONE;
  }

  boolean needsAction() {
    return worst().state() == FeedState.NEEDS_ACTION;
  }

  /**
   * Whether the resolved time stands still, also while tables that are new are being read, or where
   * they begin is not stored.
   */
  boolean isStalled(long nanos) {
    return standsStill(nanos) || isUnstored(nanos);
  }

  private boolean standsStill(long nanos) {
    return nanos - moved >= stall.toNanos();
  }

  private boolean isUnstored(long nanos) {
    return !unstored.isEmpty() && nanos - awaited >= stall.toNanos();
  }

  /** Whether Connect is late to store when tables begin, which is before that counts as a stall. */
  boolean isStoredLate(long nanos) {
    return !unstored.isEmpty() && nanos - awaited >= stall.toNanos() / 2;
  }

  String error(long nanos) {
    String still =
        standsStill(nanos)
            ? "The resolved time has not moved for " + stall.toSeconds() + " seconds. "
            : "";
    String waits =
        isUnstored(nanos)
            ? "Connect has not stored in "
                + stall.toSeconds()
                + " seconds when tables "
                + unstored
                + " begin, and nothing of them is read before. "
            : "";
    return (still + waits + worst().error()).strip();
  }

  String remedy(long nanos) {
    if (needsAction()) {
      return worst().remedy();
    } else if (isUnstored(nanos)) {
      return "Look at the worker's log for offsets that it could not commit, at its offsets topic"
          + " (min.insync.replicas, ACLs), at offset.flush.interval.ms, which must be shorter than"
          + " stall.timeout.ms, and for a transformation that drops records of status.topic.";
    }
    return standsStill(nanos) && state(true, nanos) == FeedState.STALLED
        ? "Look for a lagging or unavailable range in CockroachDB, and for a transaction that stays"
            + " open."
        : "";
  }
}
