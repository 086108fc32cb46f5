package dev.belay.testkit.connect;

import dev.belay.testkit.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A worker's {@code plugin.path}, filled as the installation notes tell: one folder a package. */
final class PluginFolder {

  private PluginFolder() {}

  /**
   * Empties the folder and unpacks each plugin into a folder of its own.
   *
   * @param plugins the zips of each, in the order in which they are unpacked over each other; the
   *     first one's name is the folder's
   */
  static void fill(Path folder, List<List<Path>> plugins) throws IOException {
    Trees.delete(folder);
    Files.createDirectories(folder);
    for (List<Path> zips : plugins) {
      String name = zips.get(0).getFileName().toString().replaceFirst("\\.zip$", "");
      Path own = Files.createDirectory(folder.resolve(name));
      for (Path zip : zips) {
        unpack(zip, own);
      }
    }
  }

  private static void unpack(Path zip, Path target) throws IOException {
    try (InputStream file = Files.newInputStream(zip);
        ZipInputStream in = new ZipInputStream(file)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path place = target.resolve(entry.getName()).normalize();
        if (!place.startsWith(target)) {
          throw new IOException("Entry " + entry.getName() + " of " + zip + " leaves its folder");
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
}
