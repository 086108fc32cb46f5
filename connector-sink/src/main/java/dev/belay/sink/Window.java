package dev.belay.sink;

import dev.belay.sink.apply.Outcome;
import dev.belay.sink.apply.Refusal;
import dev.belay.sink.apply.Settlement;
import dev.belay.sink.change.Change;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Origin;
import dev.belay.sink.checkpoint.Advance;
import dev.belay.sink.checkpoint.FrontierCheckpoint;
import dev.belay.sink.checkpoint.OpenRejection;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.checkpoint.RejectedKey;
import dev.belay.sink.checkpoint.RejectionChange;
import dev.belay.sink.failure.Rejector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/** One transaction's worth of changes, and the checkpoint that goes with what becomes of it. */
final class Window implements Settlement {

  /** Tells by identity which window chose a change, which must not keep all of it in memory. */
  static final class Mark {
    static final Mark NONE = new Mark();
  }

  private final Mark mark = new Mark();
  private final Ownership ownership;
  private final Rejector rejector;
  private final List<HeldChange> chosen;
  private final boolean ahead;
  private final HlcTimestamp frontier;
  private final long bytes;
  private final boolean read;
  private Advance last = new Advance(List.of(), Optional.empty());
  private RejectionChange rejections = RejectionChange.NONE;

  /**
   * @param ahead whether some of the changes may be ahead of the frontier
   */
  Window(
      Ownership ownership,
      Rejector rejector,
      List<HeldChange> chosen,
      boolean ahead,
      HlcTimestamp frontier) {
    this.ownership = ownership;
    this.rejector = rejector;
    this.chosen = chosen;
    this.ahead = ahead;
    this.frontier = frontier;
    long sum = 0;
    boolean read = false;
    for (HeldChange change : chosen) {
      change.choose(mark);
      sum += change.bytes();
      read |= change.change().info().isRead();
    }
    this.bytes = sum;
    this.read = read && ownership.resolvesWholeTransactions();
  }

  /** Whether it has rows that were read from their table, and belong to no frontier. */
  boolean hasRead() {
    return read;
  }

  /** Whether some of the changes may be ahead of the frontier. */
  boolean isAhead() {
    return ahead;
  }

  boolean hasChosen(HeldChange change) {
    return change.isChosenBy(mark);
  }

  List<HeldChange> chosen() {
    return chosen;
  }

  /** Size of its records in Kafka. */
  long bytes() {
    return bytes;
  }

  HlcTimestamp frontier() {
    return frontier;
  }

  /** What was attempted last. */
  Advance last() {
    return last;
  }

  /** Tells the partitions what they will have resolved when {@link #last} is committed. */
  void promise() {
    last.partitions()
        .forEach(row -> ownership.claimed().get(row.partition()).promise(row.resolved()));
  }

  /**
   * Tells the partitions that everything due was read: what is due and comes from now on is a
   * repetition, and must not get behind this window.
   */
  void promiseFrontier() {
    if (!ahead) {
      ownership.claimed().values().forEach(state -> state.promise(frontier));
    }
  }

  /** Takes over what was committed, after {@link #last} was. */
  void committed(Outcome outcome) {
    Set<HeldChange> waiting = waiting(outcome);
    waiting.forEach(HeldChange::block);
    Map<TopicPartition, PartitionCheckpoint> moved = new HashMap<>();
    last.partitions().forEach(row -> moved.put(row.partition(), row.afterCommit()));
    ownership
        .claimed()
        .forEach(
            (partition, state) ->
                state.committed(
                    moved.getOrDefault(partition, state.committed()), left(state, waiting)));
    last.frontier().ifPresent(row -> ownership.committedFrontier(row.afterCommit()));
    ownership.rejections().committed(rejections);
  }

  private Set<HeldChange> waiting(Outcome outcome) {
    if (outcome.held().isEmpty()) {
      return Set.of();
    }
    Set<HeldChange> waiting = new HashSet<>();
    outcome.held().forEach(i -> waiting.add(chosen.get(i)));
    return waiting;
  }

  private List<HeldChange> left(PartitionState state, Set<HeldChange> waiting) {
    List<HeldChange> left = new ArrayList<>();
    for (HeldChange change : state.held()) {
      if (!change.isChosenBy(mark) || waiting.contains(change)) {
        left.add(change);
      }
    }
    return left;
  }

  /** The advance if there is nothing to write. */
  Advance nothing() {
    return advance(Set.of(), HlcTimestamp.NONE, false);
  }

  /** The advance if all that is due, in memory or not, takes effect. */
  Advance whole() {
    last = advance(Set.of(), HlcTimestamp.NONE, true);
    return last;
  }

  @Override
  public Advance advance(Outcome outcome) {
    last = advance(waiting(outcome), outcome.plan().newestVersion(), !outcome.plan().isEmpty());
    return last;
  }

