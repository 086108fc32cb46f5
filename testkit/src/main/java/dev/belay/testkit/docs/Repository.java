package dev.belay.testkit.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The files of the checkout, seen from this module's folder. */
public final class Repository {
  public static final Path ROOT = Path.of("..");
  private static final Set<String> NOT_OURS = Set.of("target", ".git", ".belay");

  private Repository() {}

  public static Path docs(String name) {
    return ROOT.resolve("docs").resolve(name);
  }

  /** All files with this ending that a person wrote or the build compares. */
  public static List<Path> files(String ending) throws IOException {
    try (Stream<Path> all = Files.walk(ROOT)) {
      return all.filter(file -> file.toString().endsWith(ending))
          .filter(file -> !isBuilt(file))
          .sorted()
          .toList();
    }
  }

  /** At the top or in a module; below the sources a package may be named target. */
  private static boolean isBuilt(Path file) {
    Path place = ROOT.relativize(file);
    return NOT_OURS.contains(place.getName(0).toString())
        || (place.getNameCount() > 1 && NOT_OURS.contains(place.getName(1).toString()));
  }
}
