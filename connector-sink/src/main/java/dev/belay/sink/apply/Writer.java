package dev.belay.sink.apply;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The second thread of a task: it waits for the database while the task's own thread reads and
 * decodes what comes next.
 *
 * <p>Owner: the task that wires it; it starts with the first large window and ends with {@link
 * #close}. It runs one transaction at a time, from data that nobody changes any more, and has the
 * task's connection for that long: the task's thread leaves the connection alone until it has taken
 * the result. Failures travel in the {@link Future} and are dealt with on the task's thread.
 */
public final class Writer implements AutoCloseable {
  /** A transaction that has not ended by then is broken off with its connection. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final TargetConnection connection;
  private final ExecutorService thread;
  private final LongSupplier nanoTime;
  private volatile long ended;

  /**
   * @param name of the thread
   */
  public Writer(TargetConnection connection, String name, LongSupplier nanoTime) {
    this.connection = connection;
    this.nanoTime = nanoTime;
    this.thread =
        Executors.newSingleThreadExecutor(
            run -> {
              Thread writer = new Thread(run, name);
              writer.setDaemon(true);
              return writer;
            });
  }

  /** Begins a transaction; nobody else gets the connection until the future is done. */
  public <T> Future<T> submit(Callable<T> transaction) {
    connection.lend();
    return thread.submit(
        () -> {
          connection.borrow();
          try {
            return transaction.call();
          } finally {
            connection.giveBack();
            ended = nanoTime.getAsLong();
          }
        });
  }

  /** When the last transaction ended, by the clock given; whoever took its result knows it. */
  public long ended() {
    return ended;
  }

  /** Breaks off what is under way, as a lost connection would; whoever waits for it learns that. */
  public void breakOff() {
    connection.abort();
  }

  /** Lets a transaction under way end, for a while, and then breaks it off. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        breakOff();
      }
    } catch (InterruptedException e) {
      breakOff();
      Thread.currentThread().interrupt();
    }
  }
}
