package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.feed.Changefeed.Order;
import dev.belay.testkit.standin.sql.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A changefeed whose rows go to the client that asked for it. It works like a job, but is none: no
 * listing has it, and the log keeps nothing for it, so that one whose client does not read falls
 * behind and fails. Until its client has read the initial scan, statements that change the tables
 * themselves wait (DROP, TRUNCATE, ALTER), which they do not in CockroachDB. The methods may be
 * called from any thread.
 */
public final class SinklessFeed implements AutoCloseable {

  private final Changefeed work;
  private final RowStream rows;
  private final Consumer<SinklessFeed> whenClosed;
  private boolean started;

  SinklessFeed(Changefeed work, RowStream rows, Consumer<SinklessFeed> whenClosed) {
    this.work = work;
    this.rows = rows;
    this.whenClosed = whenClosed;
  }

  /** Lets the rows come; does nothing the second time. */
  public synchronized void start() {
    if (!started) {
      started = true;
      work.start();
    }
  }

  /** Who asked for it. */
  public String user() {
    return work.plan().user();
  }

  /** Names of the tables, as {@code database.schema.table}. */
  public List<String> tables() {
    return work.plan().tables().stream().map(FeedPlan.Watched::fullName).toList();
  }

  /** Ends it with an error in the midst of its rows. */
  public void fail(Refusal why) {
    rows.refuse(why);
    stop();
  }

  /** Breaks the client's connection without a word. */
  public void cut() {
    rows.cut();
    stop();
  }

  /** Sends all rows of a table again, as after a schema change, with the time of this moment. */
  public void backfill(String table) {
    long tableId =
        work.plan().tables().stream()
            .filter(watched -> watched.name().equals(table))
            .map(FeedPlan.Watched::id)
            .findFirst()
            .orElseThrow(() -> new Refusal("42P01", "the feed has no table " + table));
    work.order(new Order.Backfill(tableId));
  }

  /** Tells a resolved time above the next row before that row, once. */
  public void resolveEarly() {
    work.order(new Order.ResolveEarly());
  }

  /**
   * Waits for the end, which must be near.
   *
   * @return why it failed; empty if it was stopped or has sent all it was asked for
   */
  public Optional<Refusal> awaitEnd() throws InterruptedException {
    work.awaitEnd();
    JobStatus end = work.status();
    return end.state() == JobState.FAILED
        ? Optional.of(new Refusal("XXUUU", end.error()))
        : Optional.empty();
  }

  private void stop() {
    if (!work.status().state().isFinal()) {
      try {
        work.cancel();
      } catch (Refusal endedMeanwhile) {
        // That is what was wanted.
      }
    }
  }

  /** Stops it and waits for its thread, which must not be waiting for the client any more. */
  @Override
  public void close() {
    stop();
    work.close();
    whenClosed.accept(this);
  }
}
