package dev.belay.cli.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Tells the user what happens, line by line, each with the seconds since the start. On a terminal
 * the line of progress is rewritten in place; elsewhere every fifth one is printed. May be called
 * from any thread.
 */
final class Narrator {

  private static final String CLEAR_LINE = "\r\033[K";
  private static final int ONE_PRINTED_OF = 5;

  private final PrintWriter out;
  private final boolean terminal;
  private final long started = System.nanoTime();
  private boolean progressShown;
  private int progressLines;

  Narrator(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  /** A step of the story. */
  synchronized void say(String text) {
    clearProgress();
    print(stamp() + text + "\n");
  }

  /** Text as it is, for what the user may want to copy. */
  synchronized void show(String text) {
    clearProgress();
    print(text + "\n");
  }

  /** How things are now; the next line takes its place. */
  synchronized void progress(String text) {
    if (terminal) {
      progressShown = true;
      print(CLEAR_LINE + stamp() + text);
    } else if (progressLines++ % ONE_PRINTED_OF == 0) {
      print(stamp() + text + "\n");
    }
  }

  private void clearProgress() {
    if (progressShown) {
      progressShown = false;
      print(CLEAR_LINE);
    }
  }

  private void print(String text) {
    out.print(text);
    out.flush();
  }

  private String stamp() {
    return String.format(Locale.ROOT, "%6.1f s  ", elapsed().toMillis() / 1000.0);
  }
}
