package dev.belay.bench;

import dev.belay.bench.Throughput.Turn;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a database far away costs. */
@Command(
    name = "delay",
    description =
        "Puts a delay into every round trip between the sink and the database, and compares the"
            + " throughput with that of a near one, for one task and for two.",
    mixinStandardHelpOptions = true)
final class DelayCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private Drawing drawing;

  @Option(
      names = "--delay",
      defaultValue = "50",
      paramLabel = "MS",
      description = "Milliseconds added to each round trip (default: ${DEFAULT-VALUE}).")
  private int delayMillis;

  @Override
  public Integer call() throws IOException, SQLException {
    PrintWriter out = spec.commandLine().getOut();
    List<Workload> workload = List.of(drawing.workload("bench"));
    Duration delay = Duration.ofMillis(delayMillis);
    BelayContestant one = new BelayContestant("immediate", 1);
    BelayContestant two = new BelayContestant("immediate", 2);
    BelayContestant whole = new BelayContestant("consistent", 1);
    Throughput.Outcome outcome =
        new Throughput(new PostgresEngine(), Plugins.folder(), Tuning.NONE, "", out)
            .run(
                drawing.warmUp(),
                List.of(
                    new Turn("immediate, near", one, workload, Duration.ZERO),
                    new Turn("immediate, far", one, workload, delay),
                    new Turn("immediate, far, 2 tasks", two, workload, delay),
                    new Turn("consistent, near", whole, workload, Duration.ZERO),
                    new Turn("consistent, far", whole, workload, delay)));
    List<Result> results = outcome.results();
    out.print(outcome.text());
    ratio(out, "immediate, far : near", results.get(1), results.get(0));
    ratio(out, "immediate, far, two tasks : one", results.get(2), results.get(1));
    ratio(out, "consistent, far : near", results.get(4), results.get(3));
    if (drawing.json()) {
      out.println(outcome.json().put("delayMillis", delayMillis));
    }
    return outcome.allRight() ? 0 : BenchCommand.WRONG_ROWS;
  }

  static void ratio(PrintWriter out, String what, Result a, Result b) {
    out.printf(Locale.ROOT, "%-40s %.2f%n", what, a.changesPerSecond() / b.changesPerSecond());
  }
}
