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
import java.util.List;
import java.util.Optional;

/**
 * A changefeed's work from its checkpoint until it is told to stop or fails: scan, then send what
 * the log has, and in each round tell how far everything is sent. All of it on the job's thread.
 *
 * <p>Invariant ResolvedPromise: a round's time comes from a {@link Fence}, and everything before
 * the fence's position is sent and acknowledged first.
 */
final class FeedRun implements AutoCloseable {

  private static final int ENTRIES_AT_ONCE = 500;

  private final Changefeed job;
  private final Changefeed.Plan plan;
  private final Capture capture;
  private final ChangefeedEncoder encoder;
  private final HybridClock clock;
  private final Outbox outbox;
  private long position;
  private long roundDue;

  FeedRun(
      Changefeed job,
      Capture capture,
      ChangefeedEncoder encoder,
      HybridClock clock,
      Outbox outbox) {
    this.job = job;
    this.plan = job.plan();
    this.capture = capture;
    this.encoder = encoder;
    this.clock = clock;
    this.outbox = outbox;
  }

  void untilStopped() throws SQLException, InterruptedException {
    Optional<TableScan> initialScan = job.initialScan();
    if (initialScan.isPresent()) {
      TableScan scan = initialScan.get();
      send(scan, List.copyOf(plan.topics().keySet()));
      outbox.flush();
      if (job.mustStop()) {
        return;
      }
      job.reached(new Checkpoint(scan.time(), scan.position()));
      if (plan.options().initialScan() == InitialScan.ONLY) {
        job.succeed();
        return;
      }
    }
    position = job.checkpoint().orElseThrow().position();
    roundDue = System.nanoTime();
    while (!job.mustStop()) {
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

  private void send(TableScan scan, List<Long> tables) throws SQLException {
    for (long table : tables) {
      scan.rows(
          table,
          (shape, row, mvcc) -> {
            if (!job.mustStop()) {
              send(new RowChange(shape, Optional.empty(), Optional.of(row)), scan.time(), mvcc);
            }
          });
    }
  }

  private void send(long to, int atMost) {
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

  private void send(Entry entry) {
    for (Entry.Loss loss : entry.losses()) {
      Optional.ofNullable(plan.topics().get(loss.tableId())).ifPresent(topic -> fail(loss));
    }
    if (entry.hidden() && !plan.options().includesHidden()) {
      return;
    }
    for (RowChange change : entry.changes()) {
      if (plan.topics().containsKey(change.shape().id())) {
        if (job.peekOrder().filter(Order.ResolveEarly.class::isInstance).isPresent()) {
          job.nextOrder();
          outbox.resolveEarly(entry.time().next());
        }
        send(change, entry.time(), entry.time());
      }
    }
  }

  private void send(RowChange change, Hlc updated, Hlc mvcc) {
    String topic = plan.topics().get(change.shape().id());
    outbox.row(topic, encoder.encode(new Event(change, updated, mvcc, topic, clock.wallNanos())));
  }

  private void fail(Entry.Loss loss) {
    String table = plan.tableNames().get(loss.tableId());
    throw new FeedFailure("\"" + table + "\" was " + (loss.dropped() ? "dropped" : "truncated"));
  }

  private void obeyOrders() throws SQLException {
    // An early resolved message waits for the row that it is to overtake.
    while (job.peekOrder().filter(Order.Backfill.class::isInstance).isPresent()) {
      Order.Backfill backfill = (Order.Backfill) job.nextOrder().orElseThrow();
      try (TableScan scan = TableScan.begin(capture)) {
        // What was committed before comes first, as it did when it was committed.
        send(scan.position(), Integer.MAX_VALUE);
        send(scan, List.of(backfill.tableId()));
      }
    }
  }

  private void round() {
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
