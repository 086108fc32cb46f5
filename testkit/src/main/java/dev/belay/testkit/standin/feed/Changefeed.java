package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.Misbehaviour;
import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.capture.CommitLog;
import dev.belay.testkit.standin.encode.ChangefeedEncoder;
import dev.belay.testkit.standin.feed.Sink.SinkUnavailable;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.HybridClock;
import dev.belay.testkit.standin.sql.Refusal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * A changefeed job. Its thread belongs to it: started by {@link #start} and {@link #resume}, told
 * to stop by {@link #pause}, {@link #cancel} and {@link #close}, which return at once but for
 * close. When the sink fails, the thread begins again at the last checkpoint; any other failure
 * ends the job. The methods may be called from any thread.
 */
final class Changefeed implements AutoCloseable {

  /** What a job is told to do beside its work. */
  sealed interface Order {
    /** Sends a whole table again, with the time of this moment. */
    record Backfill(long tableId) implements Order {}

    /** Before the next row, tells a resolved time above it. */
    record ResolveEarly() implements Order {}
  }

  /**
   * What does not change about a job.
   *
   * @param topics of each table, by its id
   * @param tableNames of each table when the job was made, by its id
   */
  record Plan(
      long id,
      String description,
      String user,
      SinkUri uri,
      FeedOptions options,
      Map<Long, String> topics,
      Map<Long, String> tableNames,
      List<String> fullTableNames) {}

  private enum Wish {
    RUN,
    PAUSE,
    CANCEL
  }

  private static final Duration RETRY_WAIT = Duration.ofMillis(500);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(30);

  private final Plan plan;
  private final Capture capture;
  private final ChangefeedEncoder encoder;
  private final HybridClock clock;
  private final Supplier<Sink> sinks;
  private final Supplier<Misbehaviour> misbehaviour;
  private final Queue<Order> orders = new ConcurrentLinkedQueue<>();
  private final CommitLog.Hold hold;
  private final Instant created = Instant.now();

  private volatile Wish wish = Wish.RUN;
  private JobState state = JobState.PENDING;
  private String runningStatus = "";
  private String error = "";
  private Optional<Instant> finished = Optional.empty();
  private Instant modified = created;
  private Optional<Checkpoint> checkpoint = Optional.empty();
  // Begun with the job, so that its time is the statement's; read again if the first reading fails.
  private Optional<TableScan> initialScan = Optional.empty();
  private Thread thread = new Thread();

  /** Everything at or below the time is sent and acknowledged; the rest begins at the position. */
  record Checkpoint(Hlc time, long position) {}

  private Changefeed(
      Plan plan,
      Capture capture,
      ChangefeedEncoder encoder,
      HybridClock clock,
      Supplier<Sink> sinks,
      Supplier<Misbehaviour> misbehaviour) {
    this.plan = plan;
    this.capture = capture;
    this.encoder = encoder;
    this.clock = clock;
    this.sinks = sinks;
    this.misbehaviour = misbehaviour;
    this.hold = capture.log().hold();
  }

  /** Makes a job that begins at this moment, or at its cursor; {@link #start} sets it to work. */
  static Changefeed create(
      Plan plan,
      Capture capture,
      ChangefeedEncoder encoder,
      HybridClock clock,
      Supplier<Sink> sinks,
      Supplier<Misbehaviour> misbehaviour)
      throws SQLException {
    if (plan.options().cursor().isPresent()) {
      // what capture has not read yet has pushed nothing out of the log either
      capture.fence();
    }
    Changefeed job = new Changefeed(plan, capture, encoder, clock, sinks, misbehaviour);
    try {
      job.begin();
      return job;
    } catch (SQLException | RuntimeException e) {
      job.hold.close();
      throw e;
    }
  }

  private synchronized void begin() throws SQLException {
    if (plan.options().initialScan() != FeedOptions.InitialScan.NO) {
      initialScan = Optional.of(TableScan.begin(capture));
      return;
    }
    // The fence makes sure that what was committed before this moment is in the log.
    Capture.Fence now = capture.fence();
    checkpoint =
        Optional.of(
            plan.options().cursor().isPresent()
                ? after(plan.options().cursor().get())
                : new Checkpoint(now.time(), now.position()));
  }

  private Checkpoint after(Hlc cursor) {
    return capture
        .log()
        .positionAfter(cursor)
        .map(position -> new Checkpoint(cursor, position))
        .orElseThrow(() -> capture.log().tooOld(cursor));
  }

  Plan plan() {
    return plan;
  }

  synchronized JobStatus status() {
    return new JobStatus(
        plan.id(),
        plan.description(),
        plan.user(),
        state,
        runningStatus,
        created,
        finished,
        modified,
        checkpoint.map(Checkpoint::time),
        error,
        plan.uri().redacted(),
        plan.fullTableNames(),
        String.join(",", new TreeSet<>(plan.topics().values())));
  }

  synchronized void start() {
    become(JobState.RUNNING, "running");
    thread = new Thread(this::work, "standin-changefeed-" + plan.id());
    thread.setDaemon(true);
    thread.start();
  }

  /** Stops at the next moment that suits; the job is paused then. */
  synchronized void pause() {
    if (state == JobState.PAUSED || state == JobState.PAUSE_REQUESTED) {
      return;
    }
    requireUnfinished("paused");
    become(JobState.PAUSE_REQUESTED, runningStatus);
    tell(Wish.PAUSE);
  }

  /** Goes on from the last checkpoint: what was sent after it is sent again. */
  synchronized void resume() {
    if (state == JobState.RUNNING) {
      return;
    }
    requireUnfinished("resumed");
    if (state != JobState.PAUSED) {
      throw new Refusal(
          "55000", "job " + plan.id() + ": job with status " + state.text() + " cannot be resumed");
    }
    tell(Wish.RUN);
    start();
  }

  synchronized void cancel() {
    requireUnfinished("canceled");
    if (state == JobState.PAUSED) {
      finish(JobState.CANCELED, "");
      return;
    }
    become(JobState.CANCEL_REQUESTED, runningStatus);
    tell(Wish.CANCEL);
  }

  private void requireUnfinished(String what) {
    if (state.isFinal()) {
      throw new Refusal(
          "55000", "job with status " + state.text() + " cannot be requested to be " + what);
    }
  }

  void order(Order order) {
    orders.add(order);
    capture.log().wake();
  }

  private void tell(Wish newWish) {
    wish = newWish;
    capture.log().wake();
  }

  private void work() {
    boolean again = true;
    while (again) {
      again = runOnce();
    }
  }

  /** Returns whether to run again. */
  private boolean runOnce() {
    try {
      // Closed before the state changes: a resumed job must not meet sends of the run before.
      try (FeedRun run = new FeedRun(this, capture, encoder, clock, outbox())) {
        run.untilStopped();
      }
      settle();
      return false;
    } catch (SinkUnavailable e) {
      if (wish != Wish.RUN) {
        settle();
        return false;
      }
      report("retryable error: " + e.getMessage());
      return waitToRetry();
    } catch (FeedFailure e) {
      fail(e.getMessage());
      return false;
    } catch (SQLException | RuntimeException e) {
      fail(e.getClass().getSimpleName() + ": " + e.getMessage());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("interrupted");
      return false;
    }
  }

  private Outbox outbox() {
    return new Outbox(
        sinks.get(), new TreeSet<>(plan.topics().values()), encoder::resolved, misbehaviour);
  }

  private synchronized boolean waitToRetry() {
    try {
      wait(RETRY_WAIT.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("interrupted");
      return false;
    }
  }

  boolean mustStop() {
    return wish != Wish.RUN;
  }

  Optional<Order> nextOrder() {
    return Optional.ofNullable(orders.poll());
  }

  Optional<Order> peekOrder() {
    return Optional.ofNullable(orders.peek());
  }

  synchronized Optional<Checkpoint> checkpoint() {
    return checkpoint;
  }

  /** The scan to begin with; empty when it is done. */
  synchronized Optional<TableScan> initialScan() {
    return initialScan;
  }

  synchronized void reached(Checkpoint reached) {
    closeScan();
    checkpoint = Optional.of(reached);
    hold.moveTo(reached.position());
    modified = Instant.now();
    runningStatus = "running: resolved=" + reached.time().inSeconds();
  }

  /** The initial scan was all that was wanted. */
  synchronized void succeed() {
    finish(JobState.SUCCEEDED, "");
  }

  private synchronized void settle() {
    if (state.isFinal()) {
      return;
    }
    if (wish == Wish.CANCEL) {
      finish(JobState.CANCELED, "");
    } else {
      become(JobState.PAUSED, runningStatus);
    }
  }

  private synchronized void fail(String why) {
    if (plan.options().pausesOnError() && !state.isFinal()) {
      wish = Wish.PAUSE;
      become(
          JobState.PAUSED,
          "job failed (" + why + ") but is being paused because of on_error=pause");
    } else {
      finish(JobState.FAILED, why);
    }
  }

  private synchronized void report(String status) {
    runningStatus = status;
    modified = Instant.now();
  }

  private synchronized void become(JobState newState, String status) {
    state = newState;
    report(status);
  }

  private synchronized void finish(JobState last, String why) {
    become(last, "");
    error = why;
    finished = Optional.of(Instant.now());
    closeScan();
    hold.close();
  }

  private void closeScan() {
    initialScan.ifPresent(TableScan::close);
    initialScan = Optional.empty();
  }

  /** Lets the log forget what this feed has not read: it then fails if it is too slow. */
  void letGo() {
    hold.close();
  }

  /** Waits until the thread has ended; a job that was never started has. */
  void awaitEnd() throws InterruptedException {
    Thread running;
    synchronized (this) {
      running = thread;
    }
    running.join();
  }

  /** Stops the thread and waits for it. */
  @Override
  public void close() {
    Thread running;
    synchronized (this) {
      tell(Wish.PAUSE);
      notifyAll();
      running = thread;
    }
    try {
      running.join(CLOSE_WAIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      closeScan();
    }
    hold.close();
  }

  /** The job cannot go on, and trying again would not help. */
  static final class FeedFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FeedFailure(String message) {
      super(message);
    }
  }
}
