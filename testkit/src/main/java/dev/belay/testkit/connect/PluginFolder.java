package dev.belay.testkit.connect;

import dev.belay.testkit.Trees;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/** A worker's {@code plugin.path}, filled as the installation notes tell: one folder a package. */
final class PluginFolder {

  private PluginFolder() {}

  /**
   * Empties the folder and unpacks each plugin into a folder of its own.
   *
   * @param plugins the archives of each, zip or tar.gz, in the order in which they are unpacked
   *     over each other; the first one's name is the folder's
   */
  static void fill(Path folder, List<List<Path>> plugins) throws IOException {
    Trees.delete(folder);
    Files.createDirectories(folder);
    for (List<Path> zips : plugins) {
      String name = zips.get(0).getFileName().toString().replaceFirst("\\.(zip|tar\\.gz)$", "");
      Path own = Files.createDirectory(folder.resolve(name));
      for (Path zip : zips) {
        unpack(zip, own);
      }
    }
  }

  private static void unpack(Path archive, Path target) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
        ArchiveInputStream<?> in = open(archive, file)) {
      for (ArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path place = target.resolve(entry.getName()).normalize();
        if (!place.startsWith(target)) {
          throw new IOException(
              "Entry " + entry.getName() + " of " + archive + " leaves its folder");
        }
        if (entry.isDirectory()) {
          Files.createDirectories(place);
        } else {
          Files.createDirectories(place.getParent());
          Files.copy(in, place);
        }
      }
    }
  }

  private static ArchiveInputStream<?> open(Path archive, InputStream file) throws IOException {
    return archive.toString().endsWith(".zip")
        ? new ZipArchiveInputStream(file)
        : new TarArchiveInputStream(new GZIPInputStream(file));
  }
}
