package dev.belay.sink;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.checkpoint.OffsetRanges;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.checkpoint.RewindTrail;
import dev.belay.sink.failure.StopException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * One claimed partition between its checkpoint and its newest record.
 *
 * <pre>
 *   rewind ........ applied ............ next
 *   |  known: only  |  held, or applied   |  not read yet
 *   |  remembered   |  ahead, or replays  |
 * </pre>
 */
final class PartitionState {
  /** So many falls back within {@link #WITNESSED} resolved times are no restart of one feed. */
  static final int FALLS_OF_TWO_FEEDS = 5;

  static final int WITNESSED = 20;

  private final PartitionCheckpoint claimed;
  private final int memoryWithoutResolved;
  private PartitionCheckpoint committed;
  private long next;
  private long highestAhead = -1;
  private HlcTimestamp highestAheadTime = HlcTimestamp.NONE;
  private HlcTimestamp promised = HlcTimestamp.NONE;
  private HlcTimestamp resolved;
  private long resolvedOffset = -1;
  private Function<HlcTimestamp, OptionalLong> awaited = known -> OptionalLong.empty();
  private long awaitedBytes;
  private int reads;
  private Optional<Boolean> holdsBack = Optional.empty();
  private HlcTimestamp asked;
  private HlcTimestamp confirmed;
  private final RewindTrail trail = new RewindTrail();
  private List<HeldChange> held = new ArrayList<>();
  private long heldBytes;
  private int blocked;
  private Optional<Spilled> spilled = Optional.empty();
  private boolean holdsKnown;
  private final List<Long> unreadable = new ArrayList<>();
  private HlcTimestamp lastSeen = HlcTimestamp.NONE;
  private boolean pastSnapshot;
  private final List<Boolean> falls = new ArrayList<>();

  /**
   * @param memoryWithoutResolved how many records are to be read again by a restart if the
   *     partition never resolved, so that nothing is ever final
   */
  PartitionState(PartitionCheckpoint claimed, int memoryWithoutResolved) {
    this.claimed = claimed;
    this.memoryWithoutResolved = memoryWithoutResolved;
    this.committed = claimed;
    this.next = claimed.rewindOffset();
    this.resolved = claimed.resolved();
    this.asked = claimed.resolved();
    this.confirmed = claimed.resolved();
  }

  PartitionCheckpoint committed() {
    return committed;
  }

  /**
   * The time up to which all versions have taken effect, or are under way. What comes at or below
   * it now was read before, whether the window under way arrives or not.
   */
  HlcTimestamp settled() {
    return HlcTimestamp.max(committed.resolved(), promised);
  }

  /** Takes note of what a checkpoint will say that is under way, or about to be. */
  void promise(HlcTimestamp settled) {
    promised = HlcTimestamp.max(promised, settled);
  }

  /** Offset of the next record expected; what is below was read in this claim. */
  long next() {
    return next;
  }

  void read(long offset) {
    next = offset + 1;
  }

  /** Whether a record took effect before this claim. */
  boolean isKnown(long offset) {
    return offset < claimed.appliedOffset() && !claimed.held().contains(offset);
  }

  /** Whether records that took effect before this claim are still to be read. */
  boolean isRemembering() {
    return next < claimed.appliedOffset();
  }

  /**
   * Takes note of whether a change is of a first reading of all rows that has no place in the log.
   *
   * @return whether changes from the log came before it, which is then older than they are
   */
  boolean fallsBack(boolean ofSnapshot) {
    pastSnapshot |= !ofSnapshot;
    return ofSnapshot && pastSnapshot;
  }

  /** What was resolved before this claim: of records up to there nothing is remembered. */
  HlcTimestamp resolvedAtClaim() {
    return claimed.resolved();
  }

  /** Newest resolved time read. */
  HlcTimestamp resolved() {
    return resolved;
  }

  /** Newest resolved time after which the set of partitions was seen to be complete. */
  HlcTimestamp confirmed() {
    return confirmed;
  }

  /** Marks what a reading of the topics' metadata that starts now will confirm. */
  void ask() {
    asked = resolved;
  }

  void confirm() {
    confirmed = HlcTimestamp.max(confirmed, asked);
  }

  boolean awaitsConfirmation() {
    return resolved.isAfter(confirmed);
  }

