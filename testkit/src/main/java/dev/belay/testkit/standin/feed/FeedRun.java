package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.capture.Capture.Fence;
import dev.belay.testkit.standin.capture.CommitLog;
import dev.belay.testkit.standin.capture.Entry;
import dev.belay.testkit.standin.encode.ChangefeedEncoder;
import dev.belay.testkit.standin.encode.Event;
import dev.belay.testkit.standin.feed.Changefeed.Checkpoint;
import dev.belay.testkit.standin.feed.Changefeed.FeedFailure;
import dev.belay.testkit.standin.feed.Changefeed.Order;
import dev.belay.testkit.standin.feed.FeedOptions.InitialScan;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.HybridClock;
import dev.belay.testkit.standin.row.RowChange;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A changefeed's work from its checkpoint until it is told to stop or fails: scan, then send what
 * the log has, and in each round tell how far everything is sent. All of it on the job's thread.
 *
 * <p>Invariant ResolvedPromise: a round's time comes from a {@link Fence}, and everything before
 * the fence's position is sent and acknowledged first. Tables that are added later break it, as
 * they do in CockroachDB: their rows come with the time of the checkpoint.
 */
final class FeedRun implements AutoCloseable {

  private static final int ENTRIES_AT_ONCE = 500;
  private static final Duration STALLED_ROUND = Duration.ofMillis(50);

  private final Changefeed job;
  private final FeedPlan plan;
  private final Map<Long, List<FeedPlan.Part>> parts;
  private final Capture capture;
  private final ChangefeedEncoder encoder;
  private final HybridClock clock;
  private final Outbox outbox;
  private long position;
  private long roundDue;

  FeedRun(Changefeed job, Surroundings around, Outbox outbox) {
    this.job = job;
    this.plan = job.plan();
    this.parts = plan.parts();
    this.capture = around.capture();
    this.encoder = job.encoder();
    this.clock = around.clock();
    this.outbox = outbox;
  }

  void untilStopped() throws SQLException, InterruptedException {
    job.checkObstacles();
    if (job.initialScan().isPresent()) {
      TableScan scan = job.initialScan().get();
      send(scan, job.toScan());
      outbox.flush();
      if (job.mustStop()) {
        return;
      }
      job.reached(new Checkpoint(scan.time(), scan.position()));
      if (plan.options().initialScan() == InitialScan.ONLY) {
        job.succeed();
        return;
      }
    } else {
      scanAdded(job.checkpoint().orElseThrow());
    }
    position = job.checkpoint().orElseThrow().position();
    roundDue = System.nanoTime();
    while (!job.mustStop()) {
      job.checkObstacles();
      send(Long.MAX_VALUE, ENTRIES_AT_ONCE);
      obeyOrders();
      if (System.nanoTime() - roundDue >= 0) {
        round();
      }
      outbox.hurry();
      Duration left = Duration.ofNanos(roundDue - System.nanoTime());
      if (job.peekOrder().isEmpty() && !job.mustStop()) {
        capture.log().await(position, left);
      }
    }
  }

  private void scanAdded(Checkpoint at) throws SQLException {
    for (long table : job.toScan()) {
      sendAsOf(table, at.position(), at.time());
    }
    outbox.flush();
  }

  /** Sends a table as it was at a place in the log, with the time of that place. */
  private void sendAsOf(long table, long place, Hlc time) throws SQLException {
    PastScan.rows(
        capture,
        table,
        place,
        time,
        (shape, row, mvcc) ->
            send(new RowChange(shape, Optional.empty(), Optional.of(row)), time, mvcc),
        job::mustStop);
  }

  private void send(TableScan scan, Collection<Long> tables) throws SQLException {
    for (long table : parts.keySet()) {
      if (tables.contains(table)) {
        scan.rows(
            table,
            (shape, row, mvcc) -> {
              if (!job.mustStop()) {
                send(new RowChange(shape, Optional.empty(), Optional.of(row)), scan.time(), mvcc);
              }
            });
      }
    }
  }

