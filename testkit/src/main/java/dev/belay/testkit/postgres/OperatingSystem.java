package dev.belay.testkit.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What Java does not tell about processes: who we are, and signals other than TERM and KILL. */
final class OperatingSystem {

  private OperatingSystem() {}

  /** The effective user of this JVM. */
  static Integer userId() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  /** What comes before a program that refuses to be run by root. */
  static List<String> asOrdinaryUser() throws IOException {
    // In a user namespace of its own, with no mapping, root looks like nobody.
    return userId() == 0 ? List.of("unshare", "-U") : List.of();
  }

  /**
   * @param signal its name without SIG
   */
  static void signal(String signal, long pid) throws IOException {
    // The shell's own kill: the program of that name is missing from some small images.
    Process kill =
        new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      kill.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
