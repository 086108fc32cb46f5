package dev.belay.source.sinkless;

import dev.belay.source.cluster.ClusterException;
import dev.belay.source.feed.HlcTimestamp;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of a feed, window by window: held until their resolved time, then handed over with it. Ends
 * at the first trouble, when what is held is forgotten: the next one begins at the cursors and gets
 * it again. The task's thread only, but for {@link #close}.
 */
final class Stream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Stream.class);

  private final FeedReader reader;
  private final Records records;
  private final Cursors cursors;
  private final HeldRows held;
  private final Outgoing.Limits limits;
  private final Counters counters;
  private final Set<Route> routes;
  private List<FeedItem> arrived = List.of();
  private int taken;
  private Optional<Outgoing> outgoing = Optional.empty();
  private boolean saidEarly;
  private long spilledBefore;

  /**
   * @param reader owned from now on
   * @param routes of all tables; rows of column families add theirs
   */
  Stream(
      FeedReader reader,
      Records records,
      Cursors cursors,
      HeldRows held,
      Outgoing.Limits limits,
      Counters counters,
      Set<Route> routes) {
    this.reader = reader;
    this.records = records;
    this.cursors = cursors;
    this.held = held;
    this.limits = limits;
    this.counters = counters;
    this.routes = new HashSet<>(routes);
    cursors.again();
  }

  /**
   * The next records; none if nothing is complete in time.
   *
   * @throws ClusterException if the feed has ended
   * @throws IOException if the disk fails
   */
  List<SourceRecord> poll(Duration patience)
      throws InterruptedException, ClusterException, IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (outgoing.isEmpty()) {
      if (taken == arrived.size()) {
        long left = deadline - System.nanoTime();
        arrived = reader.take(Math.max(0, left));
        taken = 0;
        if (arrived.isEmpty()) {
          Optional<ClusterException> end = reader.ended();
          if (end.isPresent()) {
            held.clear();
            throw end.get();
          }
          if (left <= 0) {
            return List.of();
          }
        }
      }
      accept();
    }
    return handOver();
  }

  private void accept() throws IOException {
    while (taken < arrived.size() && outgoing.isEmpty()) {
      FeedItem item = arrived.get(taken++);
      if (item instanceof FeedItem.Row row) {
        accept(row);
      } else {
        accept((FeedItem.Resolved) item);
      }
    }
  }

  private void accept(FeedItem.Row row) throws IOException {
    if (cursors.has(row)) {
      counters.leftOut.increment();
      return;
    }
    if (cursors.mayHave(row)) {
      counters.repeated.increment();
    }
    routes.add(row.route());
    held.add(row);
    if (held.isFull()) {
      if (!saidEarly) {
        LOG.warn(
            "feed.buffer.bytes ({}) is used up before the resolved time has come, and there is no"
                + " spill.dir: rows are handed over early, at least once instead of exactly once."
                + " Set spill.dir, or more memory.",
            held.bytes());
        saidEarly = true;
      }
      outgoing =
          Optional.of(new Outgoing(records, cursors, held.all(), Optional.empty(), Set.of()));
    }
  }

  private void accept(FeedItem.Resolved resolved) {
    HlcTimestamp time = resolved.time();
    boolean moves = cursors.tables().stream().anyMatch(table -> time.isAfter(cursors.of(table)));
    if (moves) {
      outgoing =
          Optional.of(
              new Outgoing(
                  records,
                  cursors,
                  held.upTo(time),
                  Optional.of(resolved),
                  new ArrayList<>(routes)));
    }
  }

  private List<SourceRecord> handOver() throws IOException {
    Outgoing window = outgoing.orElseThrow();
    long before = window.sent();
    List<SourceRecord> chunk = window.next(limits);
    counters.rows.add(window.sent() - before);
    if (window.isEarly()) {
      counters.early.add(window.sent() - before);
    }
    if (window.isDone()) {
      outgoing = Optional.empty();
      if (!window.isEarly()) {
        counters.windows.increment();
        saidEarly = false;
      }
    }
    counters.spilled.add(held.spilled() - spilledBefore);
    spilledBefore = held.spilled();
    return chunk;
  }

  /** Ends the reader; what is held stays until the task's thread forgets it. */
  @Override
  public void close() {
    reader.close();
  }
}
