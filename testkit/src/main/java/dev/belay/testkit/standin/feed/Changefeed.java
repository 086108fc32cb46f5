package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.capture.CommitLog;
import dev.belay.testkit.standin.encode.ChangefeedEncoder;
import dev.belay.testkit.standin.feed.Sink.SinkUnavailable;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.sql.Refusal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A changefeed job. Its thread belongs to it: started by {@link #start}, {@link #resume} and {@link
 * #cancel}, told to stop by {@link #pause}, {@link #cancel} and {@link #close}, which return at
 * once but for close. When the sink fails, the thread begins again at the last checkpoint; any
 * other failure ends the job. The methods may be called from any thread.
 */
final class Changefeed implements AutoCloseable {

  /** What a job is told to do beside its work. */
  sealed interface Order {
    /** Sends a whole table again, with the time of this moment. */
    record Backfill(long tableId) implements Order {}

    /** Before the next row, tells a resolved time above it. */
    record ResolveEarly() implements Order {}

    /** Fails for good. */
    record Fail(String why) implements Order {}
  }

  /** Everything at or below the time is sent and acknowledged; the rest begins at the position. */
  record Checkpoint(Hlc time, long position) {}

  private enum Wish {
    RUN,
    PAUSE,
    CANCEL
  }

  private static final Duration RETRY_WAIT = Duration.ofMillis(500);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(30);

  private final Surroundings around;
  private final Capture capture;
  private final JobLife life;
  private final Queue<Order> orders = new ConcurrentLinkedQueue<>();
  private final CommitLog.Hold hold;

  private volatile FeedPlan plan;
  private volatile Wish wish = Wish.RUN;
  private volatile boolean stalled;
  private volatile boolean closing;
  private String fault = "";
  private int faultyRuns;
  private Optional<Checkpoint> checkpoint = Optional.empty();
  // Begun with the job, so that its time is the statement's; read again if the first reading fails.
  private Optional<TableScan> initialScan = Optional.empty();
  // Tables that were added with a scan which is not done yet.
  private final Set<Long> toScan = new HashSet<>();
  private boolean scansFirst;
  private Thread thread = new Thread();

  private Changefeed(FeedPlan plan, Surroundings around) {
    this.plan = plan;
    this.around = around;
    this.capture = around.capture();
    this.life = new JobLife(plan.id());
    this.hold = capture.log().hold();
  }

  /** Makes a job that begins at this moment, or at its cursor; {@link #start} sets it to work. */
  static Changefeed create(FeedPlan plan, Surroundings around) throws SQLException {
    if (plan.options().cursor().isPresent()) {
      // what capture has not read yet has pushed nothing out of the log either
      around.capture().fence();
    }
    Changefeed job = new Changefeed(plan, around);
    try {
      job.begin();
      return job;
    } catch (SQLException | RuntimeException e) {
      job.hold.close();
      throw e;
    }
  }

  private synchronized void begin() throws SQLException {
    boolean scans = plan.options().initialScan() != FeedOptions.InitialScan.NO;
    if (scans) {
      plan.tables().forEach(table -> toScan.add(table.id()));
      scansFirst = true;
    }
    if (scans && plan.options().cursor().isEmpty()) {
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
        .orElseThrow(() -> Histories.tooOld(cursor, capture.log().trimmedTo()));
  }

  FeedPlan plan() {
    return plan;
  }

  Capture capture() {
    return capture;
  }

  /** The time from which it needs the past of its tables; empty if it has ended. */
  synchronized Optional<Hlc> protectedFrom() {
    return life.state().isFinal()
        ? Optional.empty()
        : checkpoint.map(Checkpoint::time).or(() -> initialScan.map(TableScan::time));
  }

  synchronized JobStatus status() {
    // a scan as of the cursor is no progress yet
    boolean hasReached = !scansFirst || toScan.isEmpty();
    return life.status(plan, plan.uri(), checkpoint.filter(c -> hasReached).map(Checkpoint::time));
  }

  synchronized void start() {
    thread = new Thread(this::work, "standin-changefeed-" + plan.id());
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Stops at the next moment that suits; the job is paused then.
   *
   * @param reason empty for none
   */
  synchronized void pause(String reason) {
    if (life.isIn(JobState.PAUSED, JobState.PAUSE_REQUESTED)) {
      return;
    }
    life.require("requested to be paused", JobState.PENDING, JobState.RUNNING);
    life.pausedFor(reason);
    life.become(JobState.PAUSE_REQUESTED);
    tell(Wish.PAUSE);
  }

  /** Goes on from the last checkpoint: what was sent after it is sent again. */
  synchronized void resume() {
    if (life.isIn(JobState.RUNNING, JobState.REVERTING)) {
      return;
    }
    life.require("resumed", JobState.PAUSED);
    life.pausedFor("");
    life.become(JobState.RUNNING);
    tell(Wish.RUN);
    start();
  }

  synchronized void cancel() {
    if (life.isIn(JobState.CANCEL_REQUESTED, JobState.CANCELED)) {
      return;
    }
    life.require("requested to be canceled", JobState.PENDING, JobState.RUNNING, JobState.PAUSED);
    boolean isIdle = life.isIn(JobState.PAUSED);
    life.become(JobState.CANCEL_REQUESTED);
    tell(Wish.CANCEL);
    if (isIdle) {
      start();
    }
  }

  /**
   * Takes a new plan; only while paused.
   *
   * @param scans tables of it that are to be read first
   */
  synchronized void alter(FeedPlan altered, Set<Long> scans) {
    requirePaused();
    plan = altered;
    toScan.addAll(scans);
    toScan.removeIf(table -> !altered.watches(table));
  }

  synchronized void requirePaused() {
    if (life.state() != JobState.PAUSED) {
      throw Refusal.uncoded("job " + plan.id() + " is not paused");
    }
  }

  void order(Order order) {
    orders.add(order);
    capture.log().wake();
  }

  /** Lets the next runs fail with an error that is worth another try. */
  void falter(String message, int runs) {
    synchronized (this) {
      fault = message;
      faultyRuns = runs;
      notifyAll();
    }
    capture.log().wake();
  }

  /** Holds back its resolved times, while it says that it is running. */
  void stall(boolean stall) {
    stalled = stall;
    capture.log().wake();
  }

  private void tell(Wish newWish) {
    wish = newWish;
    notifyAll();
    capture.log().wake();
    around.holds().wake();
  }

  private void work() {
    try {
      around.holds().await(JobState.PENDING, this::mustStop);
      synchronized (this) {
        if (wish == Wish.RUN && life.isIn(JobState.PENDING)) {
          life.become(JobState.RUNNING);
          life.report("running");
        }
      }
      boolean again = true;
      while (again) {
        again = runOnce();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether to run again. */
  private boolean runOnce() throws InterruptedException {
    try {
      if (!mustStop()) {
        around
            .obstacles()
            .toStart(plan, checkpoint().map(Checkpoint::time))
            .ifPresent(FeedFailure::raise);
        // Closed before the state changes: a resumed job must not meet sends of the run before.
        try (FeedRun run = new FeedRun(this, around, outbox())) {
          run.untilStopped();
        }
      }
      settle();
      return false;
    } catch (SinkUnavailable e) {
      if (mustStop()) {
        settle();
        return false;
      }
      report("transient error: " + e.getMessage());
      return waitToRetry();
    } catch (FeedFailure e) {
      fail(e.getMessage());
      return false;
    } catch (SQLException | RuntimeException e) {
      fail(e.getClass().getSimpleName() + ": " + e.getMessage());
      return false;
    }
  }

  private Outbox outbox() {
    ChangefeedEncoder encoder = encoder();
    return new Outbox(
        around.sinks().apply(plan), plan.allTopics(), encoder::resolved, around.misbehaviour());
  }

  ChangefeedEncoder encoder() {
    return new ChangefeedEncoder(plan.options().format(), around.cluster(), plan.id());
  }

  private synchronized boolean waitToRetry() throws InterruptedException {
    if (!mustStop()) {
      wait(RETRY_WAIT.toMillis());
    }
    return true;
  }

  boolean mustStop() {
    return wish != Wish.RUN || closing;
  }

  boolean isStalled() {
    return stalled;
  }

  /** What stands in the way now, for good or for some runs. */
  void checkObstacles() {
    around.obstacles().toGoOn(plan).ifPresent(FeedFailure::raise);
    synchronized (this) {
      if (faultyRuns > 0) {
        faultyRuns--;
        throw new SinkUnavailable(fault, new IllegalStateException("told to"));
      }
    }
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

  /** Tables to read before going on. */
  synchronized Set<Long> toScan() {
    return Set.copyOf(toScan);
  }

  synchronized void reached(Checkpoint reached) {
    closeScan();
    toScan.clear();
    scansFirst = false;
    checkpoint = Optional.of(reached);
    hold.moveTo(reached.position());
    if (life.isIn(JobState.RUNNING)) {
      life.report("running: resolved=" + reached.time().inSeconds());
    }
  }

  /** The initial scan was all that was wanted. */
  synchronized void succeed() {
    finish(JobState.SUCCEEDED);
  }

  private void settle() throws InterruptedException {
    if (status().state().isFinal()) {
      return;
    }
    if (wish == Wish.CANCEL) {
      around.holds().await(JobState.CANCEL_REQUESTED, () -> closing);
      revert(JobState.CANCELED);
    } else if (wish == Wish.PAUSE) {
      around.holds().await(JobState.PAUSE_REQUESTED, () -> closing);
      synchronized (this) {
        life.become(JobState.PAUSED);
      }
    }
  }

  private void fail(String why) throws InterruptedException {
    if (wish == Wish.CANCEL) {
      settle();
      return;
    }
    report("shutdown due to " + why);
    if (!plan.options().pausesOnError()) {
      synchronized (this) {
        life.failedFor(why);
      }
      revert(JobState.FAILED);
      return;
    }
    String status = "job failed (" + why + ") but is being paused because of on_error=pause";
    synchronized (this) {
      wish = Wish.PAUSE;
      life.report(status);
      life.pausedFor(status);
      life.become(JobState.PAUSE_REQUESTED);
    }
    settle();
  }

  private void revert(JobState last) throws InterruptedException {
    synchronized (this) {
      life.become(JobState.REVERTING);
    }
    around.holds().await(JobState.REVERTING, () -> closing);
    synchronized (this) {
      finish(last);
    }
  }

  private synchronized void report(String status) {
    life.report(status);
  }

  private void finish(JobState last) {
    life.report("");
    life.become(last);
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
      closing = true;
      tell(wish);
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

    static void raise(String message) {
      throw new FeedFailure(message);
    }
  }
}
