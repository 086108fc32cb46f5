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

  /** Empties the folder and unpacks each zip into a folder of its own name. */
  static void fill(Path folder, List<Path> zips) throws IOException {
    Trees.delete(folder);
    Files.createDirectories(folder);
    for (Path zip : zips) {
      String name = zip.getFileName().toString().replaceFirst("\\.zip$", "");
      unpack(zip, Files.createDirectory(folder.resolve(name)));
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
