package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.proxy.ConnectionFaults.Moment;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A statement that waits until it is let go, so that a test can act at that very moment. */
public final class HeldStatement {
  private final Moment moment;
  private final CountDownLatch met = new CountDownLatch(1);
  private final CountDownLatch decided = new CountDownLatch(1);
  private volatile boolean cut;
  private volatile Seen seen = new Seen("", List.of(), Map.of());

  /**
   * The statement as its client sent it. It may have secrets in it.
   *
   * @param parameters bound to it, in their order
   * @param session what its client greeted the server with: user, database, options
   */
  public record Seen(String sql, List<String> parameters, Map<String, String> session) {
    public Seen {
      parameters = List.copyOf(parameters);
      session = Map.copyOf(session);
    }
  }

  HeldStatement(Moment moment) {
    this.moment = moment;
  }

  Moment moment() {
    return moment;
  }

  /** Returns when the statement has come. */
  public void awaitMet(Duration atMost) throws InterruptedException {
    if (!met.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("No such statement came within " + atMost.toSeconds() + " s");
    }
  }

  /** What has come; empty before that. */
  public Seen seen() {
    return seen;
  }

  public boolean isMet() {
    return met.getCount() == 0;
  }

  /** Lets it go on. */
  public void release() {
    decided.countDown();
  }

  /** Ends its connection: a statement that was held before it ran never runs. */
  public void cut() {
    cut = true;
    decided.countDown();
  }

  /** This is the statement. */
  void meets(Seen statement) {
    seen = statement;
  }

  /**
   * Waits here.
   *
   * @throws IOException if the connection is to end
   */
  void await() throws IOException {
    met.countDown();
    try {
      decided.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (cut) {
      throw new IOException("the connection is cut at a statement that was held");
    }
  }
}
