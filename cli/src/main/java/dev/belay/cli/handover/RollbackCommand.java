package dev.belay.cli.handover;

import dev.belay.cli.connect.ConnectOptions;
import dev.belay.cli.handover.Drain.NotDrainedException;
import dev.belay.cli.handover.Rollback.Matter;
import dev.belay.cli.verify.Told;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The way back, step by step. */
@Command(
    name = "rollback",
    description = {
      "Goes back to the old database, step by step: both connectors run; nobody writes any more; the"
          + " old database has everything; the rows are equal; sequences are ahead; sink and feed are"
          + " stopped.",
      "",
      "Nothing is stopped before all is proved, and not without --yes or an answer. If it is"
          + " interrupted or a step does not hold, run the same command again: before that moment it"
          + " proves everything anew, after it it finishes."
    },
    footer = {
      "",
      "Exit codes: 0 done; 1 a step does not hold, for the reason told; 2 wrong usage; 3 something"
          + " could not be read.",
      "",
      "Example: belay rollback --source config/source/kafka.json --target"
          + " config/sink/postgresql.json --writes-stopped --yes"
    },
    mixinStandardHelpOptions = true)
public final class RollbackCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private LineOptions options;
  @Mixin private ConnectOptions connect;

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description = "Where steps are noted; default: belay-rollback-CONNECTOR.jsonl here.")
  private Optional<Path> journal = Optional.empty();

  @Option(
      names = "--writes-stopped",
      description = "Says that the applications' writes to CockroachDB are stopped.")
  private boolean writesStopped;

  @Option(names = "--yes", description = "Stop the connectors when all is proved, without asking.")
  private boolean yes;

  @Option(names = "--json", description = "Print the report as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    try {
      Line line = options.line();
      Path file = journal.orElse(Path.of("belay-rollback-" + line.sinkName() + ".jsonl"));
      try (StepJournal notes =
          StepJournal.open(
              file,
              Map.of(
                  "rollback", line.sinkName(),
                  "source", line.ends().source().toString(),
                  "target", line.ends().target().toString()))) {
        Rollback.Paper paper =
            new Rollback(
                    line,
                    connect.client(),
                    notes,
                    new Rollback.Wish(options.timeout()),
                    this::require,
                    this::tell)
                .run();
        show(paper, line, file);
        return DrainCommand.SIGNED_OFF;
      }
    } catch (NotDrainedException e) {
      tell(e.getMessage());
      return DrainCommand.NOT_SIGNED_OFF;
    } catch (IOException e) {
      tell(e.getMessage());
      return DrainCommand.UNREAD;
    } catch (SQLException e) {
      tell(Told.of(e));
      return DrainCommand.UNREAD;
    }
  }

  private void show(Rollback.Paper paper, Line line, Path file) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(paper.json());
    } else {
      paper.text().forEach(out::println);
      boolean hasJobs =
          !"sinkless".equalsIgnoreCase(line.source().getOrDefault("feed.delivery", "kafka"));
      out.println();
      out.println("Point the applications at " + line.ends().target() + ".");
      if (hasJobs) {
        out.println(
            "The changefeed is there still. To end it for good: belay feed cancel --config "
                + options.source());
      }
      out.println("The journal of this rollback is " + file + ".");
    }
    out.flush();
  }

  private void require(Matter matter) throws NotDrainedException {
    boolean isSaid = matter == Matter.WRITES_ARE_STOPPED ? writesStopped : yes;
    if (isSaid) {
      return;
    }
    String question =
        matter == Matter.WRITES_ARE_STOPPED
            ? "Are the applications' writes to CockroachDB stopped? (yes/no) "
            : "All is proved. Stop the sink and the feed now? (yes/no) ";
    Console console = System.console();
    String answer = console == null ? "" : String.valueOf(console.readLine("%s", question));
    if (!answer.strip().equalsIgnoreCase("yes")) {
      throw new NotDrainedException(
          matter == Matter.WRITES_ARE_STOPPED
              ? "Stop the applications' writes to CockroachDB, and then say so: --writes-stopped."
              : "All is proved and nothing was stopped. Say --yes to stop the sink and the feed.");
    }
  }

  private void tell(String text) {
    spec.commandLine().getErr().println("rollback: " + text);
    spec.commandLine().getErr().flush();
  }
}
