package dev.belay.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** Signals to processes, of which Java itself knows TERM and KILL only. */
public enum Signal {
  /** As Ctrl-C. */
  INT,
  QUIT,
  TERM,
  KILL,
  /** Freezes a process: it holds what it holds and does nothing, until {@link #CONT}. */
  STOP,
  CONT;

  /** Sends it; a process that is gone is no error. May be called from any thread. */
  public void send(long pid) {
    try {
      // The shell's own kill: the program of that name is missing from some small images.
      Process kill =
          new ProcessBuilder("sh", "-c", "kill -" + name() + " " + pid)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      kill.waitFor(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