  /**
   * Takes a resolved time. One that repeats or falls back is normal once, when the feed was
   * restarted from an earlier checkpoint.
   *
   * @throws StopException if the times are those of two feeds
   */
  void resolve(Resolved message) {
    boolean fall = lastSeen.isKnown() && lastSeen.isAfter(message.time());
    lastSeen = message.time();
    falls.add(fall);
    if (falls.size() > WITNESSED) {
      falls.remove(0);
    }
    if (falls.stream().filter(f -> f).count() >= FALLS_OF_TWO_FEEDS) {
      throw new StopException(
          "At "
              + message.origin()
              + ": resolved times fall back again and again, as they do when two changefeeds write to"
              + " one topic. A resolved time of one says nothing about the rows of the other, so"
              + " nothing can be applied safely. Cancel one of the changefeeds (SHOW CHANGEFEED JOBS),"
              + " or give it topics of its own (topic_prefix).");
    }
    if (message.time().isAfter(resolved)) {
      resolved = message.time();
      resolvedOffset = message.origin().offset();
    }
  }

  /** Takes a time up to which everything is complete that the partitions together have sent. */
  void resolve(HlcTimestamp time) {
    resolved = HlcTimestamp.max(resolved, time);
  }

  /** Takes note of a record that has nothing to apply, and is to be read again with its version. */
  void passed(long offset, HlcTimestamp version) {
    trail.add(offset, version);
  }

  /**
   * Takes note of records that say what is complete, and what is not yet.
   *
   * @param first offset of the first of them that is to be read again when everything up to a time
   *     has taken effect
   * @param bytes what remembering them takes
   */
  void awaits(Function<HlcTimestamp, OptionalLong> first, long bytes) {
    awaited = first;
    awaitedBytes = bytes;
  }

  /**
   * Whether the frontier waits for what this partition has next; empty if that is to be told by its
   * resolved time.
   */
  Optional<Boolean> holdsBack() {
    return holdsBack;
  }

  void holdsBack(boolean now) {
    holdsBack = Optional.of(now);
  }

  void hold(HeldChange change) {
    held.add(change);
    holdsKnown |= change.isKnown();
    heldBytes += change.bytes();
    reads += change.change().info().isRead() ? 1 : 0;
    trail.add(change.offset(), change.change().version());
  }

  /** A record was reported that nobody can read; the next checkpoint to cover it counts it. */
  void unreadable(long offset) {
    unreadable.add(offset);
  }

  /** The unreadable records that a checkpoint covers, and the committed one does not. */
  List<Long> unreadableBelow(long appliedOffset) {
    return unreadable.stream().filter(offset -> offset < appliedOffset).toList();
  }

  List<HeldChange> held() {
    return held;
  }

  /**
   * What of this partition waits on disk.
   *
   * @param first lowest offset
   * @param least lowest commit time
   */
  record Spilled(long first, HlcTimestamp least) {
    Spilled and(Spilled other) {
      return new Spilled(Math.min(first, other.first), HlcTimestamp.min(least, other.least));
    }
  }

  /** Empty if nothing waits on disk. */
  Optional<Spilled> spilled() {
    return spilled;
  }

  /** Takes note that {@link #held} goes to disk. */
  List<HeldChange> spill() {
    List<HeldChange> gone = held;
    for (HeldChange change : gone) {
      Spilled one = new Spilled(change.offset(), change.change().version());
      spilled = Optional.of(spilled.map(s -> s.and(one)).orElse(one));
    }
    held = new ArrayList<>();
    heldBytes = 0;
    reads = 0;
    return gone;
  }

  /** Takes note of what is left on disk. */
  void spilled(Optional<Spilled> left) {
    spilled = left;
  }

  /** Takes back what was on disk, in order of offset, before anything else is held. */
  void restore(List<HeldChange> changes) {
    spilled = Optional.empty();
    held.addAll(0, changes);
    heldBytes += changes.stream().mapToLong(HeldChange::bytes).sum();
    reads += (int) changes.stream().filter(h -> h.change().info().isRead()).count();
  }

  long heldBytes() {
    return heldBytes + awaitedBytes;
  }

  /** Whether any of {@link #held} was read from its table, and does not wait for other rows. */
  boolean holdsRead() {
    return reads > 0;
  }

