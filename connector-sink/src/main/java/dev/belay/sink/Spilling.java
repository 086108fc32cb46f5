package dev.belay.sink;

import dev.belay.sink.apply.InDoubtException;
import dev.belay.sink.apply.LargeWindow;
import dev.belay.sink.apply.LargeWindow.Piece;
import dev.belay.sink.apply.LargeWindow.UnfitException;
import dev.belay.sink.apply.LargeWindow.Written;
import dev.belay.sink.apply.OutageException;
import dev.belay.sink.apply.TargetCatalog;
import dev.belay.sink.apply.Writer;
import dev.belay.sink.change.Change;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.checkpoint.FenceException;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.spill.SpillDirectory;
import dev.belay.sink.spill.SpillFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what waits for the frontier out of memory and onto disk, where a window is larger than the
 * buffer (invariant I8 Bounded), and writes it from there in one transaction.
 *
 * <p>The disk is no more than a second buffer: Kafka has all of it. Whatever goes wrong with a
 * window on disk, it is dropped, and the partitions are claimed and read again. Only where nothing
 * was applied ahead of the frontier, so that all that is on disk is ahead of all that has taken
 * effect.
 *
 * <p>The writing happens on the {@link Writer}'s thread; the partitions are paused meanwhile, and
 * the task's thread only asks from time to time whether it is over, so that Connect is not kept
 * waiting.
 */
final class Spilling {
  private static final Logger LOG = LoggerFactory.getLogger(Spilling.class);

  /** A window on its way. */
  private record Sent(Window window, SpilledWindow content, Future<Written> end, long since) {}

  /** What became of a window. */
  interface Landing {
    void written(Window window, Written written, long since);

    void failed(Window window, FenceException cause) throws OutageException;

    void startOver(String why);
  }

  private final Optional<SpillDirectory> directory;
  private final long mostBytes;
  private final SpillCodec codec;
  private final LargeWindow applier;
  private final SpilledWindow.Sorting sorting;
  private final Writer writer;
  private Optional<SpillFile> waiting = Optional.empty();
  private Optional<Sent> sent = Optional.empty();
  private HlcTimestamp offUntil = HlcTimestamp.NONE;
  private HlcTimestamp highest = HlcTimestamp.NONE;

  /**
   * @param directory empty if nothing is to be put on disk
   * @param mostBytes most that may wait on disk; while it is written it may take twice as much
   */
  Spilling(
      Optional<SpillDirectory> directory,
      long mostBytes,
      SpillCodec codec,
      LargeWindow applier,
      SpilledWindow.Sorting sorting,
      Writer writer) {
    this.directory = directory;
    this.mostBytes = mostBytes;
    this.codec = codec;
    this.applier = applier;
    this.sorting = sorting;
    this.writer = writer;
  }

  /**
   * Whether a window that does not fit into memory can go to disk now.
   *
   * @param snapshotFrom of the target: nothing may have been applied ahead of the frontier
   * @param frontier committed
   */
  boolean isPossible(HlcTimestamp frontier, HlcTimestamp snapshotFrom) {
    return directory.isPresent() && !snapshotFrom.isAfter(frontier) && !offUntil.isAfter(frontier);
  }

  boolean holdsAny() {
    return waiting.isPresent();
  }

  /** Size of what waits on disk, in bytes. */
  long bytes() {
    return waiting.map(SpillFile::bytes).orElse(0L);
  }

  /** Removes what a task that was killed left behind. */
  void clear() {
    try {
      if (directory.isPresent()) {
        directory.get().clear();
      }
    } catch (IOException e) {
      throw failed("emptied", e);
    }
  }

  /**
   * Takes all that the partitions hold.
   *
   * @return false if there is no room left for it: then nothing is on disk any more, and everything
   *     is to be read again and applied in pieces
   * @throws StopException if the disk does not take it
   */
  boolean take(Collection<PartitionState> partitions) {
    long more = partitions.stream().mapToLong(PartitionState::heldBytes).sum();
    if (bytes() + more > mostBytes) {
      LOG.warn(
          "A window is larger than spill.max.bytes={}: it is read again and applied in pieces, and"
              + " the target is no snapshot until the frontier has passed it",
          mostBytes);
      offUntil = highest;
      for (PartitionState state : partitions) {
        state.held().forEach(h -> offUntil = HlcTimestamp.max(offUntil, h.change().version()));
      }
      drop();
      return false;
    }
    try {
      if (waiting.isEmpty()) {
        LOG.info("A window does not fit into window.buffer.bytes; it goes to {}", folder());
        waiting = Optional.of(directory.orElseThrow().file());
      }
      for (PartitionState state : partitions) {
        for (HeldChange change : state.spill()) {
          highest = HlcTimestamp.max(highest, change.change().version());
          waiting.get().add(codec.spilled(change));
        }
      }
      return true;
    } catch (IOException e) {
      throw failed("written", e);
    }
  }

  private Object folder() {
    return directory.map(SpillDirectory::folder).orElseThrow();
  }

