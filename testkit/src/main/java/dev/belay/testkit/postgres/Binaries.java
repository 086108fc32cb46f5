package dev.belay.testkit.postgres;

import dev.belay.testkit.Trees;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks PostgreSQL out of the testkit's resources, once for each version and user of the machine,
 * into a folder that only this user may enter. JVMs and threads that want the same version at the
 * same time wait for the one that unpacks it.
 */
final class Binaries {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private Binaries() {}

  /**
   * The folder with {@code bin}, {@code lib} and {@code share} of this version.
   *
   * @throws IOException if it cannot be unpacked, or if the cache is not this user's alone
   */
  static synchronized Path of(PostgresServer.Version version) throws IOException {
    Path cache = cache();
    Path home = cache.resolve("postgres-" + version.number());
    // Two locks: the file's is held by the JVM as a whole, the method's keeps its threads apart.
    try (FileChannel channel =
            FileChannel.open(
                cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!Files.isExecutable(home.resolve("bin/postgres"))) {
        Path draft = cache.resolve(home.getFileName() + ".draft");
        Trees.delete(draft);
        Trees.delete(home);
        unpack(version, draft);
        Files.move(draft, home, StandardCopyOption.ATOMIC_MOVE);
      }
      assert lock.isValid();
    }
    return home;
  }

  private static Path cache() throws IOException {
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

  private static void unpack(PostgresServer.Version version, Path target) throws IOException {
    String resource = "linux-amd64-" + version.number() + ".jar";
    try (InputStream jar = Binaries.class.getResourceAsStream(resource)) {
      if (jar == null) {
        throw new IOException("The testkit was built without its resource " + resource);
      }
      ZipInputStream zip = new ZipInputStream(jar);
      ZipEntry entry = zip.getNextEntry();
      while (entry != null && !entry.getName().endsWith(".txz")) {
        entry = zip.getNextEntry();
      }
      if (entry == null) {
        throw new IOException("No .txz in the testkit's resource " + resource);
      }
      unpackTar(new TarArchiveInputStream(new XZInputStream(zip)), target);
    }
  }

  private static void unpackTar(TarArchiveInputStream tar, Path target) throws IOException {
    Files.createDirectories(target);
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      Path file = target.resolve(entry.getName()).normalize();
      if (!file.startsWith(target)) {
        throw new IOException("Entry " + entry.getName() + " leaves its folder");
      }
      if (entry.isDirectory()) {
        Files.createDirectories(file);
        continue;
      }
      Files.createDirectories(file.getParent());
      if (entry.isSymbolicLink()) {
        Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
      } else if (entry.isLink()) {
        Files.createLink(file, target.resolve(entry.getLinkName()));
      } else {
        Files.copy(tar, file);
        if ((entry.getMode() & 0100) != 0) {
          Files.setPosixFilePermissions(file, OWNER_ONLY);
        }
      }
    }
  }
}
