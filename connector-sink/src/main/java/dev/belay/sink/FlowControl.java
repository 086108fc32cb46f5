package dev.belay.sink;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.failure.StopException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps memory bounded (invariant I8 Bounded): pauses the partitions that are ahead, so that the
 * ones that hold the frontier back can catch up.
 */
final class FlowControl {
  private static final Logger LOG = LoggerFactory.getLogger(FlowControl.class);

  /**
   * So many bytes are read beside a window that is being written, or as many as it has and half as
   * many more; of a slow target more. Else it makes the next window no cheaper, and what lives that
   * long costs the garbage collector more than it saves.
   */
  static final long READ_AHEAD = 3 << 20;

  /** Bytes a second below which a target is far away, or slow: larger windows spare round trips. */
  static final long SLOW = 6 << 20;

  private final SinkTaskContext context;
  private final long mostBytes;
  private final boolean failOnOversize;
  private final Set<TopicPartition> paused = new HashSet<>();

  private long readAhead = READ_AHEAD;

  /** Whether the log says that partitions are paused: not where they are only a little ahead. */
  private boolean told;

  FlowControl(SinkTaskContext context, long mostBytes, boolean failOnOversize) {
    this.context = context;
    this.mostBytes = mostBytes;
    this.failOnOversize = failOnOversize;
  }

  /** How much may be brought back into memory at once, in bytes. */
  long memory() {
    return mostBytes / 2;
  }

  /** Whether what is held in memory has reached the bound. */
  boolean isFull(Map<TopicPartition, PartitionState> claimed) {
    return bytes(claimed.values()) >= mostBytes;
  }

  /**
   * @throws StopException if the bound is not to be dealt with by applying in pieces
   */
  void requireRoom(Map<TopicPartition, PartitionState> claimed) {
    if (failOnOversize && isFull(claimed)) {
      throw new StopException(
          "A window of "
              + bytes(claimed.values())
              + " bytes does not fit into window.buffer.bytes="
              + mostBytes
              + ", and window.oversize=fail. Raise the buffer and the worker's heap, or set"
              + " spill.dir, or set window.oversize=apply, which applies it in pieces and gives up the"
              + " snapshot for its duration.");
    }
  }

  /**
   * Whether so much is held that a window under way is better waited for.
   *
   * @param underWay bytes of what is held that are being written
   */
  boolean isCrowded(Map<TopicPartition, PartitionState> claimed, long underWay) {
    long held = bytes(claimed.values());
    return held >= mostBytes / 2 || held - underWay >= enough(underWay);
  }

  /**
   * How many bytes are worth reading beside those that are being written: another window like that
   * one and a bit, since a window that is not whole cannot follow it.
   */
  private long enough(long underWay) {
    return Math.max(readAhead, underWay + underWay / 2);
  }

  /**
   * Whether so much is held that the window after the one under way is worth planning.
   *
   * @param underWay bytes of what is held that are being written
   */
  boolean isWorthPlanning(Map<TopicPartition, PartitionState> claimed, long underWay) {
    long ready = bytes(claimed.values()) - underWay;
    return ready >= underWay / 2 || isCrowded(claimed, underWay);
  }

  /**
   * Learns from a window how much is worth reading while the next is written.
   *
   * @param bytes of its records
   * @param took from its plan to the answer to COMMIT
   */
  void landed(long bytes, Duration took) {
    boolean slow = bytes < SLOW * took.toNanos() / 1e9;
    if (!slow) {
      readAhead = Math.max(READ_AHEAD, readAhead / 2);
    } else if (bytes >= readAhead / 2) {
      // it was as large as it could be
      readAhead = Math.min(Math.max(READ_AHEAD, mostBytes / 2), 2 * readAhead);
    }
  }

