package dev.belay.sink;

import dev.belay.sink.apply.InDoubtException;
import dev.belay.sink.apply.OutageException;
import dev.belay.sink.apply.Outcome;
import dev.belay.sink.apply.Standing;
import dev.belay.sink.apply.WindowApplier;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.checkpoint.FenceException;
import dev.belay.sink.checkpoint.FrontierCheckpoint;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.failure.Rejector;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.metrics.SinkMetrics;
import dev.belay.sink.plan.Newest;
import dev.belay.sink.plan.PlanInput;
import dev.belay.sink.plan.RecentRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a record, top to bottom: claimed partitions, {@link Intake}, frontier, window,
 * transaction, checkpoint. One thread; nothing here survives the task, since the target's
 * checkpoint is the only memory that counts.
 */
final class SinkPipeline {
  private static final Logger LOG = LoggerFactory.getLogger(SinkPipeline.class);

  /** A zombie is rid of its partitions by then; whoever still has them has a rival. */
  static final Duration FENCE_GRACE = Duration.ofSeconds(60);

  /** A blocked row is tried again so often, beside whenever the frontier passes it. */
  static final Duration BLOCKED_RETRY = Duration.ofMillis(250);

  /** After a try the blocked rows rest so many times as long as it took. */
  static final int BLOCKED_REST = 4;

  /** More waiting ranges than this are not listed in a checkpoint row. */
  static final int MOST_WAITING = 2_000;

  private final Ownership ownership;
  private final Intake intake;
  private final FrontierWatch frontierWatch;
  private final WindowApplier applier;
  private final FlowControl flow;
  private final Rejector rejector;
  private final RecentRecords recent;
  private final Newest newest;
  private final SinkMetrics metrics;
  private final Delivery delivery;
  private final LongSupplier nanoTime;
  private final Duration idleInterval;
  private final OpenRejections openRejections = new OpenRejections();
  private Optional<InDoubtException> inDoubt = Optional.empty();
  private Optional<Window> doubtful = Optional.empty();

  /** Whether the last batch was refused, so that Connect gives it again. */
  private boolean refused;

  /**
   * What the batch in hand held of partitions when they were claimed: it comes again after the
   * rewind, and must not be taken before that even if the batch is given again.
   */
  private final Set<SinkRecord> leftOut = Collections.newSetFromMap(new IdentityHashMap<>());

  private HlcTimestamp lastFrontier = HlcTimestamp.NONE;
  private boolean forgetful;
  private long lastCommit;
  private long lastBlockedTry;

  /** Whether rows were written since those that wait for others were tried. */
  private boolean blockedMayFit;

  private long blockedPause = BLOCKED_RETRY.toNanos();
  private long fencedSince;

  SinkPipeline(
      Ownership ownership,
      Intake intake,
      FrontierWatch frontierWatch,
      WindowApplier applier,
      FlowControl flow,
      Rejector rejector,
      RecentRecords recent,
      Newest newest,
      SinkMetrics metrics,
      Delivery delivery,
      LongSupplier nanoTime,
      Duration idleInterval) {
    this.ownership = ownership;
    this.intake = intake;
    this.frontierWatch = frontierWatch;
    this.applier = applier;
    this.flow = flow;
    this.rejector = rejector;
    this.recent = recent;
    this.newest = newest;
    this.metrics = metrics;
    this.delivery = delivery;
    this.nanoTime = nanoTime;
    this.idleInterval = idleInterval;
    this.lastCommit = nanoTime.getAsLong();
  }

  /**
   * Takes a batch, which may be empty, or one that was given before.
   *
   * @throws OutageException the target or Kafka is away; to be called again with the same batch
   * @throws StopException a person has to mend something
   */
  void accept(Collection<SinkRecord> records) throws OutageException {
    boolean again = refused;
    refused = true;
    take(records, again);
    refused = false;
    leftOut.clear();
  }

