package dev.belay.testkit.postgres;

import dev.belay.testkit.ServerCache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL out of the testkit's resources, unpacked once into the {@link ServerCache}. */
final class Binaries {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private Binaries() {}

  /**
   * The folder with {@code bin}, {@code lib} and {@code share} of this version.
   *
   * @throws IOException if it cannot be unpacked
   */
  static Path of(PostgresServer.Version version) throws IOException {
    return ServerCache.prepared(
        "postgres-" + version.number(), "bin/postgres", draft -> unpack(version, draft));
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
