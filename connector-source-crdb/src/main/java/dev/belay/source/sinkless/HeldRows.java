package dev.belay.source.sinkless;

import dev.belay.source.feed.HlcTimestamp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Rows that wait for their resolved time, in the order in which they came: in memory up to a limit,
 * beyond it on disk where a folder is given. The task's thread only.
 *
 * <p>Invariant InOrder: while a release is being read, nothing is added but by the release itself,
 * which puts back the rows above its time.
 */
final class HeldRows {

  /** Rows that leave, in order. */
  interface Release {
    /** The next row; empty after the last one. */
    Optional<FeedItem.Row> next() throws IOException;
  }

  private final long limit;
  private final Optional<SpillDirectory> spill;
  private List<FeedItem.Row> memory = new ArrayList<>();
  private long bytes;
  private Optional<SpillFile> file = Optional.empty();
  private long spilled;

  /**
   * @param limit of the rows in memory, in bytes
   */
  HeldRows(long limit, Optional<SpillDirectory> spill) {
    this.limit = limit;
    this.spill = spill;
  }

  /**
   * @throws IOException if the disk does not take it
   */
  void add(FeedItem.Row row) throws IOException {
    if (file.isPresent() || bytes >= limit && spill.isPresent()) {
      if (file.isEmpty()) {
        file = Optional.of(spill.get().file());
      }
      file.get().add(row);
      spilled++;
      return;
    }
    memory.add(row);
    bytes += row.bytes();
  }

  /** Whether memory is used up and there is no disk for more. */
  boolean isFull() {
    return bytes >= limit && spill.isEmpty();
  }

  boolean isEmpty() {
    return memory.isEmpty() && file.isEmpty();
  }

  /** Of rows in memory. */
  long bytes() {
    return bytes;
  }

  /** Rows that went to disk, since the beginning. */
  long spilled() {
    return spilled;
  }

  /** All rows at or below a time leave; the others stay. */
  Release upTo(HlcTimestamp time) {
    Iterator<FeedItem.Row> first = memory.iterator();
    Optional<SpillFile> then = file;
    empty();
    return () -> {
      while (first.hasNext()) {
        FeedItem.Row row = first.next();
        if (!row.time().isAfter(time)) {
          return Optional.of(row);
        }
        add(row);
      }
      while (then.isPresent()) {
        Optional<FeedItem.Row> row = then.get().next();
        if (row.isEmpty() || !row.get().time().isAfter(time)) {
          return row;
        }
        add(row.get());
      }
      return Optional.empty();
    };
  }

  /** All rows leave. */
  Release all() {
    return upTo(new HlcTimestamp(Long.MAX_VALUE, Integer.MAX_VALUE));
  }

  /** Forgets all rows. */
  void clear() throws IOException {
    if (file.isPresent()) {
      file.get().close();
    }
    empty();
  }

  private void empty() {
    memory = new ArrayList<>();
    bytes = 0;
    file = Optional.empty();
  }
}
