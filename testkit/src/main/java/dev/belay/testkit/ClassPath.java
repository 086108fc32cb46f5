package dev.belay.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/** The class path of this JVM, for children that get some of it. */
public final class ClassPath {

  private ClassPath() {}

  /**
   * Every folder and jar on it, in order; entries that do not exist are left out. A jar that only
   * points to others by its manifest (test runners and launchers pack a long class path so) is
   * followed.
   */
  public static List<Path> ofThisJvm() {
    Set<Path> found = new LinkedHashSet<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!entry.isEmpty()) {
        collect(Path.of(entry).toAbsolutePath().normalize(), found);
      }
    }
    return List.copyOf(found);
  }

  private static void collect(Path entry, Set<Path> found) {
    if (!Files.exists(entry) || !found.add(entry) || Files.isDirectory(entry)) {
      return;
    }
    try (JarFile jar = new JarFile(entry.toFile())) {
      Manifest manifest = jar.getManifest();
      String others =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      if (others != null) {
        for (String other : others.trim().split(" +")) {
          URI uri = entry.toUri().resolve(other);
          if ("file".equals(uri.getScheme())) {
            collect(Path.of(uri), found);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + entry + " of the class path", e);
    }
  }
}
