package dev.belay.bench;

import dev.belay.bench.Throughput.Turn;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether the sink's speed holds when there is more of everything. */
@Command(
    name = "growth",
    description =
        "Applies a tenth of the changes to a tenth of the rows, then all to all of them, then the"
            + " same number of changes spread over 10 and 100 tables.",
    mixinStandardHelpOptions = true)
final class GrowthCommand implements Callable<Integer> {

  private static final List<Integer> TABLES = List.of(10, 100);

  @Spec private CommandSpec spec;

  @Mixin private Drawing drawing;

  @Option(
      names = "--mode",
      defaultValue = "consistent",
      paramLabel = "consistent|immediate",
      description = "The sink's delivery mode (default: ${DEFAULT-VALUE}).")
  private String mode;

  @Override
  public Integer call() throws IOException, SQLException {
    PrintWriter out = spec.commandLine().getOut();
    BelayContestant belay = new BelayContestant(mode, 1);
    List<Turn> turns = new ArrayList<>();
    turns.add(
        turn(
            "a tenth of the rows",
            belay,
            List.of(drawing.workload("tenth", drawing.changes() / 10, drawing.keys() / 10))));
    turns.add(turn("all rows", belay, List.of(drawing.workload("whole"))));
    for (int tables : TABLES) {
      List<Workload> spread =
          IntStream.range(0, tables)
              .mapToObj(i -> drawing.share("of_" + tables + "_" + i, tables))
              .toList();
      turns.add(turn(tables + " tables", belay, spread));
    }
    Throughput.Outcome outcome =
        new Throughput(new PostgresEngine(), Plugins.folder(), Tuning.NONE, "", out)
            .run(drawing.warmUp(), turns);
    List<Result> results = outcome.results();
    out.print(outcome.text());
    DelayCommand.ratio(out, "ten times the rows", results.get(1), results.get(0));
    DelayCommand.ratio(out, "10 tables : 1", results.get(2), results.get(1));
    DelayCommand.ratio(out, "100 tables : 1", results.get(3), results.get(1));
    if (drawing.json()) {
      out.println(outcome.json().put("mode", mode));
    }
    return outcome.allRight() ? 0 : BenchCommand.WRONG_ROWS;
  }

  private static Turn turn(String label, Contestant contestant, List<Workload> workloads) {
    return new Turn(label, contestant, workloads, Duration.ZERO);
  }
}
