package dev.belay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.bench.TargetTables.Written;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BarsTest {

  @Test
  void areMeasuredAgainstTheFastestPlainWayAndDebeziumsOneTask() {
    Bars bars =
        Bars.of(
            List.of(
                result("plain-unnest", 1, 1),
                result("plain-copy", 2, 1),
                result("belay-consistent", 2, 4),
                result("debezium-1", 8, 12),
                result("debezium-2", 5, 12)));

    assertThat(bars.bars()).extracting(Bars.Bar::ratio).containsExactly(4.0, 4.0 / 12, 0.5);
    assertThat(bars.bars()).extracting(Bars.Bar::isMet).containsExactly(true, true, false);
    assertThat(bars.text()).contains("plain-unnest").contains("NOT MET");
  }

  @Test
  void needBothSides() {
    assertThat(Bars.of(List.of(result("belay-consistent", 1, 1))).bars()).isEmpty();
  }

  private static Result result(String name, int seconds, int cpuSeconds) {
    Duration cpu = Duration.ofSeconds(cpuSeconds);
    ThreadCpu threads = new ThreadCpu(Map.of());
    Stopwatch.Reading used =
        new Stopwatch.Reading(Duration.ofSeconds(seconds), cpu, threads, cpu, cpu, 0);
    return new Result(name, 1_000_000, used, new Written(0, 0, 0, 0), Fingerprint.NOTHING);
  }
}
