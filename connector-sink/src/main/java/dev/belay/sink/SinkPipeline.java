package dev.belay.sink;

import dev.belay.sink.apply.OutageException;
import dev.belay.sink.apply.WindowApplier;
import dev.belay.sink.apply.Writer;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.checkpoint.FrontierCheckpoint;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.failure.Rejector;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.metrics.SinkMetrics;
import dev.belay.sink.plan.Newest;
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

/**
 * The life of a record, top to bottom: claimed partitions, {@link Intake}, frontier, window,
 * transaction, checkpoint. One thread, but for the writing of large windows ({@link Passage},
 * {@link Writer}); nothing here survives the task, since the target's checkpoint is the only memory
 * that counts.
 */
final class SinkPipeline {
  /** How long a call may wait for a window that is written from disk. */
  static final Duration DISK_WAIT = Duration.ofSeconds(1);

  /** More waiting ranges than this are not listed in a checkpoint row. */
  static final int MOST_WAITING = 2_000;

  /** How long a window under way is waited for when there is nothing to read at the moment. */
  static final Duration LULL = Duration.ofMillis(5);

  /**
   * Kafka gives a batch of so many records when it has more of them. Where no such batch came of
   * late, windows are applied before their batch is acknowledged: there is nothing to be read in
   * the meantime.
   */
  static final int CROWD = 256;

  /** For so long after such a batch more is expected, though some come in smaller ones. */
  static final Duration CROWD_LASTS = Duration.ofSeconds(1);

  private final Ownership ownership;
  private final Intake intake;
  private final FrontierWatch frontierWatch;
  private final Spilling spilling;
  private final FlowControl flow;
  private final Rejector rejector;
  private final VersionMemory memory;
  private final SinkMetrics metrics;
  private final Delivery delivery;
  private final LongSupplier nanoTime;
  private final Duration idleInterval;
  private final boolean comparesRows;
  private final Arrivals arrivals;
  private final Passage passage;
  private final BlockedRows blockedRows;
  private final Showing showing;
  private final Optional<SequenceKeeper> sequences;
  private final Pruner pruner;

  /** Whether the last batch was refused, so that Connect gives it again. */
  private boolean refused;

  /**
   * What the batch in hand held of partitions when they were claimed: it comes again after the
   * rewind, and must not be taken before that even if the batch is given again.
   */
  private final Set<SinkRecord> leftOut = Collections.newSetFromMap(new IdentityHashMap<>());

  private Optional<Long> crowdSeen = Optional.empty();

