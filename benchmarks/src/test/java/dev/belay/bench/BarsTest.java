package dev.belay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.bench.TargetTables.Written;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BarsTest {

  @Test
  void areMeasuredAgainstTheFastestPlainWayAndDebeziumsOneTask() {
    Bars bars =
        Bars.of(
            new PostgresEngine(),
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
  void standOnThePageWithTheMachineAndEveryContestant() {
    Contestant contestant = new PlainContestant(PlainWay.UNNEST);
    Result result = result(contestant.name(), 2, 1);
    ReportPage page =
        new ReportPage(
            new PostgresEngine(),
            new Workload("bench", 1_000, 10, 0.05, 100, 4, 1),
            List.of(contestant),
            new Throughput.Outcome(List.of(new Throughput.Judged(result, true))),
            Bars.of(new PostgresEngine(), List.of(result, result("belay-consistent", 2, 4))));

    assertThat(page.markdown(Map.of("memory", "8 GB")))
        .contains("| memory | 8 GB |", contestant.description(), "1,000 changes", "5 % of them")
        .contains("belay-consistent : plain-unnest, changes/s | 1.00 | at least 0.85 | met");
  }

  @Test
  void needBothSides() {
    assertThat(Bars.of(new PostgresEngine(), List.of(result("belay-consistent", 1, 1))).bars())
        .isEmpty();
  }

  private static Result result(String name, int seconds, int cpuSeconds) {
    Duration cpu = Duration.ofSeconds(cpuSeconds);
    ThreadCpu threads =
        new ThreadCpu(
            Arrays.stream(ThreadCpu.Kind.values())
                .collect(Collectors.toMap(kind -> kind, kind -> Duration.ZERO)));
    Stopwatch.Reading used =
        new Stopwatch.Reading(Duration.ofSeconds(seconds), cpu, threads, cpu, cpu, 0);
    return new Result(name, 1_000_000, used, new Written(0, 0, 0, 0), Fingerprint.NOTHING);
  }
}