  private void send(long to, int atMost) throws SQLException {
    for (Entry entry : read(to, atMost)) {
      send(entry);
      position++;
    }
  }

  /** Entries from the position on; nobody holds them for a feed without a job. */
  private List<Entry> read(long to, int atMost) {
    try {
      return capture.log().read(position, to, atMost);
    } catch (CommitLog.Forgotten e) {
      Hlc reached = job.checkpoint().orElseThrow().time();
      throw new FeedFailure(capture.log().tooOld(reached).getMessage());
    }
  }

  private void send(Entry entry) throws SQLException {
    for (Entry.Loss loss : entry.losses()) {
      if (plan.watches(loss.tableId())) {
        fail(loss);
      }
    }
    for (Entry.Alteration alteration : entry.alterations()) {
      if (plan.watches(alteration.tableId())) {
        react(alteration, entry.time());
      }
    }
    if (entry.hidden() && !plan.options().includesHidden()) {
      return;
    }
    for (RowChange change : entry.changes()) {
      if (parts.containsKey(change.shape().id())) {
        if (job.peekOrder().filter(Order.ResolveEarly.class::isInstance).isPresent()) {
          job.nextOrder();
          outbox.resolveEarly(entry.time().next());
        }
        send(change, entry.time(), entry.time());
      }
    }
  }

  private void send(RowChange change, Hlc updated, Hlc mvcc) {
    for (FeedPlan.Part part : parts.get(change.shape().id())) {
      if (part.family().isEmpty() || part.family().get().isTouchedBy(change)) {
        Event event =
            new Event(change, updated, mvcc, part.topic(), clock.wallNanos(), part.family());
        outbox.row(part.topic(), encoder.encode(event));
      }
    }
  }

  private void react(Entry.Alteration alteration, Hlc time) throws SQLException {
    FeedOptions.SchemaChange wanted = plan.options().schemaChange();
    if (!alteration.rewritten() && !wanted.everyColumn()) {
      return;
    }
    switch (wanted.policy()) {
      case NOBACKFILL, IGNORE -> {}
      case BACKFILL -> sendAsOf(alteration.tableId(), position + 1, time);
      case STOP -> {
        if (plan.options().resolved().isPresent()) {
          outbox.resolve(time);
        } else {
          outbox.flush();
        }
        job.reached(new Checkpoint(time, position + 1));
        throw new FeedFailure("schema change occurred at " + time.next());
      }
    }
  }

  private void fail(Entry.Loss loss) {
    throw new FeedFailure(
        "\""
            + plan.nameOf(loss.tableId())
            + "\" was "
            + (loss.dropped() ? "dropped" : "truncated"));
  }

  private void obeyOrders() throws SQLException {
    // An early resolved message waits for the row that it is to overtake.
    while (job.peekOrder().filter(order -> !(order instanceof Order.ResolveEarly)).isPresent()) {
      Order order = job.nextOrder().orElseThrow();
      if (order instanceof Order.Fail fail) {
        throw new FeedFailure(fail.why());
      } else if (order instanceof Order.Backfill backfill) {
        try (TableScan scan = TableScan.begin(capture)) {
          // What was committed before comes first, as it did when it was committed.
          send(scan.position(), Integer.MAX_VALUE);
          send(scan, List.of(backfill.tableId()));
        }
      }
    }
  }

  private void round() throws SQLException {
    if (job.isStalled()) {
      roundDue = System.nanoTime() + STALLED_ROUND.toNanos();
      return;
    }
    Duration interval = plan.options().resolved().orElse(plan.options().checkpoint());
    roundDue = System.nanoTime() + interval.toNanos();
    Fence fence = capture.fence();
    send(fence.position(), Integer.MAX_VALUE);
    if (plan.options().resolved().isPresent()) {
      outbox.resolve(fence.time());
    } else {
      outbox.flush();
    }
    job.reached(new Checkpoint(fence.time(), fence.position()));
  }

  @Override
  public void close() {
    outbox.close();
  }
}
