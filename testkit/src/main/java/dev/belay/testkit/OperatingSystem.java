package dev.belay.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Java does not tell about the operating system: who we are. */
public final class OperatingSystem {

  private OperatingSystem() {}

  /** The effective user of this JVM. */
  public static Integer userId() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  /**
   * What comes before a program that refuses to be run by root, and cannot be told to put up with
   * it.
   */
  public static List<String> asOrdinaryUser() throws IOException {
    // In a user namespace of its own, with no mapping, root looks like nobody.
    return userId() == 0 ? List.of("unshare", "-U") : List.of();
  }
}
