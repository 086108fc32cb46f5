package dev.belay.testkit.connect;

import dev.belay.testkit.ClassPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a worker may see of this JVM's class path. A plugin must bring all that it needs; if its
 * classes or its JDBC driver were on the worker's class path, a package that lacks them would work
 * here and fail at its users'.
 */
final class WorkerClassPath {

  private static final String PROJECT = "dev/belay/";
  private static final String TESTKIT = PROJECT + "testkit/";

  /** A converter that tests use; a worker gets it as a plugin, as it would get any other. */
  private static final String CONVERTER =
      "io/apicurio/registry/utils/converter/AvroConverter.class";

  private static final String JDBC_DRIVER = "META-INF/services/java.sql.Driver";

  private WorkerClassPath() {}

  /**
   * This JVM's class path without JDBC drivers, the converters of tests, and those parts of Belay
   * that are not the testkit.
   */
  static List<Path> ofThisJvm() {
    return ClassPath.ofThisJvm().stream().filter(WorkerClassPath::admits).toList();
  }

  /**
   * Another Connect: its jars, behind the testkit and the logging that children write by, which are
   * all that is left of this JVM's class path.
   *
   * @param folder with the jars
   */
  static List<Path> of(Path folder) throws IOException {
    List<Path> all =
        new ArrayList<>(ofThisJvm().stream().filter(WorkerClassPath::isTestkitOrLogging).toList());
    try (Stream<Path> jars = Files.list(folder)) {
      jars.filter(file -> file.toString().endsWith(".jar")).sorted().forEach(all::add);
    }
    return List.copyOf(all);
  }

  private static boolean isTestkitOrLogging(Path entry) {
    String name = entry.getFileName().toString();
    try {
      return name.startsWith("slf4j-")
          || Files.isDirectory(entry.resolve(TESTKIT))
          || !Files.isDirectory(entry) && holdsTestkit(entry);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + entry + " of the class path", e);
    }
  }

  private static boolean holdsTestkit(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      return jar.stream().anyMatch(entry -> entry.getName().startsWith(TESTKIT));
    }
  }

  static boolean admits(Path entry) {
    try {
      return Files.isDirectory(entry) ? admitsFolder(entry) : admitsJar(entry);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + entry + " of the class path", e);
    }
  }

  private static boolean admitsFolder(Path folder) throws IOException {
    if (Files.exists(folder.resolve(JDBC_DRIVER))) {
      return false;
    }
    Path project = folder.resolve(PROJECT);
    if (!Files.isDirectory(project)) {
      return true;
    }
    try (Stream<Path> packages = Files.list(project)) {
      return packages.allMatch(found -> found.equals(folder.resolve(TESTKIT)));
    }
  }

  private static boolean admitsJar(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      Set<String> own =
          jar.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.startsWith(PROJECT) && !name.equals(PROJECT))
              .collect(Collectors.toSet());
      return jar.getEntry(JDBC_DRIVER) == null
          && jar.getEntry(CONVERTER) == null
          && own.stream().allMatch(name -> name.startsWith(TESTKIT));
    }
  }
}
