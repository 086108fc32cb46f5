package dev.belay.testkit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Programs of servers, each prepared once for a user of the machine, in a folder that only this
 * user may enter. JVMs and threads that want the same one at the same time wait for the one that
 * prepares it.
 */
public final class ServerCache {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private ServerCache() {}

  /** Fills a folder. */
  @FunctionalInterface
  public interface Preparation {

    /**
     * Does it.
     *
     * @param draft an empty folder; gets its final name when this has returned
     */
    void fill(Path draft) throws IOException;
  }

  /**
   * The folder of this name, whole. May be called from any thread.
   *
   * @param name changes with what the preparation would do
   * @param program the file in it that is run; without it, as when somebody cleaned up by age, the
   *     folder is made anew
   * @throws IOException what the preparation threw, or if the cache is not this user's alone
   */
  public static synchronized Path prepared(String name, String program, Preparation preparation)
      throws IOException {
    Path cache = dir();
    Path home = cache.resolve(name);
    // Two locks: the file's is held by the JVM as a whole, the method's keeps its threads apart.
    try (FileChannel channel =
            FileChannel.open(
                cache.resolve(name + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!Files.isExecutable(home.resolve(program))) {
        Path draft = cache.resolve(name + ".draft");
        Trees.delete(draft);
        Trees.delete(home);
        Files.createDirectory(draft);
        preparation.fill(draft);
        Files.move(draft, home, StandardCopyOption.ATOMIC_MOVE);
      }
      assert lock.isValid();
    }
    return home;
  }

  private static Path dir() throws IOException {
    Path dir =
        Path.of(System.getProperty("java.io.tmpdir"))
            .resolve("belay-testkit-" + OperatingSystem.userId());
    try {
      Files.createDirectory(dir, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException another) {
      // Programs are run from here, and anybody can make folders in the place for temporary files.
      boolean ours =
          Files.isDirectory(dir, LinkOption.NOFOLLOW_LINKS)
              && Files.getAttribute(dir, "unix:uid").equals(OperatingSystem.userId())
              && Files.getPosixFilePermissions(dir).equals(OWNER_ONLY);
      if (!ours) {
        throw new IOException(
            dir
                + " is not a folder of this user alone (mode 0700): delete it, or set another java.io.tmpdir",
            another);
      }
    }
    return dir;
  }
}