  private void take(Collection<SinkRecord> records, boolean again) throws OutageException {
    settleDoubt();
    if (ownership.isFenced()) {
      awaitRevocation();
      return;
    }
    if (ownership.hasUnclaimed()) {
      Set<TopicPartition> before = Set.copyOf(ownership.claimed().keySet());
      frontierWatch.claimed(ownership.claim());
      // claiming resumes
      flow.forget(ownership.claimed().keySet().stream().filter(p -> !before.contains(p)).toList());
      lastFrontier = HlcTimestamp.NONE;
      records.stream().filter(r -> !before.contains(Intake.partition(r))).forEach(leftOut::add);
    }
    Collection<SinkRecord> fresh =
        leftOut.isEmpty() ? records : records.stream().filter(r -> !leftOut.contains(r)).toList();
    Set<TopicPartition> gaps = intake.gaps(fresh, ownership.claimed(), again);
    if (!gaps.isEmpty() && !ownership.isWhole(gaps)) {
      startOver("Kafka gives records of " + gaps + " again that were read before");
      return;
    }
    intake.accept(fresh, ownership.claimed());
    frontierWatch.look(ownership.claimed());
    deliver();
    flow.regulate(ownership.claimed(), !blockedMayFit);
    show();
  }

  /** How soon the next batch is wanted, even an empty one. */
  Duration patience() {
    if (!ownership.isAssigned() || ownership.hasUnclaimed() || frontierWatch.isAsking()) {
      return Duration.ofMillis(50);
    }
    return Duration.ofMillis(200);
  }

  void open(Collection<TopicPartition> partitions) {
    ownership.assign(partitions);
  }

  void close(Collection<TopicPartition> partitions) {
    ownership.revoke(partitions);
    flow.forget(partitions);
    inDoubt = Optional.empty();
    if (ownership.claimed().isEmpty()) {
      newest.clear();
      recent.clear();
    }
  }

  /** Offsets that the target has committed, never ahead of what was read here. */
  Map<TopicPartition, Long> committedOffsets() {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    ownership
        .claimed()
        .forEach(
            (partition, state) -> {
              PartitionCheckpoint row = state.committed();
              long applied = row.held().first().orElse(row.appliedOffset());
              offsets.put(partition, Math.min(applied, state.next()));
            });
    return offsets;
  }

  private void awaitRevocation() {
    if (fencedSince == 0) {
      fencedSince = nanoTime.getAsLong();
    }
    if (nanoTime.getAsLong() - fencedSince > FENCE_GRACE.toNanos()) {
      throw new StopException(
          "Another task claimed this task's partitions in the target more than "
              + FENCE_GRACE.toSeconds()
              + " s ago, and Connect still assigns them here. A connector of the same name, perhaps"
              + " in another Connect cluster, writes to this target. Stop one of them, or give it"
              + " another name.");
    }
  }

  private void deliver() throws OutageException {
    Map<TopicPartition, PartitionState> claimed = ownership.claimed();
    if (claimed.isEmpty()) {
      return;
    }
    remember(claimed.values());
    if (claimed.values().stream().anyMatch(PartitionState::isRemembering)) {
      return;
    }
    HlcTimestamp frontier = frontierWatch.frontier(claimed, ownership.frontier().frontier());
    boolean full = flow.isFull(claimed);
    boolean ahead = delivery.aheadOfFrontier(frontier, full);
    boolean crowded =
        claimed.values().stream()
            .anyMatch(s -> s.committed().held().ranges().size() > MOST_WAITING);
    Predicate<HeldChange> due = h -> !h.change().version().isAfter(frontier);
    // A row from ahead of the frontier may hold the place of one that is due, and leave it only
    // when
    // its own time comes: no refusal is final before the target is a snapshot again.
    boolean isFinal = !ownership.frontier().snapshotFrom().isAfter(frontier);
    // a feed that never resolved has no frontier to wait for
    if (!ahead || (crowded && frontier.isKnown())) {
      boolean idle = nanoTime.getAsLong() - lastCommit < idleInterval.toNanos();
      if (idle && frontier.equals(lastFrontier)) {
        // nothing can have become due: what is held is not looked through for it
        return;
      }
      window(due, !isFinal, false, frontier);
      return;
    }
    boolean retry = nanoTime.getAsLong() - lastBlockedTry > blockedPause;
    if (any(h -> h.isBlocked() && due.test(h))) {
      if (retry || !frontier.equals(lastFrontier)) {
        triedBlocked(() -> window(due, !isFinal, false, frontier));
      }
      if (!full && any(h -> h.isBlocked() && due.test(h))) {
        // Rows still further ahead would put off the snapshot, and with it the end of the wait.
        return;
      }
    }
    if (retry) {
      triedBlocked(() -> window(h -> true, true, true, frontier));
    } else {
      window(h -> !h.isBlocked(), true, true, frontier);
    }
  }

