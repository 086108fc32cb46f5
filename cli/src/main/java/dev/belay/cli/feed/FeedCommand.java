package dev.belay.cli.feed;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cli.connect.ConnectorFile;
import dev.belay.source.Addresses;
import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.Jobs;
import dev.belay.source.cluster.Secrets;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.JobState;
import dev.belay.source.feed.TableName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A person's hand on the jobs of a feed. The connector never ends a job because it is stopped; this
 * does, when it is told to.
 */
@Command(
    name = "feed",
    description = {
      "Shows, pauses, resumes or cancels the changefeed jobs of a source connector.",
      "",
      "Asks CockroachDB itself, as the connector's user: Connect need not be up. The file is the"
          + " connector as it is POSTed; $${env:...}, $${file:...} and $${directory:...} in it are read"
          + " here."
    },
    footer = {
      "",
      "Exit codes: 0 done, and for status: all jobs run; 1 a job does not run, or there is none; 2"
          + " wrong usage; 3 CockroachDB or the file could not be read.",
      "",
      "Example: belay feed status --config config/source/kafka.json"
    },
    mixinStandardHelpOptions = true)
public final class FeedCommand implements Runnable {
  private static final String CONNECTOR = "dev.belay.source.CockroachSourceConnector";
  private static final int NOT_RUNNING = 1;
  private static final int UNREAD = 3;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Say what to do: status, pause, resume or cancel.");
  }

  /** What every action is told. */
  static final class Target {
    @Option(
        names = "--config",
        required = true,
        paramLabel = "FILE",
        description = "The source connector's JSON, as it is POSTed to Connect.")
    private Path file;

    @Option(names = "--json", description = "Print one JSON object a line, for each job.")
    private boolean json;
  }

  @Command(
      name = "status",
      description = "Shows the jobs of the feed that have not ended, and how far each has come.",
      mixinStandardHelpOptions = true)
  int status(@Mixin Target target) {
    return with(target, NOTHING, job -> false);
  }

  @Command(
      name = "pause",
      description = {
        "Pauses the jobs. They stay paused until a person resumes them; they hold back garbage"
            + " collection for as long as feed.gc.protect.expires.after.ms says.",
        "A job that an error has paused is resumed for a moment first: else the connector would."
      },
      mixinStandardHelpOptions = true)
  int pause(@Mixin Target target) {
    SourceConfig config;
    try {
      config = supervised(target);
    } catch (IOException e) {
      return failed(e.getMessage());
    }
    try (Cluster cluster = cluster(config)) {
      PersonsPause pause =
          new PersonsPause(cluster, config.feedId(), cluster.ask(Catalog::database));
      boolean allStay = true;
      for (FoundJob job : live(cluster, config)) {
        if ((job.state() != JobState.PAUSED || job.isPausedByError()) && !pause.pause(job)) {
          allStay = false;
          spec.commandLine()
              .getErr()
              .println(
                  "feed: job "
                      + job.id()
                      + " is paused by an error again each time that it is resumed, and the connector"
                      + " will resume it. To keep it paused, stop the connector in Connect.");
        }
      }
      show(live(cluster, config), cluster.ask(Catalog::now), config, target.json);
      return allStay ? 0 : NOT_RUNNING;
    } catch (ClusterException e) {
      return failed("CockroachDB: " + e.getMessage());
    }
  }

  @Command(
      name = "resume",
      description = "Lets paused jobs go on from their last checkpoint.",
      mixinStandardHelpOptions = true)
  int resume(@Mixin Target target) {
    return with(target, Jobs::resume, job -> job.state() == JobState.PAUSED);
  }

  @Command(
      name = "cancel",
      description = {
        "Ends the jobs for good. The connector does not make them again, unless its offsets are"
            + " moved or deleted. Once garbage collection has passed their position, there is no way"
            + " to go on without a gap."
      },
      mixinStandardHelpOptions = true)
  int cancel(@Mixin Target target) {
    return with(target, Jobs::cancel, job -> !job.state().isEnding());
  }

  /** A statement about a job. */
  @FunctionalInterface
  private interface Action {
    void run(Connection session, long job) throws SQLException;
  }

  private static final Action NOTHING = (session, job) -> {};

  private int with(Target target, Action action, Predicate<FoundJob> concerned) {
    SourceConfig config;
    try {
      config = supervised(target);
    } catch (IOException e) {
      return failed(e.getMessage());
    }
    try (Cluster cluster = cluster(config)) {
      for (FoundJob job : live(cluster, config)) {
        if (concerned.test(job)) {
          cluster.<Void>ask(
              session -> {
                action.run(session, job.id());
                return null;
              });
        }
      }
      boolean allRun = show(live(cluster, config), cluster.ask(Catalog::now), config, target.json);
      return allRun || action != NOTHING ? 0 : NOT_RUNNING;
    } catch (ClusterException e) {
      return failed("CockroachDB: " + e.getMessage());
    }
  }

  /**
   * The connector in the file.
   *
   * @throws IOException if it cannot be read, or has no jobs; the message is for the user
   */
  private static SourceConfig supervised(Target target) throws IOException {
    SourceConfig config = new SourceConfig(ConnectorFile.read(target.file, CONNECTOR));
    if (config.delivery() == SourceConfig.Delivery.SINKLESS) {
      throw new IOException(
          "The connector has feed.delivery=sinkless: it reads the feed itself and there are no jobs."
              + " Pause, resume or stop the connector in Connect.");
    }
    return config;
  }

  private static Cluster cluster(SourceConfig config) {
    return new Cluster(Addresses.of(config), new Secrets(config.secrets()));
  }

  private int failed(String message) {
    spec.commandLine().getErr().println("feed: " + message);
    return UNREAD;
  }

  private static List<FoundJob> live(Cluster cluster, SourceConfig config) throws ClusterException {
    String database = cluster.ask(Catalog::database);
    return cluster.ask(session -> Jobs.of(session, config.feedId(), database)).stream()
        .filter(job -> !job.state().isFinal())
        .sorted(Comparator.comparingLong(FoundJob::id))
        .toList();
  }

  /** Returns whether there are jobs and all run. */
  private boolean show(List<FoundJob> jobs, HlcTimestamp now, SourceConfig config, boolean json) {
    PrintWriter out = spec.commandLine().getOut();
    for (FoundJob job : jobs) {
      out.println(json ? json(job, now).toString() : text(job, now));
    }
    if (jobs.isEmpty() && !json) {
      out.println("Feed " + config.feedId() + " has no job that has not ended.");
    }
    out.flush();
    return !jobs.isEmpty() && jobs.stream().allMatch(job -> job.state() == JobState.RUNNING);
  }

  private static String text(FoundJob job, HlcTimestamp now) {
    OptionalLong behind = behind(job, now);
    return "job "
        + job.id()
        + "  "
        + job.state().word()
        + "  "
        + (behind.isPresent() ? behind.getAsLong() + " s behind" : "no resolved time yet")
        + "  "
        + tables(job).stream().collect(Collectors.joining(", "))
        + (job.trouble().isBlank() ? "" : "\n  " + job.trouble());
  }

  private static ObjectNode json(FoundJob job, HlcTimestamp now) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("job", String.valueOf(job.id())).put("state", job.state().word());
    tables(job).forEach(line.putArray("tables")::add);
    job.highWater().ifPresent(time -> line.put("cursor", time.toString()));
    behind(job, now).ifPresent(seconds -> line.put("seconds_behind", seconds));
    if (!job.trouble().isBlank()) {
      line.put("error", job.trouble());
    }
    return line;
  }

  private static List<String> tables(FoundJob job) {
    return job.tables().stream().sorted().map(TableName::toString).toList();
  }

  private static OptionalLong behind(FoundJob job, HlcTimestamp now) {
    return job.highWater().isPresent()
        ? OptionalLong.of(job.highWater().get().until(now).toSeconds())
        : OptionalLong.empty();
  }
}
