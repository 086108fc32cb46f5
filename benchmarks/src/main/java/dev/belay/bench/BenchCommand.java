package dev.belay.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The throughput run. */
@Command(
    name = "bench",
    description = {
      "Applies the same changes to PostgreSQL with Belay's sink, Debezium's JDBC sink and plain JDBC.",
      "",
      "Starts a real broker and a real PostgreSQL 18, fills topics, and lets each contestant run by"
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

  private static final int WRONG_ROWS = 1;
  private static final int PARTITIONS = 4;

  static final List<Contestant> CONTESTANTS =
      List.of(
          new PlainContestant(PlainWay.UNNEST),
          new PlainContestant(PlainWay.COPY),
          new BelayContestant("immediate", 1),
          new BelayContestant("consistent", 1),
          new DebeziumContestant(1),
          new DebeziumContestant(2));

  @Spec private CommandSpec spec;

  @Option(
      names = "--changes",
      defaultValue = "1000000",
      paramLabel = "N",
      description = "Changes that each contestant applies (default: ${DEFAULT-VALUE}).")
  private int changes;

  @Option(
      names = "--keys",
      defaultValue = "200000",
      paramLabel = "N",
      description = "Rows they are spread over (default: ${DEFAULT-VALUE}).")
  private int keys;

  @Option(
      names = "--deletes",
      defaultValue = "5",
      paramLabel = "PERCENT",
      description = "Share of changes that delete a row (default: ${DEFAULT-VALUE}).")
  private int deletes;

  @Option(
      names = "--warm-up",
      defaultValue = "100000",
      paramLabel = "N",
      description =
          "Changes that go through the same process before, uncounted (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description =
          "Contestants to run: plain-unnest, plain-copy, belay-immediate, belay-consistent,"
              + " debezium-1, debezium-2 (default: all).")
  private Set<String> only = Set.of();

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "The same seed draws the same changes (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--profile",
      defaultValue = "",
      paramLabel = "DIR",
      description =
          "Leave a flight recording of each worker there and print where its CPU went. Costs a"
              + " little speed.")
  private String profile;

  @Option(
      names = "--json",
      description = "Print the results as one JSON object, the last line of standard output.")
  private boolean json;

  @Override
  public Integer call() throws IOException, SQLException {
    PrintWriter out = spec.commandLine().getOut();
    if (!profile.isEmpty()) {
      Files.createDirectories(Path.of(profile));
    }
    Workload workload = workload("bench", changes, keys, seed);
    Workload before = workload("warm_up", warmUp, Math.max(1, keys / 10), seed + 1);
    Throughput.Outcome outcome =
        new Throughput(workload, before, chosen(), plugins(), profile, out).run();
    out.print(outcome.text());
    if (json) {
      out.println(outcome.json());
    }
    return outcome.allRight() ? 0 : WRONG_ROWS;
  }

  private Workload workload(String table, int size, int rows, long ofSeed) {
    return new Workload(table, size, rows, deletes / 100.0, 10_000, PARTITIONS, ofSeed);
  }

  private List<Contestant> chosen() {
    Set<String> names = CONTESTANTS.stream().map(Contestant::name).collect(Collectors.toSet());
    for (String name : only) {
      if (!names.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "There is no contestant " + name + "; there are " + names);
      }
    }
    return CONTESTANTS.stream()
        .filter(contestant -> only.isEmpty() || only.contains(contestant.name()))
        .toList();
  }

  /** Beside this program's jar, where the build has put them. */
  private static Path plugins() {
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
