package dev.belay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCommandTest {

  private static final int USAGE = 2;

  private final StringWriter said = new StringWriter();

  @Test
  void refusesAContestantThatDoesNotExistAndNamesThoseThatDo() {
    assertThat(run("--only", "belay-fast")).isEqualTo(USAGE);
    assertThat(said.toString()).contains("belay-fast").contains("belay-consistent");
  }

  @Test
  void writesNoReportOfATunedRun() {
    assertThat(run("--set", "batch.rows=10", "--report", "nowhere.md")).isEqualTo(USAGE);
    assertThat(said.toString()).contains("leave out --set and --jvm");
  }

  @ParameterizedTest
  @ValueSource(strings = {"latency", "delay", "growth", "jmh"})
  void explainsEachRun(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(said.toString()).contains("Usage: belay bench " + command);
  }

  private int run(String... arguments) {
    PrintWriter out = new PrintWriter(said, true);
    return Bench.commandLine(out).setErr(out).execute(arguments);
  }
}