  private StopException failed(String what, IOException e) {
    return new StopException(
        "A window of "
            + bytes()
            + " bytes waits on disk, and "
            + folder()
            + " could not be "
            + what
            + " ("
            + e.getClass().getSimpleName()
            + reason(e)
            + "). Nothing is lost: all of it is still in Kafka. Free space for twice the size of the"
            + " largest source transaction, or point spill.dir at a larger disk, and restart the task."
            + " Without spill.dir such a window is applied in pieces.");
  }

  /** The operating system's words, without the path that some exceptions put before it. */
  private static String reason(IOException e) {
    String text = e.getMessage();
    return text == null ? "" : ": " + text;
  }

  /**
   * Begins to write what is due on disk; {@link #land} takes the result.
   *
   * @param mends whether a change is of a row that was rejected before
   */
  void send(
      Window window,
      Map<TopicPartition, PartitionState> claimed,
      Predicate<Change> mends,
      long since) {
    SpilledWindow content =
        new SpilledWindow(
            directory.orElseThrow(),
            waiting.orElseThrow(),
            codec,
            sorting,
            window.frontier(),
            mends);
    LOG.info(
        "Writing a window of {} records, {} bytes from disk",
        waiting.get().records(),
        waiting.get().bytes());
    Future<Written> end =
        writer.submit(
            () -> {
              List<Piece> pieces = content.sort();
              claimed.forEach((partition, state) -> state.spilled(content.left(partition)));
              return applier.write(pieces, window.whole(), window.rememberWhole(content.mending()));
            });
    sent = Optional.of(new Sent(window, content, end, since));
  }

  boolean isUnderWay() {
    return sent.isPresent();
  }

  /** Waits for a while; true if {@link #land} need not wait. */
  boolean await(Duration atMost) {
    try {
      sent.orElseThrow().end().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      // land() tells
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Takes the result of {@link #send}.
   *
   * @throws OutageException nothing was written, everything is to be read again
   * @throws StopException the disk failed, or a person has to mend something
   */
  void land(Map<TopicPartition, PartitionState> claimed, Landing landing, long memory)
      throws OutageException {
    Sent window = sent.orElseThrow();
    sent = Optional.empty();
    try {
      Written written = window.end().get();
      landing.written(window.window(), written, window.since());
      keep(window.content(), claimed, memory);
    } catch (ExecutionException e) {
      fail(window, e.getCause(), landing);
    } catch (IOException e) {
      throw failed("read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OutageException("interrupted while a window is written from disk");
    }
  }

  private void fail(Sent window, Throwable cause, Landing landing) throws OutageException {
    if (cause instanceof FenceException fence) {
      landing.failed(window.window(), fence);
    } else if (cause instanceof InDoubtException) {
      landing.startOver(cause.getMessage() + "; going on from what the checkpoint rows say");
    } else if (cause instanceof OutageException outage) {
      landing.startOver("A window on disk is read again: " + outage.getMessage());
      throw outage;
    } else if (cause instanceof UnfitException) {
      LOG.warn(
          "A window on disk cannot be written in one transaction: {}. It is read again and applied in"
              + " pieces, and the target is no snapshot until the frontier has passed it",
          cause.getMessage());
      offUntil = window.window().frontier();
      landing.startOver("What was on disk is read again");
    } else if (cause instanceof TargetCatalog.CatalogAwayException) {
      landing.startOver("A window on disk is read again: " + cause.getMessage());
      throw new OutageException(cause.getMessage());
    } else if (cause instanceof IOException io) {
      throw failed("read or written", io);
    } else if (cause instanceof UncheckedIOException io) {
      throw failed("read or written", io.getCause());
    } else if (cause instanceof RuntimeException own) {
      throw own;
    } else if (cause instanceof Error error) {
      throw error;
    } else {
      throw new IllegalStateException(cause);
    }
  }

  /** Keeps what was not due: in memory if it fits. */
  private void keep(SpilledWindow content, Map<TopicPartition, PartitionState> claimed, long memory)
      throws IOException {
    SpillFile later = content.later();
    content.dispose();
    if (later.bytes() > memory) {
      waiting = Optional.of(later);
      return;
    }
    Map<TopicPartition, List<HeldChange>> back = new HashMap<>();
    later.each(
        record ->
            back.computeIfAbsent(
                    new TopicPartition(record.topic(), record.partition()), p -> new ArrayList<>())
                .add(codec.held(record)));
    claimed.forEach((partition, state) -> state.restore(back.getOrDefault(partition, List.of())));
    later.delete();
    waiting = Optional.empty();
    highest = HlcTimestamp.NONE;
    clear();
    LOG.info("The window from disk is committed; {} records are ahead of it", later.records());
  }

  /**
   * Ends what is under way because partitions are taken away; {@link #drop} is to follow. Never
   * fails; the checkpoint rows know what happened.
   */
  void end() {
    if (sent.isPresent()) {
      if (!await(Passage.GRACE)) {
        LOG.warn(
            "A transaction is broken off after {} s: its partitions are wanted elsewhere",
            Passage.GRACE.toSeconds());
        writer.breakOff();
        await(Passage.GRACE);
      }
      sent = Optional.empty();
    }
  }

  /** Forgets what is on disk: it is read again from Kafka. */
  void drop() {
    waiting = Optional.empty();
    highest = HlcTimestamp.NONE;
    clear();
  }
}
