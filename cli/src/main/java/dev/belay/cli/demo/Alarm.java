package dev.belay.cli.demo;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Where the demo's threads report that they cannot go on, so that whoever waits hears of it. */
final class Alarm {

  private final CompletableFuture<Void> raised = new CompletableFuture<>();

  /** Reports a failure; the first one counts. */
  void raise(Throwable failure) {
    raised.completeExceptionally(failure);
  }

  /** A thread whose failure raises this alarm. Not started yet; it ends with the JVM at last. */
  Thread guard(String name, DemoWork work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              } catch (DemoFailure failure) {
                raise(failure);
              } catch (Exception | Error failure) {
                raise(new DemoFailure("The " + name + " failed: " + failure.getMessage(), failure));
              }
            },
            "demo-" + name.replace(' ', '-'));
    thread.setDaemon(true);
    return thread;
  }

  /** What a thread of the demo does. */
  @FunctionalInterface
  interface DemoWork {
    void run() throws Exception;
  }

  /**
   * Lets the time pass.
   *
   * @throws DemoFailure as soon as somebody has failed, also before this call
   */
  void pass(Duration time) throws InterruptedException {
    try {
      raised.get(Math.max(0, time.toNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException nobodyFailed) {
      return;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof DemoFailure failure
          ? failure
          : new DemoFailure(String.valueOf(e.getCause().getMessage()), e.getCause());
    }
  }
}
