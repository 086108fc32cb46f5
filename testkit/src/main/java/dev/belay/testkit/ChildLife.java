package dev.belay.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** What the main class of a {@link ChildJvm} does, inside that JVM. */
public final class ChildLife {

  private ChildLife() {}

  /** The work of a main class. */
  @FunctionalInterface
  public interface Work {
    void run() throws Exception;
  }

  /**
   * Does the work. From here on this JVM ends when its parent does, however that one dies, and when
   * the work fails, even if other threads are running.
   */
  public static void run(Work work) {
    // A daemon that needs no stop: it ends with the JVM, or ends the JVM.
    Thread watch = new Thread(ChildLife::haltAtEndOfInput, "parent-watch");
    watch.setDaemon(true);
    watch.start();
    try {
      work.run();
    } catch (Exception | Error e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  /** Leaves the address in the file, whole or not at all. */
  public static void announce(Path file, String address) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".draft");
    Files.writeString(draft, address);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Standard input is a pipe from the parent, and ends when the parent is gone. Halts instead of
   * shutting down: nobody waits for an orderly end any more, and a shutdown could hang.
   */
  private static void haltAtEndOfInput() {
    try {
      while (System.in.read() >= 0) {
        // whatever comes is no message for us
      }
    } catch (IOException e) {
      // a broken pipe is the same news
    }
    Runtime.getRuntime().halt(3);
  }
}