  @FunctionalInterface
  private interface Try {
    void run() throws OutageException;
  }

  /** Looking for the rows that stand in the way costs; most of the time is left for new rows. */
  private void triedBlocked(Try attempt) throws OutageException {
    long began = nanoTime.getAsLong();
    blockedMayFit = false;
    attempt.run();
    lastBlockedTry = nanoTime.getAsLong();
    blockedPause = Math.max(BLOCKED_RETRY.toNanos(), BLOCKED_REST * (lastBlockedTry - began));
  }

  /**
   * Learns from records that took effect before this task's time. All of them come first: a record
   * that is new here may be older than one of them that lies behind it, or on another partition
   * (invariant I3 NeverBackwards).
   */
  private void remember(Collection<PartitionState> claimed) throws OutageException {
    List<PlanInput> known =
        claimed.stream()
            .flatMap(s -> s.known().stream())
            .map(h -> new PlanInput(h.change(), true))
            .toList();
    if (!known.isEmpty()) {
      applier.remember(known, newest);
      claimed.forEach(PartitionState::dropKnown);
    }
  }

  private boolean any(Predicate<HeldChange> which) {
    return ownership.claimed().values().stream().anyMatch(s -> s.held().stream().anyMatch(which));
  }

  /**
   * Applies the held changes chosen, in one transaction.
   *
   * @param mayHold whether changes that wait for others go on waiting
   * @param ahead whether some may be ahead of the frontier
   */
  private void window(
      Predicate<HeldChange> choice, boolean mayHold, boolean ahead, HlcTimestamp frontier)
      throws OutageException {
    if (ownership.claimed().isEmpty()) {
      // an earlier window of this batch found that we are fenced
      return;
    }
    List<HeldChange> chosen = new ArrayList<>();
    for (PartitionState state : ownership.claimed().values()) {
      state.held().stream().filter(choice).forEach(chosen::add);
    }
    Window window = new Window(ownership, rejector, chosen, ahead, frontier);
    long now = nanoTime.getAsLong();
    if (chosen.isEmpty()
        && (now - lastCommit < idleInterval.toNanos() || window.nothing().isEmpty())) {
      lastFrontier = frontier;
      return;
    }
    List<PlanInput> inputs = chosen.stream().map(h -> new PlanInput(h.change(), false)).toList();
    try {
      Outcome outcome = applier.apply(inputs, newest, mayHold, ahead && frontier.isKnown(), window);
      committed(window, outcome);
      metrics.committed(
          outcome.plan().rows().size(),
          foldedAway(outcome),
          outcome.plan().replays().size(),
          Duration.ofNanos(nanoTime.getAsLong() - now));
    } catch (InDoubtException e) {
      LOG.warn("{}; asking the checkpoint rows", e.getMessage());
      inDoubt = Optional.of(e);
      doubtful = Optional.of(window);
      settleDoubt();
    } catch (FenceException e) {
      judge(applier.standing(window.last()), window, Optional.empty());
    }
  }

  private static long foldedAway(Outcome outcome) {
    return outcome.plan().rows().stream().mapToLong(row -> row.changes().size() - 1).sum();
  }