  /**
   * @param onDisk bytes that are not in memory any more, and wait all the same
   * @param underWay bytes of what is held that are being written
   * @param hopeless whether all rows that wait for others were tried since anything was written, so
   *     that only what is still to be read can help them
   */
  void regulate(
      Map<TopicPartition, PartitionState> claimed, long onDisk, long underWay, boolean hopeless) {
    long held = bytes(claimed.values()) + onDisk;
    paused.retainAll(claimed.keySet());
    // what is ahead gains nothing by being read early, though there be room for it
    long pauseAt = Math.min(mostBytes / 2, underWay + 2 * enough(underWay));
    if (held < pauseAt / 2) {
      resume(Set.copyOf(paused), held);
      return;
    }
    HlcTimestamp least = least(claimed.values(), PartitionState::resolved);
    boolean enoughRead = least.isAfter(least(claimed.values(), PartitionState::confirmed));
    // a window that only waits for Kafka's metadata needs no more records
    Set<TopicPartition> ahead =
        enoughRead ? new HashSet<>(claimed.keySet()) : ahead(claimed, held, least, mostBytes);
    if (hopeless && !enoughRead && held >= mostBytes && ahead.size() == claimed.size()) {
      throw new StopException(
          "The buffer (window.buffer.bytes="
              + mostBytes
              + ") is full of rows which wait for rows that did not come: parents that are rejected,"
              + " missing, or not in the feed. Or of deletes that would take children along (ON DELETE"
              + " CASCADE, SET NULL), which wait for the frontier. Look for foreign key violations in"
              + " the log and at the metric stall, or raise the buffer.");
    }
    // whoever was ahead and now holds the others back would do so for ever
    Set<TopicPartition> wanted = new HashSet<>(paused);
    wanted.removeAll(ahead);
    resume(wanted, held);
    if (held >= pauseAt) {
      ahead.removeAll(paused);
      pause(ahead, held);
    }
  }

  private static HlcTimestamp least(
      Collection<PartitionState> states, Function<PartitionState, HlcTimestamp> time) {
    return states.stream().map(time).reduce(HlcTimestamp::min).orElse(HlcTimestamp.NONE);
  }

  private static Set<TopicPartition> ahead(
      Map<TopicPartition, PartitionState> claimed, long held, HlcTimestamp least, long mostBytes) {
    boolean remembering = claimed.values().stream().anyMatch(PartitionState::isRemembering);
    Set<TopicPartition> ahead = new HashSet<>();
    claimed.forEach(
        (partition, state) -> {
          if (remembering) {
            // nothing is applied before those that read again have come to where they were
            if (!state.isRemembering()) {
              ahead.add(partition);
            }
            return;
          }
          boolean holdsBack = state.holdsBack().orElse(!state.resolved().isAfter(least));
          boolean waitsForOthers = held >= mostBytes && state.blocked() > 0;
          if (!holdsBack || waitsForOthers) {
            ahead.add(partition);
          }
        });
    return ahead;
  }

  /** Pauses everything, until {@link #regulate} finds that there is room. */
  void pauseAll(Map<TopicPartition, PartitionState> claimed) {
    Set<TopicPartition> more = new HashSet<>(claimed.keySet());
    more.removeAll(paused);
    pause(more, bytes(claimed.values()));
  }

  private void pause(Set<TopicPartition> partitions, long held) {
    if (!partitions.isEmpty()) {
      if (!told && held >= mostBytes / 2) {
        told = true;
        LOG.info("{} bytes are held: pausing partitions that are ahead, from now on", held);
      }
      context.pause(partitions.toArray(TopicPartition[]::new));
      paused.addAll(partitions);
    }
  }

  private void resume(Set<TopicPartition> partitions, long held) {
    if (!partitions.isEmpty()) {
      context.resume(partitions.toArray(TopicPartition[]::new));
      paused.removeAll(partitions);
      if (told && paused.isEmpty()) {
        told = false;
        LOG.info("{} bytes are held: no partition is paused any more", held);
      }
    }
  }

  /** Forgets what was paused of partitions that were claimed or revoked. */
  void forget(Collection<TopicPartition> partitions) {
    paused.removeAll(partitions);
  }

  private static long bytes(Collection<PartitionState> states) {
    return states.stream().mapToLong(PartitionState::heldBytes).sum();
  }
}
