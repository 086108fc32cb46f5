package dev.belay.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.testkit.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user runs it: from the jar, in a JVM of its own, with a place for its files. */
class DemoIT {

  private static final long LIMIT_SECONDS = 240;

  @TempDir Path dir;

  @Test
  void endsWithEqualRowsAndLeavesNothingBehind() throws Exception {
    Path output = dir.resolve("output.txt");
    Process demo = start(output, "--duration", "8", "--rate", "100", "--seed", "5", "--json");
    List<ProcessHandle> seen = new ArrayList<>();
    awaitLine(demo, output, "The workload runs");
    demo.descendants().forEach(seen::add);

    assertThat(demo.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();

    String said = Files.readString(output);
    assertThat(demo.exitValue()).as(said).isZero();
    List<String> lines = said.lines().toList();
    JsonNode verdict = new ObjectMapper().readTree(lines.get(lines.size() - 1));
    assertThat(verdict.path("verdict").asText()).isEqualTo("equal");
    assertThat(verdict.path("differences").asLong(-1)).isZero();
    assertThat(verdict.path("badSnapshots").asLong(-1)).isZero();
    assertThat(verdict.path("snapshots").asLong()).isPositive();
    assertThat(verdict.path("frontiers").asLong()).isPositive();
    assertThat(verdict.path("kills").asInt()).isEqualTo(1);
    assertThat(verdict.path("rowsWritten").asLong()).isPositive();
    assertThat(verdict.path("seconds").asDouble()).isPositive();
    assertThat(verdict.path("rate").asLong()).isPositive();
    assertThat(verdict.path("seed").asLong()).isEqualTo(5);
    assertThat(verdict.path("mode").asText()).isEqualTo("consistent");
    for (String table : Shop.TABLES) {
      JsonNode rows = verdict.path("rows").path(table);
      assertThat(rows.path("source").asLong()).as(table).isPositive();
      assertThat(rows.path("target").asLong()).as(table).isEqualTo(rows.path("source").asLong());
    }
    assertNothingIsLeft(seen);
  }

  @Test
  void leavesNothingBehindWhenItIsStoppedHalfWay() throws Exception {
    Path output = dir.resolve("output.txt");
    Process demo = start(output, "--duration", "120", "--rate", "50");
    awaitLine(demo, output, "The workload runs");
    List<ProcessHandle> seen = demo.descendants().toList();

    demo.destroy();

    assertThat(demo.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();
    assertThat(demo.exitValue()).isNotZero();
    assertThat(seen).isNotEmpty();
    assertNothingIsLeft(seen);
  }

  private Process start(Path output, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.io.tmpdir=" + Files.createDirectory(tmp()));
    command.addAll(List.of("-jar", System.getProperty("belay.cli.jar"), "demo"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  private Path tmp() {
    return dir.resolve("tmp");
  }

  private static void awaitLine(Process demo, Path output, String text) {
    Deadline.in(Duration.ofSeconds(LIMIT_SECONDS))
        .await(
            () -> "the demo says: " + text,
            () -> {
              String said = read(output);
              assertThat(demo.isAlive() || said.contains(text)).as(said).isTrue();
              return said.contains(text);
            });
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** PostgreSQL, unpacked, is kept for the next run, and Java's own folder for its figures. */
  private void assertNothingIsLeft(List<ProcessHandle> processes) throws IOException {
    assertThat(processes).noneMatch(ProcessHandle::isAlive);
    try (Stream<Path> left = Files.list(tmp())) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .allMatch(name -> name.startsWith("belay-testkit-") || name.startsWith("hsperfdata"));
    }
  }
}
