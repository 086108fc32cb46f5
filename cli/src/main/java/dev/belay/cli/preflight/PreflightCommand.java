package dev.belay.cli.preflight;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cli.connect.ConnectOptions;
import dev.belay.cli.connect.ConnectorFile;
import dev.belay.cli.handover.FeedTables;
import dev.belay.cli.handover.Line;
import dev.belay.cli.handover.LineOptions;
import dev.belay.cli.preflight.Check.Level;
import dev.belay.cli.status.Span;
import dev.belay.cli.text.Wrapped;
import dev.belay.cli.verify.Told;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether a failback will work, before it is needed. */
@Command(
    name = "preflight",
    description = {
      "Looks whether two connectors will work before they are POSTed, or still would: what the plugins"
          + " in Kafka Connect find in their settings, databases and Kafka; and beyond one connector's"
          + " sight, whether tables, keys, columns, ids and clocks of both databases go together, and"
          + " whether the topics keep what a sink that is away needs.",
      "",
      "Changes nothing. --tables, --timeout and users are as for belay drain."
    },
    footer = {
      "",
      "Exit codes: 0 nothing stops it; 1 something does; 2 wrong usage; 3 something could not be"
          + " asked.",
      "",
      "Example: belay preflight --source config/source/kafka.json --target"
          + " config/sink/postgresql.json --outage 72h"
    },
    mixinStandardHelpOptions = true)
public final class PreflightCommand implements Callable<Integer> {
  private static final int FIT = 0;
  private static final int STOPS = 1;
  private static final int UNSEEN = 3;

  @Spec private CommandSpec spec;
  @Mixin private LineOptions options;
  @Mixin private ConnectOptions connect;

  @Option(
      names = "--outage",
      paramLabel = "TIME",
      defaultValue = "24h",
      converter = Span.class,
      description =
          "How long the old database or the worker must be able to be away; default"
              + " ${DEFAULT-VALUE}.")
  private Duration outage;

  @Option(
      names = "--tables",
      split = ",",
      paramLabel = "NAME",
      description = "The tables to compare, by their names in CockroachDB; default: the topics'.")
  private Set<String> tables = Set.of();

  @Option(names = "--json", description = "Print JSON, an object a line.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    try {
      Line line = options.line();
      List<Check> checks = new ArrayList<>();
      checks.addAll(new WorkerChecks(connect.client()).run(files()));
      Set<String> topics = line.topicsNow();
      if (topics.isEmpty()) {
        checks.add(
            Check.warning(
                "topics",
                "no topic has a name that topics.regex takes",
                "None was looked at: run this again when the feed has made them."));
      }
      checks.addAll(new TopicChecks(line.kafka(), outage).run(topics));
      FeedTables feed = FeedTables.of(line);
      feed.gaps(topics)
          .forEach(
              gap ->
                  checks.add(Check.stop("tables", gap, "Bring feed.tables and topics together.")));
      checks.addAll(new DatabaseChecks(line.comparison(feed, tables)).run());
      show(checks);
      return checks.stream().anyMatch(check -> check.level() == Level.STOP) ? STOPS : FIT;
    } catch (IOException e) {
      return unseen(e.getMessage());
    } catch (KafkaException e) {
      return unseen("Kafka cannot be asked: " + e.getMessage());
    } catch (SQLException e) {
      return unseen(Told.of(e));
    }
  }

  private List<Map<String, String>> files() throws IOException {
    return List.of(ConnectorFile.read(options.source()), ConnectorFile.read(options.target()));
  }

  private int unseen(String message) {
    spec.commandLine().getErr().println("preflight: " + message);
    spec.commandLine().getErr().flush();
    return UNSEEN;
  }

  private void show(List<Check> checks) {
    PrintWriter out = spec.commandLine().getOut();
    for (Check check : checks) {
      if (json) {
        ObjectNode one = JsonNodeFactory.instance.objectNode();
        one.put("type", "check").put("level", word(check.level())).put("of", check.of());
        one.put("found", check.found());
        if (!check.cure().isEmpty()) {
          one.put("cure", check.cure());
        }
        out.println(one);
      } else {
        Wrapped.lines(
                String.format("%-8s", word(check.level())),
                check.of()
                    + ": "
                    + check.found()
                    + (check.cure().isEmpty() ? "" : ". " + check.cure()),
                "        ")
            .forEach(out::println);
      }
    }
    long stops = count(checks, Level.STOP);
    long warnings = count(checks, Level.WARNING);
    if (json) {
      out.println(
          JsonNodeFactory.instance
              .objectNode()
              .put("type", "summary")
              .put("stops", stops)
              .put("warnings", warnings)
              .put("checks", checks.size()));
    } else {
      out.println(
          (stops == 0 ? "FIT: nothing stops it" : "STOP: " + stops + " of them stop it")
              + "; "
              + warnings
              + (warnings == 1 ? " warning, " : " warnings, ")
              + checks.size()
              + " checks.");
    }
    out.flush();
  }

  private static long count(List<Check> checks, Level level) {
    return checks.stream().filter(check -> check.level() == level).count();
  }

  private static String word(Level level) {
    return level.name().toLowerCase(Locale.ROOT);
  }
}