  SinkPipeline(
      Ownership ownership,
      Intake intake,
      FrontierWatch frontierWatch,
      WindowApplier applier,
      Writer writer,
      Spilling spilling,
      FlowControl flow,
      Rejector rejector,
      RecentRecords recent,
      Newest newest,
      SinkMetrics metrics,
      Delivery delivery,
      LongSupplier nanoTime,
      Duration idleInterval,
      boolean comparesRows,
      Optional<SequenceKeeper> sequences,
      Pruner pruner) {
    this.ownership = ownership;
    this.intake = intake;
    this.frontierWatch = frontierWatch;
    this.spilling = spilling;
    this.flow = flow;
    this.rejector = rejector;
    this.memory = new VersionMemory(applier, newest, recent);
    this.metrics = metrics;
    this.delivery = delivery;
    this.nanoTime = nanoTime;
    this.idleInterval = idleInterval;
    this.comparesRows = comparesRows;
    this.sequences = sequences;
    this.pruner = pruner;
    this.blockedRows = new BlockedRows(nanoTime);
    this.arrivals =
        new Arrivals(ownership, applier, spilling, flow, memory, blockedRows, metrics, nanoTime);
    this.passage = new Passage(applier, writer, newest, arrivals, nanoTime);
    this.showing = new Showing(ownership, intake, frontierWatch, delivery, spilling, metrics);
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
    if (isWritingFromDisk(records)) {
      return;
    }
    passage.settleDoubt();
    if (ownership.hasUnclaimed() || sequences.filter(SequenceKeeper::isOverdue).isPresent()) {
      passage.land();
    } else if (isCrowded()) {
      passage.landAndGoOn();
    } else {
      passage.goOnIfLanded(records.isEmpty() ? LULL : Duration.ZERO);
    }
    if (ownership.isFenced()) {
      arrivals.awaitRevocation();
      return;
    }
    if (ownership.hasUnclaimed()) {
      if (spilling.holdsAny()) {
        arrivals.startOver("Partitions were assigned anew; what is on disk is read again");
      } else if (intake.countsTransactions() && !ownership.claimed().isEmpty()) {
        arrivals.startOver("Partitions were assigned anew; transactions are counted again");
      }
      Set<TopicPartition> before = Set.copyOf(ownership.claimed().keySet());
      frontierWatch.claimed(ownership.claim());
      intake.claimed(ownership.claimed());
      // claiming resumes
      flow.forget(ownership.claimed().keySet().stream().filter(p -> !before.contains(p)).toList());
      arrivals.forgetFrontier();
      records.stream().filter(r -> !before.contains(Intake.partition(r))).forEach(leftOut::add);
    }
    Collection<SinkRecord> fresh =
        leftOut.isEmpty() ? records : records.stream().filter(r -> !leftOut.contains(r)).toList();
    Set<TopicPartition> gaps = intake.gaps(fresh, ownership.claimed(), again);
    if (!gaps.isEmpty() && !ownership.isWhole(gaps)) {
      passage.land();
      arrivals.startOver("Kafka gives records of " + gaps + " again that were read before");
      return;
    }
    intake.accept(
        fresh,
        ownership.claimed(),
        () -> {
          if (passage.isNextReady()) {
            passage.goOnIfLanded(Duration.ZERO);
          }
        });
    if (!ownership.claimed().isEmpty()) {
      frontierWatch.look(ownership.claimed());
    }
    boolean more = isMoreExpected(records.size());
    if (!passage.isUnderWay()) {
      if (!ownership.claimed().isEmpty() && !spilling.isUnderWay()) {
        if (sequences.isPresent()) {
          sequences.get().lookIfDue();
        }
        pruner.pruneIfDue();
      }
      deliver(more);
    } else if (passage.mayPrepare()) {
      prepareNext();
    }
    if (!spilling.isUnderWay()) {
      // what is under way may make room
      boolean hopeless = !blockedRows.mayFit() && !passage.isUnderWay();
      long underWay = passage.isUnderWay() ? passage.underWay().bytes() : 0;
      flow.regulate(ownership.claimed(), spilling.bytes(), underWay, hopeless);
    }
    showing.show();
  }

  private boolean isMoreExpected(int records) {
    long now = nanoTime.getAsLong();
    if (records >= CROWD) {
      crowdSeen = Optional.of(now);
    }
    return crowdSeen.isPresent() && now - crowdSeen.get() < CROWD_LASTS.toNanos();
  }

  /** How soon the next batch is wanted, even an empty one. */
  Duration patience() {
    if (passage.isUnderWay() || spilling.isUnderWay()) {
      // nothing to read would mean waiting for the database, which put() does better
      return Duration.ofMillis(1);
    }
    if (!ownership.isAssigned() || ownership.hasUnclaimed() || frontierWatch.isAsking()) {
      return Duration.ofMillis(50);
    }
    return Duration.ofMillis(200);
  }

  void open(Collection<TopicPartition> partitions) {
    ownership.assign(partitions);
  }

