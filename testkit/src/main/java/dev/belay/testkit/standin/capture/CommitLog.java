package dev.belay.testkit.standin.capture;

import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.sql.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Committed transactions in commit order, numbered from 0. It keeps what a {@link Hold} asks for,
 * and beyond that the last so many rows, so that a feed may begin a little in the past. One thread
 * appends; others read and wait.
 *
 * <p>Invariant TimeOrder: an entry's time is greater than that of the one before.
 */
public final class CommitLog {

  private static final Entry LEFT =
      new Entry(new Hlc(0, 0), 0, false, List.of(), List.of(), List.of());

  private final int rowsKept;
  private final List<Entry> entries = new ArrayList<>();
  private final Set<Hold> holds = Collections.newSetFromMap(new IdentityHashMap<>());
  // Slots at the start of the list whose entries have left; cleared in bulk, which costs less.
  private int gone;
  private long first;
  private long rows;
  private Hlc trimmedTo = new Hlc(0, 0);
  private Optional<RuntimeException> failure = Optional.empty();

  /**
   * @param rowsKept how many changed rows to keep although nobody holds them
   */
  CommitLog(int rowsKept) {
    this.rowsKept = rowsKept;
  }

  /** Entries were asked for that are gone. */
  public static final class Forgotten extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private Forgotten(long position) {
      super("Nobody held position " + position + " of the commit log");
    }
  }

  /** Keeps entries from a position on until it is released. */
  public final class Hold implements AutoCloseable {
    private long from;

    private Hold(long from) {
      this.from = from;
    }

    /** Lets go of entries before a position. */
    public void moveTo(long position) {
      synchronized (CommitLog.this) {
        from = position;
        trim();
      }
    }

    @Override
    public void close() {
      synchronized (CommitLog.this) {
        holds.remove(this);
        trim();
      }
    }
  }

  synchronized long append(Entry entry) {
    entries.add(entry);
    rows += entry.changes().size();
    trim();
    notifyAll();
    return end();
  }

  /** Makes every wait and read from now on fail. */
  synchronized void fail(RuntimeException cause) {
    failure = Optional.of(cause);
    notifyAll();
  }

  /** The position after the last entry. */
  public synchronized long end() {
    return first + entries.size() - gone;
  }

  /** The position of the oldest entry that is still there. */
  public synchronized long oldest() {
    return first;
  }

  /** Keeps everything that is there now, from the oldest entry on. */
  public synchronized Hold hold() {
    Hold hold = new Hold(first);
    holds.add(hold);
    return hold;
  }

  /**
   * What a statement hears that wants to begin after a time which the log does not reach back to.
   */
  public synchronized Refusal tooOld(Hlc time) {
    return new Refusal(
        "XXUUU",
        "batch timestamp "
            + time.inSeconds()
            + " must be after replica GC threshold "
            + trimmedTo.inSeconds());
  }

  /** The position of the first entry after a time; empty if entries that belong to it are gone. */
  public synchronized Optional<Long> positionAfter(Hlc time) {
    if (trimmedTo.isAfter(time)) {
      return Optional.empty();
    }
    long position = first;
    for (Entry entry : entries.subList(gone, entries.size())) {
      if (entry.time().isAfter(time)) {
        break;
      }
      position++;
    }
    return Optional.of(position);
  }

  /** The time of the last entry that has left; 0 if none has. */
  public synchronized Hlc trimmedTo() {
    return trimmedTo;
  }

  /**
   * Entries from a position up to another one.
   *
   * @param atMost entries to give at once
   * @throws Forgotten if nobody held the first
   */
  public synchronized List<Entry> read(long from, long to, int atMost) {
    failure.ifPresent(
        cause -> {
          throw cause;
        });
    if (from < first) {
      throw new Forgotten(from);
    }
    long end = Math.max(from, Math.min(Math.min(to, end()), from + atMost));
    return List.copyOf(entries.subList(index(from), index(end)));
  }

  /** All entries before a position that are still there. */
  public synchronized List<Entry> readKept(long to) {
    return read(first, Math.max(first, to), Integer.MAX_VALUE);
  }

  /**
   * Returns when there is an entry at a position, somebody called {@link #wake} or the time is
   * over.
   */
  public synchronized void await(long position, Duration atMost) throws InterruptedException {
    if (end() <= position && failure.isEmpty() && atMost.toMillis() > 0) {
      wait(atMost.toMillis());
    }
  }

  /** Ends the waits of all readers, so that they look at what they were told. */
  public synchronized void wake() {
    notifyAll();
  }

  private int index(long position) {
    return gone + (int) (position - first);
  }

  private void trim() {
    long needed = holds.stream().mapToLong(hold -> hold.from).min().orElse(Long.MAX_VALUE);
    while (rows > rowsKept && first < needed && gone < entries.size()) {
      Entry oldest = entries.set(gone, LEFT);
      gone++;
      first++;
      rows -= oldest.changes().size();
      trimmedTo = oldest.time();
    }
    if (gone > entries.size() / 2) {
      entries.subList(0, gone).clear();
      gone = 0;
    }
  }
}
