package dev.belay.sink.metrics;

import dev.belay.sink.change.HlcTimestamp;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The counters and gauges of one task. Written by the task's thread, read by any. */
public final class SinkMetrics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SinkMetrics.class);
  private static final int REMEMBERED_TIMES = 1000;

  private final LongSupplier wallNanos;
  private final String connector;
  private final String task;
  private final AtomicLong applied = new AtomicLong();
  private final AtomicLong folded = new AtomicLong();
  private final AtomicLong replayed = new AtomicLong();
  private final AtomicLong rejected = new AtomicLong();
  private final AtomicLong resolved = new AtomicLong();
  private final AtomicLong ignored = new AtomicLong();
  private final AtomicLong echoes = new AtomicLong();
  private final AtomicLong suspects = new AtomicLong();
  private final AtomicLong sourceWon = new AtomicLong();
  private final AtomicLong targetWon = new AtomicLong();
  private final AtomicLong merged = new AtomicLong();
  private final AtomicLong contested = new AtomicLong();
  private final AtomicLong sequencesMoved = new AtomicLong();
  private final AtomicLong transactions = new AtomicLong();
  private final AtomicLong retries = new AtomicLong();
  private final AtomicLong lostEpochs = new AtomicLong();
  private final AtomicLong restores = new AtomicLong();
  private final long[] applyNanos = new long[REMEMBERED_TIMES];
  private final Map<TopicPartition, PartitionMeter.Reading> partitions = new HashMap<>();
  private Optional<MeterBoard> board = Optional.empty();
  private volatile HlcTimestamp frontier = HlcTimestamp.NONE;
  private volatile Optional<HlcTimestamp> atSource = Optional.empty();
  private volatile boolean snapshot;
  private volatile String unverified = "";
  private volatile String stall = "";
  private volatile String delivering = "";
  private volatile long windowRecords;
  private volatile long windowBytes;
  private volatile long spilledBytes;
  private volatile long blocked;
  private volatile long sequencesAtRisk;
  private volatile long openRejections;
  private volatile long openRejectionsUnkeyed;

  /**
   * @param wallNanos the wall clock, in nanoseconds since the epoch
   */
  public SinkMetrics(String connector, String task, LongSupplier wallNanos) {
    this.connector = connector;
    this.task = task;
    this.wallNanos = wallNanos;
  }

  /** Shows the meters: through the worker where it can (Kafka 4.1), else in JMX by itself. */
  public void register(SinkTaskContext context) {
    board = Optional.of(worker(context).orElseGet(() -> new JmxBoard(connector, task, this)));
  }

  private Optional<MeterBoard> worker(SinkTaskContext context) {
    try {
      return WorkerBoard.open(context, this);
    } catch (LinkageError olderWorker) {
      LOG.debug("The worker has no metrics for plugins; showing them in JMX");
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    board.ifPresent(MeterBoard::close);
    board = Optional.empty();
    partitions.clear();
  }

  /**
   * The partitions that this task has, with their newest resolved times; those that are not in it
   * any more are shown no more.
   */
  public void partitions(Map<TopicPartition, HlcTimestamp> resolved) {
    if (board.isEmpty()) {
      return;
    }
    board.get().refresh();
    for (TopicPartition gone : Set.copyOf(partitions.keySet())) {
      if (!resolved.containsKey(gone)) {
        partitions.remove(gone);
        board.get().hide(gone);
      }
    }
    resolved.forEach(
        (partition, time) -> {
          PartitionMeter.Reading reading = partitions.get(partition);
          if (reading == null) {
            reading = new PartitionMeter.Reading(this);
            partitions.put(partition, reading);
            board.get().show(partition, reading);
          }
          reading.resolved(time);
        });
  }

  public void committed(long appliedRows, long foldedChanges, long replays, Duration took) {
    applied.addAndGet(appliedRows);
    folded.addAndGet(foldedChanges);
    replayed.addAndGet(replays);
    synchronized (applyNanos) {
      applyNanos[(int) (transactions.getAndIncrement() % REMEMBERED_TIMES)] = took.toNanos();
    }
  }

  public void replayed(long count) {
    replayed.addAndGet(count);
  }

  public void rejected(long count) {
    rejected.addAndGet(count);
  }

  /**
   * @param again whether it was read before this task's time
   */
  public void resolved(boolean again) {
    if (!again) {
      resolved.incrementAndGet();
    }
  }

  /**
   * @param again whether it was read before this task's time
   */
  public void ignored(boolean again) {
    if (!again) {
      ignored.incrementAndGet();
    }
  }

  /**
   * A record that was counted as ignored tells of a change which this feed's other direction wrote.
   *
   * @param again whether it was read before this task's time
   */
  public void echo(boolean again) {
    if (!again) {
      echoes.incrementAndGet();
    }
  }

  /** Rows that both databases had changed, by what became of them; any thread. */
  public void conflicts(long bySource, long byTarget, long byBoth, long rejectedOnes) {
    sourceWon.addAndGet(bySource);
    targetWon.addAndGet(byTarget);
    merged.addAndGet(byBoth);
    contested.addAndGet(rejectedOnes);
  }

  /**
   * What a look at the target's sequences came to.
   *
   * @param moved how many were moved by it
   * @param atRisk how many are not ahead of their rows, or cannot be kept so
   */
  public void sequences(long moved, long atRisk) {
    sequencesMoved.addAndGet(moved);
    sequencesAtRisk = atRisk;
  }

  public void suspect() {
    suspects.incrementAndGet();
  }

  public void retried() {
    retries.incrementAndGet();
  }

  public void lostEpoch() {
    lostEpochs.incrementAndGet();
  }

  public void restored() {
    restores.incrementAndGet();
  }

  /**
   * Takes note of when the frontier was committed, where frontiers are places in a log.
   *
   * @param time empty where they are times
   */
  public void atSource(Optional<HlcTimestamp> time) {
    atSource = time;
  }

  /**
   * @param notYet why the target is no snapshot; empty if it is one
   * @param why why the frontier cannot move; empty if it can
   */
  public void frontier(HlcTimestamp time, String notYet, String why, String mode) {
    frontier = time;
    snapshot = notYet.isEmpty();
    unverified = notYet;
    stall = why;
    delivering = mode;
  }

  /**
   * @param onDisk bytes that wait in spill.dir, beside those in memory
   */
  public void window(long records, long bytes, long waiting, long onDisk) {
    spilledBytes = onDisk;
    windowRecords = records;
    windowBytes = bytes;
    blocked = waiting;
  }

  /**
   * @param unkeyed how many of them no newer version of a row can mend
   */
  public void openRejections(long count, long unkeyed) {
    openRejections = count;
    openRejectionsUnkeyed = unkeyed;
  }

  public double getSecondsBehind() {
    return secondsBehind(frontier);
  }

  double secondsBehind(HlcTimestamp place) {
    HlcTimestamp time = place.isKnown() ? atSource.orElse(place) : place;
    return time.isKnown() ? Math.max(0, wallNanos.getAsLong() - time.wallNanos()) / 1e9 : -1;
  }

  public String getFrontier() {
    return frontier.toString();
  }

  public boolean isSnapshot() {
    return snapshot;
  }

  public String getUnverified() {
    return unverified;
  }

  public String getStall() {
    return stall;
  }

  public String getDelivering() {
    return delivering;
  }

  public long getWindowRecords() {
    return windowRecords;
  }

  public long getWindowBytes() {
    return windowBytes;
  }

  public long getSpilledBytes() {
    return spilledBytes;
  }

  public long getBlockedRecords() {
    return blocked;
  }

  public long getApplied() {
    return applied.get();
  }

  public long getFolded() {
    return folded.get();
  }

  public long getReplayed() {
    return replayed.get();
  }

  public long getRejected() {
    return rejected.get();
  }

  public long getOpenRejections() {
    return openRejections;
  }

  public long getOpenRejectionsUnkeyed() {
    return openRejectionsUnkeyed;
  }

  public long getResolvedMessages() {
    return resolved.get();
  }

  public long getIgnored() {
    return ignored.get();
  }

  public long getEchoes() {
    return echoes.get();
  }

  public long getConflicts() {
    return sourceWon.get() + targetWon.get() + merged.get() + contested.get();
  }

  public long getConflictsSource() {
    return sourceWon.get();
  }

  public long getConflictsTarget() {
    return targetWon.get();
  }

  public long getConflictsMerged() {
    return merged.get();
  }

  public long getSequencesMoved() {
    return sequencesMoved.get();
  }

  public long getSequencesAtRisk() {
    return sequencesAtRisk;
  }

  public long getSuspects() {
    return suspects.get();
  }

  public long getTransactions() {
    return transactions.get();
  }

  public long getRetries() {
    return retries.get();
  }

  public long getLostEpochs() {
    return lostEpochs.get();
  }

  public long getRestores() {
    return restores.get();
  }

  public double getApplyMsP50() {
    return percentile(0.5);
  }

  public double getApplyMsP99() {
    return percentile(0.99);
  }

  private double percentile(double share) {
    long[] times;
    synchronized (applyNanos) {
      times = Arrays.copyOf(applyNanos, (int) Math.min(transactions.get(), REMEMBERED_TIMES));
    }
    if (times.length == 0) {
      return 0;
    }
    Arrays.sort(times);
    return times[(int) Math.min(times.length - 1, Math.floor(share * times.length))] / 1e6;
  }
}
