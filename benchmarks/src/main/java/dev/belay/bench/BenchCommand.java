package dev.belay.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.bench.Throughput.Turn;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The throughput run. */
@Command(
    name = "belay bench",
    description = {
      "Applies the same changes to a database with Belay's sink, Debezium's JDBC sink and plain JDBC.",
      "",
      "Starts a real broker and a real server, fills topics, and lets each contestant run by"
          + " itself on a fresh database. The rows of each are checked against the changes."
    },
    footer = {
      "",
      "Exit codes: 0 all rows are right; 1 a contestant's rows are wrong; 2 wrong usage; 3 a part"
          + " failed. A bar that is not met is printed and changes no exit code.",
      "",
      "Example: belay bench --changes 200000 --only belay-immediate,debezium-1"
    },
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {

  static final int WRONG_ROWS = 1;

  private static List<Contestant> contestants(Engine engine) {
    List<Contestant> all = new ArrayList<>();
    engine.plainWays().forEach(way -> all.add(new PlainContestant(way)));
    all.add(new BelayContestant("immediate", 1));
    all.add(new BelayContestant("consistent", 1));
    all.add(new DebeziumContestant(engine, 1));
    all.add(new DebeziumContestant(engine, 2));
    return all;
  }

  @Spec private CommandSpec spec;

  @Mixin private Drawing drawing;

  @Option(
      names = "--target",
      defaultValue = "postgresql",
      paramLabel = "DATABASE",
      description = "postgresql or mysql (default: ${DEFAULT-VALUE}).")
  private String target;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description =
          "Contestants to run: plain-unnest and plain-copy (postgresql), plain-multi-row and"
              + " plain-load-data (mysql), belay-immediate, belay-consistent, debezium-1, debezium-2"
              + " (default: all).")
  private Set<String> only = Set.of();

  @Option(
      names = "--profile",
      defaultValue = "",
      paramLabel = "DIR",
      description =
          "Leave a flight recording of each worker there and print where its CPU went. Costs a"
              + " little speed.")
  private String profile;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of Belay's connector to try, as batch.rows=2000; may be repeated.")
  private Map<String, String> settings = Map.of();

  @Option(
      names = "--jvm",
      paramLabel = "OPTION",
      description =
          "A further option of every worker's JVM to try, as --jvm=-XX:+UseParallelGC; may be"
              + " repeated.")
  private List<String> jvmOptions = List.of();

  @Option(
      names = "--report",
      defaultValue = "",
      paramLabel = "FILE",
      description = "Write the results, the method and this machine as a page.")
  private String report;

  @Override
  public Integer call() throws IOException, SQLException {
    PrintWriter out = spec.commandLine().getOut();
    if (!profile.isEmpty()) {
      Files.createDirectories(Path.of(profile));
    }
    Workload workload = drawing.workload("bench");
    Engine engine =
        Engine.of(target)
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "There is no target " + target + "; there are postgresql and mysql."));
    List<Contestant> chosen = chosen(contestants(engine));
    Tuning tuning = new Tuning(settings, jvmOptions);
    if (!report.isEmpty() && !tuning.isNone()) {
      throw new ParameterException(
          spec.commandLine(), "A report is of the usual set-up: leave out --set and --jvm.");
    }
    Throughput.Outcome outcome =
        new Throughput(engine, Plugins.folder(), tuning, profile, out)
            .run(
                drawing.warmUp(),
                chosen.stream().map(contestant -> Turn.of(contestant, workload)).toList());
    Bars bars = Bars.of(engine, outcome.results());
    out.print(outcome.text() + bars.text());
    if (!tuning.isNone()) {
      out.println("Not the usual set-up: " + tuning);
    }
    if (!report.isEmpty()) {
      Files.writeString(
          Path.of(report),
          new ReportPage(engine, workload, chosen, outcome, bars)
              .markdown(Machine.described(engine)));
    }
    if (drawing.json()) {
      ObjectNode json = outcome.json();
      json.put("changes", workload.changes()).put("keys", workload.keys());
      json.put("deletes", workload.deletes()).put("seed", workload.seed());
      json.set("bars", bars.json());
      out.println(json);
    }
    return outcome.allRight() ? 0 : WRONG_ROWS;
  }

  private List<Contestant> chosen(List<Contestant> all) {
    Set<String> names = all.stream().map(Contestant::name).collect(Collectors.toSet());
    for (String name : only) {
      if (!names.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "There is no contestant " + name + "; there are " + names);
      }
    }
    return all.stream()
        .filter(contestant -> only.isEmpty() || only.contains(contestant.name()))
        .toList();
  }
}
