package dev.belay.bench;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The packages of the contestants, one folder each, where the build has put them. */
final class Plugins {

  private Plugins() {}

  /** The folder beside this program's jar. */
  static Path folder() {
    try {
      Path jar = Path.of(Bench.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path plugins = jar.resolveSibling("plugins");
      if (!Files.isDirectory(plugins)) {
        throw new BenchFailure(
            "There is no " + plugins + ". Start the benchmark by ./belay bench, which builds it.");
      }
      return plugins;
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a class path entry is a URI", e);
    }
  }
}