  private Advance advance(Set<HeldChange> waiting, HlcTimestamp newestWritten, boolean writes) {
    Map<PartitionState, List<HeldChange>> left = new LinkedHashMap<>();
    Optional<HlcTimestamp> least = Optional.empty();
    for (PartitionState state : ownership.claimed().values()) {
      List<HeldChange> stays = left(state, waiting);
      left.put(state, stays);
      for (HeldChange change : stays) {
        HlcTimestamp version = change.change().version();
        if (least.isEmpty() || least.get().isAfter(version)) {
          least = Optional.of(version);
        }
      }
      if (state.spilled().isPresent()) {
        least = Optional.of(earlier(least, state.spilled().get().least()));
      }
    }
    // What is left may be older than what was written of the same row, and is told by the memory of
    // it: nothing counts as resolved, to be forgotten here and by a restart, before the last of it
    // has gone.
    Optional<HlcTimestamp> bound = least.map(HlcTimestamp::previous);
    List<PartitionCheckpoint> rows = new ArrayList<>();
    PartitionCheckpoint any = null;
    for (PartitionState state : left.keySet()) {
      HlcTimestamp resolved = ahead ? ownership.resolved(state) : frontier;
      HlcTimestamp settled = earlier(bound, resolved);
      if (ownership.resolvesWholeTransactions() && resolved.isAfter(settled)) {
        // where it was
        settled = HlcTimestamp.NONE;
      }
      PartitionCheckpoint row = state.after(left.get(state), settled);
      any = row;
      if (!row.isWhere(state.committed())) {
        rows.add(row);
      }
    }
    boolean complete = least.isEmpty() || least.get().isAfter(frontier);
    if (rows.isEmpty() && writes && any != null) {
      // rows are never written without a checkpoint row: it is the fence
      rows.add(any);
    }
    return new Advance(rows, frontierRow(newestWritten, complete));
  }

  private static HlcTimestamp earlier(Optional<HlcTimestamp> bound, HlcTimestamp time) {
    return bound.map(b -> HlcTimestamp.min(b, time)).orElse(time);
  }

  /**
   * @param complete whether all that is due takes effect; the frontier stays where it is if not
   */
  private Optional<FrontierCheckpoint> frontierRow(HlcTimestamp newestWritten, boolean complete) {
    if (!ownership.isWholeFeed()) {
      return Optional.empty();
    }
    FrontierCheckpoint now = ownership.frontier();
    HlcTimestamp frontier = complete ? this.frontier : now.frontier();
    HlcTimestamp snapshotFrom = now.snapshotFrom();
    if (newestWritten.isAfter(frontier)) {
      snapshotFrom = HlcTimestamp.max(snapshotFrom, newestWritten);
    }
    if (read && frontier.isKnown()) {
      // more of them may come, up to the next frontier at least
      snapshotFrom =
          HlcTimestamp.max(
              snapshotFrom, new HlcTimestamp(frontier.wallNanos(), frontier.logical() + 1));
    }
    if (now.frontier().isAfter(frontier)) {
      // a topic joined that is not as far: what the others have is ahead of the frontier now
      snapshotFrom = HlcTimestamp.max(snapshotFrom, now.frontier());
    }
    FrontierCheckpoint next = now.moved(frontier, snapshotFrom);
    return next.isWhere(now) ? Optional.empty() : Optional.of(next);
  }

  @Override
  public void report(Map<Integer, Refusal> rejected) {
    rejected.forEach(
        (i, refusal) -> {
          HeldChange change = chosen.get(i);
          rejector.report(
              change.record(),
              change.change().origin(),
              refusal.reason(),
              Map.of(
                  Rejector.HEADER_TABLE,
                  refusal.table().toString(),
                  Rejector.HEADER_KEY_COLUMNS,
                  String.join(",", refusal.keyColumns()),
                  Rejector.headerOf(refusal.code()),
                  refusal.code(),
                  Rejector.HEADER_CONSTRAINT,
                  refusal.constraint(),
                  Rejector.HEADER_HLC,
                  change.change().version().toString()));
        });
    rejector.await();
  }

  @Override
  public Postscript remember(Outcome outcome) {
    List<OpenRejection> rejected = new ArrayList<>();
    outcome.rejected().forEach((i, refusal) -> rejected.add(rejection(chosen.get(i), refusal)));
    return remember(
        outcome.plan().rows().stream()
            .flatMap(row -> row.changes().stream())
            .map(i -> chosen.get(i).change()),
        rejected);
  }

  /** As {@link #remember(Outcome)}, of what was not chosen here and takes effect all the same. */
  Postscript rememberWhole(List<Change> applied) {
    return remember(applied.stream(), List.of());
  }

  private Postscript remember(Stream<Change> applied, List<OpenRejection> rejected) {
    OpenRejections known = ownership.rejections();
    List<OpenRejection> all = new ArrayList<>(unreadable());
    all.addAll(rejected);
    rejections =
        all.isEmpty() && !known.mayBeMended() ? RejectionChange.NONE : known.after(applied, all);
    RejectionChange change = rejections;
    return open -> known.write(open, change);
  }

  /** The unreadable records that the advance covers. */
  private List<OpenRejection> unreadable() {
    List<OpenRejection> found = new ArrayList<>();
    for (PartitionCheckpoint row : last.partitions()) {
      PartitionState state = ownership.claimed().get(row.partition());
      for (long offset : state.unreadableBelow(row.appliedOffset())) {
        found.add(OpenRejection.unreadable(row.partition(), offset));
      }
    }
    return found;
  }

  private static OpenRejection rejection(HeldChange held, Refusal refusal) {
    Origin origin = held.change().origin();
    return new OpenRejection(
        new TopicPartition(origin.topic(), origin.partition()),
        origin.offset(),
        refusal.table().toString(),
        RejectedKey.hash(held.change().info()),
        held.change().version(),
        refusal.code(),
        1);
  }
}
