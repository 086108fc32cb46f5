package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script at the top of the checkout, with what this build has packaged. */
class LauncherIT {

  private static final Path LAUNCHER = Path.of(System.getProperty("belay.launcher"));

  /** What this build made is what shall run; the launcher must not build underneath it. */
  private static final Map<String, String> AS_BUILT = Map.of("BELAY_SKIP_BUILD", "1");

  @TempDir Path dir;

  @Test
  void isAScriptThatAnyShellTakes() throws Exception {
    assertThat(run(dir, Map.of(), "sh", "-n", LAUNCHER.toString())).isEqualTo(new Ended(0, ""));
    assertThat(Files.readString(LAUNCHER)).startsWith("#!/bin/sh\n");
    assertThat(LAUNCHER).isExecutable();
  }

  @Test
  void runsEachCommandFromAnyFolder() throws Exception {
    assertThat(run(dir, AS_BUILT, LAUNCHER.toString(), "--help").said()).contains("demo", "decode");
    for (String command : List.of("demo", "decode")) {
      Ended help = run(dir, AS_BUILT, LAUNCHER.toString(), command, "--help");
      assertThat(help.status()).as(help.said()).isZero();
      assertThat(help.said()).contains("Usage: belay " + command);
    }
  }

  @Test
  void runsThroughALinkInAFolderWithSpaces() throws Exception {
    Path folder = Files.createDirectory(dir.resolve("my programs"));
    Path link = Files.createSymbolicLink(folder.resolve("belay"), LAUNCHER);

    Ended version = run(folder, AS_BUILT, link.toString(), "--version");

    assertThat(version.said()).startsWith("belay ");
    assertThat(version.status()).isZero();
  }

  @Test
  void runsInACheckoutWithSpacesInItsPath() throws Exception {
    Path checkout = Files.createDirectory(dir.resolve("a checkout"));
    Files.copy(LAUNCHER, checkout.resolve("belay"));
    Files.createDirectory(checkout.resolve("cli"));
    Files.createSymbolicLink(checkout.resolve("cli/target"), LAUNCHER.resolveSibling("cli/target"));

    Ended version = run(dir, AS_BUILT, "sh", checkout.resolve("belay").toString(), "--version");

    assertThat(version.said()).startsWith("belay ");
    assertThat(version.status()).isZero();
  }

  /** The first command of a stranger: nothing is compiled, and no test is to run. */
  @Test
  void buildsWhatItNeedsFromSourcesAlone() throws Exception {
    Path checkout = dir.resolve("fresh");
    copySources(LAUNCHER.toAbsolutePath().getParent(), checkout);

    Ended version = run(dir, Map.of(), checkout.resolve("belay").toString(), "--version");

    assertThat(version.status()).as(version.said()).isZero();
    assertThat(version.said()).contains("Building Belay", "belay ");
    assertThat(checkout.resolve("connector-sink/target/test-classes")).doesNotExist();
    assertThat(checkout.resolve("connector-sink/target/fuzz")).doesNotExist();

    Path debezium = checkout.resolve("cli/target/plugins/debezium-connector-postgres.tar.gz");
    assertThat(debezium).as("fetched for those only who ask for it").doesNotExist();
    Ended help =
        run(
            dir,
            Map.of(),
            checkout.resolve("belay").toString(),
            "demo",
            "--direction",
            "forward",
            "--help");
    assertThat(help.status()).as(help.said()).isZero();
    assertThat(help.said()).contains("Fetching Debezium").doesNotContain("Building");
    assertThat(debezium).isNotEmptyFile();
  }

  private static void copySources(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path path : tree.toList()) {
        Path relative = from.relativize(path);
        boolean made =
            relative.startsWith(".git")
                || relative.startsWith("target")
                || (relative.getNameCount() > 1 && relative.getName(1).toString().equals("target"));
        if (!made) {
          Files.copy(path, to.resolve(relative.toString()), StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  @Test
  void saysWhatIsWrongWithJava() throws Exception {
    Ended none =
        run(dir, Map.of("JAVA_HOME", dir.resolve("nothing").toString()), LAUNCHER.toString());
    assertThat(none.status()).isEqualTo(3);
    assertThat(none.said()).contains("JAVA_HOME is").contains("JDK, 17 or newer");

    Path old = Files.createDirectories(dir.resolve("old/bin")).resolve("java");
    Files.writeString(
        old,
        "#!/bin/sh\necho '    java.specification.version = 11' >&2\n"
            + "echo '    java.home = /nowhere' >&2\n");
    assertThat(old.toFile().setExecutable(true)).isTrue();
    Ended eleven =
        run(dir, Map.of("JAVA_HOME", dir.resolve("old").toString()), LAUNCHER.toString());
    assertThat(eleven.status()).isEqualTo(3);
    assertThat(eleven.said()).contains("is Java 11; 17 or newer is needed");
  }

  @Test
  void saysThatMavenIsMissingOnlyWhenItMustBuild() throws Exception {
    Path checkout = Files.createDirectory(dir.resolve("unbuilt"));
    Files.copy(LAUNCHER, checkout.resolve("belay"));
    // A PATH with what the script itself needs, and no mvn.
    Path bin = Files.createDirectory(dir.resolve("bin"));
    for (String tool : List.of("sh", "dirname", "readlink", "sed", "find", "head", "mkdir")) {
      Files.createSymbolicLink(bin.resolve(tool), which(tool));
    }
    Map<String, String> environment =
        Map.of("JAVA_HOME", System.getProperty("java.home"), "PATH", bin.toString());

    Ended unbuilt = run(dir, environment, checkout.resolve("belay").toString(), "--version");

    assertThat(unbuilt.status()).as(unbuilt.said()).isEqualTo(3);
    assertThat(unbuilt.said()).contains("no mvn on the PATH").contains("Maven 3.8");
  }

  @Test
  void takesTheBenchmarkForAProgramOfItsOwn() throws Exception {
    Path checkout = Files.createDirectory(dir.resolve("no benchmark"));
    Files.copy(LAUNCHER, checkout.resolve("belay"));

    Ended ended = run(dir, AS_BUILT, checkout.resolve("belay").toString(), "bench", "--help");

    assertThat(ended.status()).as(ended.said()).isEqualTo(3);
    assertThat(ended.said()).contains("there is no").contains("benchmarks/target/belay-bench.jar");
  }

  private Path which(String tool) throws Exception {
    return Path.of(run(dir, Map.of(), "sh", "-c", "command -v " + tool).said().strip());
  }

  private record Ended(int status, String said) {}

  private Ended run(Path folder, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(List.of(command)))
            .directory(folder.toFile())
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), said);
  }
}