  void close(Collection<TopicPartition> partitions) {
    passage.end();
    spilling.end();
    if (!ownership.claimed().isEmpty()) {
      sequences.ifPresent(SequenceKeeper::lookBeforeLeaving);
    }
    ownership.revoke(partitions);
    flow.forget(partitions);
    if (spilling.holdsAny()) {
      arrivals.startOver("Partitions were taken away; what is on disk is read again");
    }
    if (ownership.claimed().isEmpty()) {
      memory.clear();
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

  /**
   * @param more whether Kafka seems to have more records, to be read while the database works
   */
  private void deliver(boolean more) throws OutageException {
    Map<TopicPartition, PartitionState> claimed = ownership.claimed();
    if (claimed.isEmpty()) {
      return;
    }
    memory.learn(claimed.values());
    if (claimed.values().stream().anyMatch(PartitionState::isRemembering)) {
      return;
    }
    HlcTimestamp frontier = frontierWatch.frontier(claimed, ownership.frontier().frontier());
    boolean full = flow.isFull(claimed);
    FrontierCheckpoint committed = ownership.frontier();
    if (delivery.isConsistent()
        && spilling.isPossible(committed.frontier(), committed.snapshotFrom())) {
      boolean moved = frontier.isKnown() && !frontier.equals(arrivals.lastFrontier());
      if (spilling.holdsAny() || (full && !moved)) {
        deliverFromDisk(frontier, full, moved);
        return;
      }
      // what is due makes room
      full = false;
    } else {
      flow.requireRoom(claimed);
    }
    boolean ahead = delivery.aheadOfFrontier(frontier, full);
    boolean crowded =
        claimed.values().stream()
            .anyMatch(s -> s.committed().held().ranges().size() > MOST_WAITING);
    boolean retry = blockedRows.areDueAgain();
    Predicate<HeldChange> due = due(frontier, retry);
    boolean isFinal = isFinal(frontier);
    // a feed that never resolved has no frontier to wait for
    if (!ahead || (crowded && frontier.isKnown())) {
      boolean idle = nanoTime.getAsLong() - arrivals.lastSettled() < idleInterval.toNanos();
      if (idle && frontier.equals(arrivals.lastFrontier()) && !isAnyReadDue()) {
        // nothing can have become due: what is held is not looked through for it
        return;
      }
      if (retry && intake.countsTransactions() && isAnyBlocked()) {
        blockedRows.tryWith(() -> window(due, !isFinal, false, frontier, false));
      } else {
        window(due, !isFinal, false, frontier, more);
      }
      return;
    }
    if (isBlocked(due)) {
      if (retry || !frontier.equals(arrivals.lastFrontier())) {
        blockedRows.tryWith(() -> window(due, !isFinal, false, frontier, false));
      }
      if (!full && isBlocked(due)) {
        // Rows still further ahead would put off the snapshot, and with it the end of the wait.
        return;
      }
    }
    if (isAnyBlocked() && (retry || goesWithOthers(claimed.values()))) {
      blockedRows.tryWith(() -> window(h -> true, true, true, frontier, false));
    } else {
      window(h -> !h.isBlocked(), true, true, frontier, more);
    }
  }

  /**
   * Which changes take effect at a frontier. Rows that were read from their table belong to no
   * transaction, and wait for none.
   *
   * @param retry whether those of them are to be tried again that wait for other rows
   */
  private Predicate<HeldChange> due(HlcTimestamp frontier, boolean retry) {
    Predicate<HeldChange> passed = h -> !h.change().version().isAfter(frontier);
    if (!intake.countsTransactions()) {
      return passed;
    }
    boolean all = retry || !frontier.equals(arrivals.lastFrontier());
    return passed.or(h -> h.change().info().isRead() && (all || !h.isBlocked()));
  }

  private boolean isAnyReadDue() {
    return intake.countsTransactions()
        && ownership.claimed().values().stream().anyMatch(PartitionState::holdsRead);
  }

  /**
   * Whether what is refused now is refused for good. A row from ahead of the frontier may hold the
   * place of one that is due, and leave it only when its own time comes: no refusal is final before
   * the target is a snapshot again. Nor while a topic that joined is behind what the others had.
   * Nor where rows of a snapshot may still come, which no frontier tells.
   */
  private boolean isFinal(HlcTimestamp frontier) {
    if (intake.countsTransactions()) {
      return false;
    }
    FrontierCheckpoint committed = ownership.frontier();
    return !HlcTimestamp.max(committed.snapshotFrom(), committed.frontier()).isAfter(frontier);
  }

  private boolean isCrowded() {
    return passage.isUnderWay() && flow.isCrowded(ownership.claimed(), passage.underWay().bytes());
  }

  /**
   * Plans the window after the one under way once enough has come for it, so that the database need
   * not wait for the plan. Only where nothing is to be decided: what waits, what is on disk, and
   * what is remembered is left to {@link #deliver}.
   */
  private void prepareNext() {
    Map<TopicPartition, PartitionState> claimed = ownership.claimed();
    Window before = passage.underWay();
    if (!flow.isWorthPlanning(claimed, before.bytes())
        || flow.isFull(claimed)
        || spilling.holdsAny()
        || claimed.values().stream()
            .anyMatch(s -> s.blocked() > 0 || s.isRemembering() || !s.known().isEmpty())) {
      return;
    }
    HlcTimestamp frontier = frontierWatch.frontier(claimed, ownership.frontier().frontier());
    boolean ahead = delivery.isAhead(frontier);
    if (ahead != before.isAhead() || !(ahead || frontier.isAfter(before.frontier()))) {
      return;
    }
    List<HeldChange> chosen = new ArrayList<>();
    for (PartitionState state : claimed.values()) {
      for (HeldChange change : state.held()) {
        if (!before.hasChosen(change) && (ahead || !change.change().version().isAfter(frontier))) {
          chosen.add(change);
        }
      }
    }
    if (!chosen.isEmpty()) {
      boolean isFinal = isFinal(frontier);
      Window next = new Window(ownership, rejector, chosen, ahead, frontier);
      passage.prepare(next, ahead || !isFinal, ahead && frontier.isKnown());
    }
  }

  /** A window larger than memory: gathered on disk, and written from there when it is due. */
  private void deliverFromDisk(HlcTimestamp frontier, boolean full, boolean moved)
      throws OutageException {
    Map<TopicPartition, PartitionState> claimed = ownership.claimed();
    if ((full || moved) && !spilling.take(claimed.values())) {
      arrivals.startOver("What was on disk is read again");
      return;
    }
    Predicate<PartitionState> isDue =
        s -> s.spilled().stream().anyMatch(w -> !w.least().isAfter(frontier));
    if (moved && claimed.values().stream().anyMatch(isDue)) {
      flow.pauseAll(claimed);
      Window window = new Window(ownership, rejector, List.of(), false, frontier);
      window.report(Map.of());
      spilling.send(
          window, Map.copyOf(claimed), ownership.rejections()::mayMend, nanoTime.getAsLong());
    } else if (moved) {
      window(h -> false, false, false, frontier, false);
    }
  }

  /**
   * Whether a window is being written from disk, which may take minutes. Connect is not kept
   * waiting: it gets its thread back, and polls partitions that are paused.
   *
   * @throws OutageException records came all the same, and are to be given again
   */
  private boolean isWritingFromDisk(Collection<SinkRecord> records) throws OutageException {
    if (!spilling.isUnderWay()) {
      return false;
    }
    if (spilling.await(DISK_WAIT)) {
      spilling.land(ownership.claimed(), arrivals, flow.memory());
      return false;
    }
    if (!records.isEmpty() || ownership.hasUnclaimed()) {
      throw new OutageException(
          "a window of " + spilling.bytes() + " bytes is being written from spill.dir");
    }
    return true;
  }

  /**
   * Whether what has come must not be written without what waits. Where rows are compared with what
   * they were before, a change of a row that waits would not find it, and be dropped for a
   * conflict.
   */
  private boolean goesWithOthers(Collection<PartitionState> claimed) {
    return comparesRows || partsArrived(claimed);
  }

  /**
   * Whether a row that lacks values has come. Written alone it could pass one of the same row that
   * waits and has them, which would then be the older one and be dropped.
   */
  private static boolean partsArrived(Collection<PartitionState> claimed) {
    return claimed.stream()
        .flatMap(state -> state.held().stream())
        .anyMatch(
            held -> !held.isBlocked() && held.change() instanceof Upsert upsert && !upsert.whole());
  }

  private boolean isAnyBlocked() {
    return ownership.claimed().values().stream().anyMatch(s -> s.blocked() > 0);
  }

  private boolean isBlocked(Predicate<HeldChange> which) {
    return ownership.claimed().values().stream()
        .filter(s -> s.blocked() > 0)
        .anyMatch(s -> s.held().stream().anyMatch(h -> h.isBlocked() && which.test(h)));
  }

  /**
   * Applies the held changes chosen, in one transaction.
   *
   * @param mayHold whether changes that wait for others go on waiting
   * @param ahead whether some may be ahead of the frontier
   * @param aside whether to go on reading while the database works, if it is many
   */
  private void window(
      Predicate<HeldChange> choice,
      boolean mayHold,
      boolean ahead,
      HlcTimestamp frontier,
      boolean aside)
      throws OutageException {
    if (ownership.claimed().isEmpty()) {
      // an earlier window of this batch found that we are fenced
      return;
    }
    List<HeldChange> chosen = new ArrayList<>();
    for (PartitionState state : ownership.claimed().values()) {
      for (HeldChange change : state.held()) {
        if (choice.test(change)) {
          chosen.add(change);
        }
      }
    }
    Window window = new Window(ownership, rejector, chosen, ahead, frontier);
    if (chosen.isEmpty()) {
      if (nanoTime.getAsLong() - arrivals.lastSettled() < idleInterval.toNanos()) {
        arrivals.nothingDueAt(frontier);
        return;
      }
      if (window.nothing().isEmpty()) {
        arrivals.nothingToWriteAt(frontier);
        return;
      }
    }
    passage.send(window, mayHold, ahead && frontier.isKnown(), aside && !chosen.isEmpty());
  }
}