  /** How many of {@link #held} were tried and wait for other rows. */
  int blocked() {
    return blocked;
  }

  /**
   * The checkpoint for when all but the given changes have taken effect.
   *
   * @param left of {@link #held}, in order of offset
   * @param newResolved every version at or below it will have taken effect
   */
  PartitionCheckpoint after(List<HeldChange> left, HlcTimestamp newResolved) {
    HlcTimestamp known = HlcTimestamp.max(newResolved, committed.resolved());
    // what took effect before this claim did so whether it was read again yet or not
    long reached = Math.max(next, committed.appliedOffset());
    long firstLeft = left.isEmpty() ? reached : left.get(0).offset();
    // on disk is only what nothing behind it was applied ahead of: see Spilling
    firstLeft = spilled.isPresent() ? Math.min(firstLeft, spilled.get().first()) : firstLeft;
    // a restart could not tell what waits from what has taken effect behind it
    boolean amongApplied = !left.isEmpty() && aheadAfter(left, known) > firstLeft;
    long applied = amongApplied ? reached : Math.max(firstLeft, committed.appliedOffset());
    List<Long> waiting = new ArrayList<>();
    for (int i = 0; i < left.size() && left.get(i).offset() < applied; i++) {
      waiting.add(left.get(i).offset());
    }
    claimed.held().from(next).forEach(waiting::add);
    long rewind = Math.min(next, Math.min(applied, firstLeft));
    OptionalLong trailed = trail.firstAbove(known);
    if (trailed.isPresent()) {
      // events are counted again, all of them
      boolean counted = holdsBack.isPresent();
      long floor = known.isKnown() || counted ? 0 : applied - memoryWithoutResolved;
      rewind = Math.min(rewind, Math.max(trailed.getAsLong(), floor));
    }
    OptionalLong open = awaited.apply(known);
    if (open.isPresent()) {
      rewind = Math.min(rewind, open.getAsLong());
    }
    if (resolved.isAfter(known) && resolvedOffset >= 0) {
      // the promise itself is to be read again too: there may be no later one
      rewind = Math.min(rewind, resolvedOffset);
    }
    return committed.moved(applied, rewind, known, OffsetRanges.of(waiting));
  }

  /** The highest offset that takes effect ahead of the resolved time, or -1. */
  private long aheadAfter(List<HeldChange> left, HlcTimestamp known) {
    long highest = highestAheadTime.isAfter(known) ? highestAhead : -1;
    int stays = left.size() - 1;
    for (int i = held.size() - 1; i >= 0; i--) {
      HeldChange change = held.get(i);
      if (stays >= 0 && left.get(stays) == change) {
        stays--;
      } else if (change.change().version().isAfter(known)) {
        return Math.max(highest, change.offset());
      }
    }
    return highest;
  }

  /** What is held only to be remembered: it took effect before this claim. */
  List<HeldChange> known() {
    return holdsKnown ? held.stream().filter(HeldChange::isKnown).toList() : List.of();
  }

  /** Lets go of {@link #known}. */
  void dropKnown() {
    if (holdsKnown) {
      holdsKnown = false;
      committed(committed, held.stream().filter(h -> !h.isKnown()).toList());
    }
  }

  /**
   * Takes over what was committed.
   *
   * @param left of {@link #held}, in its order
   */
  void committed(PartitionCheckpoint row, List<HeldChange> left) {
    HlcTimestamp known = row.resolved();
    int stays = 0;
    for (HeldChange change : held) {
      if (stays < left.size() && left.get(stays) == change) {
        stays++;
      } else if (change.change().version().isAfter(known)) {
        highestAhead = Math.max(highestAhead, change.offset());
        highestAheadTime = HlcTimestamp.max(highestAheadTime, change.change().version());
      }
    }
    committed = row;
    unreadable.removeIf(offset -> offset < row.appliedOffset());
    held = new ArrayList<>(left);
    heldBytes = 0;
    blocked = 0;
    reads = 0;
    for (HeldChange change : left) {
      heldBytes += change.bytes();
      reads += !change.isBlocked() && change.change().info().isRead() ? 1 : 0;
      blocked += change.isBlocked() ? 1 : 0;
    }
    trail.forgetUpTo(known);
  }
}