  /** Learns whether a transaction whose COMMIT was never answered has happened. */
  private void settleDoubt() throws OutageException {
    if (inDoubt.isEmpty()) {
      return;
    }
    Standing standing = applier.standing(inDoubt.get().advance());
    Outcome outcome = inDoubt.get().outcome();
    Window window = doubtful.orElseThrow();
    inDoubt = Optional.empty();
    doubtful = Optional.empty();
    judge(standing, window, Optional.of(outcome));
  }

  private void judge(Standing standing, Window window, Optional<Outcome> outcome)
      throws OutageException {
    switch (standing) {
      case COMMITTED -> {
        if (outcome.isPresent()) {
          LOG.info("The transaction whose answer was lost is committed; going on");
          committed(window, outcome.get());
          metrics.committed(
              outcome.get().plan().rows().size(),
              foldedAway(outcome.get()),
              outcome.get().plan().replays().size(),
              Duration.ZERO);
        } else {
          // a COMMIT of ours that we gave up on: what it did is known from the rows alone
          startOver("The checkpoint rows are further than this task knew");
        }
      }
      case AS_LEFT -> LOG.info("The transaction did not happen; it is done again");
      case CHANGED ->
          startOver("Somebody else has changed the checkpoint rows; going on from what they say");
      case FENCED -> {
        metrics.lostEpoch();
        fencedSince = 0;
        ownership.fence();
        forget();
      }
      case RESTORED -> {
        metrics.restored();
        startOver(
            "The target is behind what this task had committed: it was restored from a backup, or"
                + " failed over and lost its last transactions. Rewinding to what it has");
      }
    }
  }

  private void startOver(String why) {
    LOG.warn("{}", why);
    ownership.startOver();
    forget();
  }

  private void forget() {
    newest.clear();
    recent.clear();
  }

  /** Takes over what was committed. */
  private void committed(Window window, Outcome outcome) {
    lastCommit = nanoTime.getAsLong();
    lastFrontier = window.frontier();
    outcome.plan().memory().keepIn(newest);
    blockedMayFit |= !outcome.plan().isEmpty();
    window.committed(outcome);
    forgetResolved();
    metrics.rejected(outcome.rejected().size());
    metrics.openRejections(openRejections.after(window, outcome));
  }

  /** What every partition has resolved needs no memory: older versions are told by their time. */
  private void forgetResolved() {
    newest.forgetUpTo(
        ownership.claimed().values().stream()
            .map(state -> state.committed().resolved())
            .reduce(HlcTimestamp::min)
            .orElse(HlcTimestamp.NONE));
    if (newest.isForgetful() && !forgetful) {
      LOG.warn(
          "More rows were written ahead of the resolved time than are remembered"
              + " (replay.memory.records): if the changefeed sends old versions again now, rows may go"
              + " back to them for a while. Give the feed the option resolved, or a shorter interval");
    }
    forgetful = newest.isForgetful();
  }

  private String unverified(FrontierCheckpoint frontier) {
    if (!ownership.isWholeFeed()) {
      return "several tasks share the feed, so none knows its frontier";
    }
    if (frontier.isSnapshot()) {
      return "";
    }
    return frontier.snapshotFrom().isKnown()
        ? "rows up to " + frontier.snapshotFrom() + " were applied ahead of the frontier"
        : "there is no frontier yet";
  }

  private void show() {
    FrontierCheckpoint frontier = ownership.frontier();
    metrics.frontier(
        frontier.frontier(), unverified(frontier), frontierWatch.stall(), delivery.now().word());
    long records = 0;
    long bytes = 0;
    long blocked = 0;
    for (PartitionState state : ownership.claimed().values()) {
      records += state.held().size();
      bytes += state.heldBytes();
      blocked += state.held().stream().filter(HeldChange::isBlocked).count();
    }
    metrics.window(records, bytes, blocked);
    Map<TopicPartition, HlcTimestamp> resolved = new HashMap<>();
    ownership.claimed().forEach((partition, state) -> resolved.put(partition, state.resolved()));
    metrics.partitions(resolved);
  }
}
