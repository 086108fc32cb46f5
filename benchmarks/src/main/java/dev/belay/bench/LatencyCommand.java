package dev.belay.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long a change is under way. */
@Command(
    name = "latency",
    description = {
      "Sends changes at a steady rate and measures how long each takes from there to being visible"
          + " in the target.",
      "",
      "In mode consistent a change waits for the next resolved time, half an interval on average."
    },
    mixinStandardHelpOptions = true)
final class LatencyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--rate",
      defaultValue = "2000",
      paramLabel = "N",
      description = "Changes a second (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      paramLabel = "N",
      description = "How long it is measured (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--warm-up-seconds",
      defaultValue = "20",
      paramLabel = "N",
      description = "How long changes are sent before, uncounted (default: ${DEFAULT-VALUE}).")
  private int warmUpSeconds;

  @Option(
      names = "--resolved",
      defaultValue = "200",
      paramLabel = "MS",
      description = "Milliseconds from one resolved time to the next (default: ${DEFAULT-VALUE}).")
  private int resolvedMillis;

  @Option(names = "--json", description = "Print the results as one JSON object, the last line.")
  private boolean json;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    ObjectNode summary = JsonNodeFactory.instance.objectNode();
    summary.put("rate", rate).put("resolvedMillis", resolvedMillis);
    for (String mode : List.of("immediate", "consistent")) {
      try (Stage stage = Stage.start(new PostgresEngine())) {
        Latency latency =
            new Latency(
                rate,
                Duration.ofSeconds(warmUpSeconds),
                Duration.ofSeconds(seconds),
                Duration.ofMillis(resolvedMillis));
        Percentiles times = latency.measure(stage, mode, Plugins.folder());
        out.printf("%-10s  %d changes: %s%n", mode, times.count(), times.text());
        summary
            .putObject(mode)
            .put("p50Millis", times.at(0.5).toMillis())
            .put("p99Millis", times.at(0.99).toMillis())
            .put("p999Millis", times.at(0.999).toMillis())
            .put("longestMillis", times.at(1).toMillis());
      }
    }
    if (json) {
      out.println(summary);
    }
    return 0;
  }
}
