package dev.belay.cli.handover;

import dev.belay.cli.handover.Drain.Arrival;
import dev.belay.cli.handover.Drain.Later;
import dev.belay.cli.handover.Drain.Mark;
import dev.belay.cli.handover.Drain.NotDrainedException;
import dev.belay.cli.verify.Comparison;
import dev.belay.cli.verify.Told;
import dev.belay.sink.apply.SequenceSync;
import dev.belay.sink.change.HlcTimestamp;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A hand-over that proves itself. */
@Command(
    name = "drain",
    description = {
      "After the applications' writes to CockroachDB were stopped: waits until the old database has"
          + " everything, shows that it has, and sets its sequences ahead of the rows.",
      "",
      "Takes CockroachDB's time, waits until the sink's frontier has passed it on every partition,"
          + " looks whether anything was written after it, compares the rows of both databases, and"
          + " prints a report. Stops nothing, and may be run again at any time."
    },
    footer = {
      "",
      "Exit codes: 0 signed off, or drained where less was asked for; 1 not, for the reasons told; 2"
          + " wrong usage; 3 something could not be read.",
      "",
      "Example: belay drain --source config/source/kafka.json --target config/sink/postgresql.json"
    },
    mixinStandardHelpOptions = true)
public final class DrainCommand implements Callable<Integer> {
  static final int SIGNED_OFF = 0;
  static final int NOT_SIGNED_OFF = 1;
  static final int UNREAD = 3;

  @Spec private CommandSpec spec;
  @Mixin private LineOptions options;

  @Option(
      names = "--time",
      paramLabel = "TIME",
      description =
          "What cluster_logical_timestamp() told after the writes were stopped; default: it is asked"
              + " now.")
  private Optional<String> time = Optional.empty();

  @Option(
      names = "--tables",
      split = ",",
      paramLabel = "NAME",
      description = "The tables to compare, by their names in CockroachDB; default: the topics'.")
  private Set<String> tables = Set.of();

  @Option(names = "--no-compare", description = "Do not compare the rows.")
  private boolean noCompare;

  @Option(
      names = "--sequences",
      paramLabel = "on|dry-run|off",
      defaultValue = "on",
      description =
          "Whether sequences are set ahead of the rows, or only looked at; default"
              + " ${DEFAULT-VALUE}.")
  private String sequences;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Writes the report into a file too, as JSON. The file must not be there.")
  private Optional<Path> report = Optional.empty();

  @Option(names = "--json", description = "Print the report as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (!Set.of("on", "dry-run", "off").contains(sequences)) {
      throw new ParameterException(
          spec.commandLine(), "--sequences is on, dry-run or off, not " + sequences + ".");
    }
    report
        .filter(Files::exists)
        .ifPresent(
            file -> {
              throw new ParameterException(
                  spec.commandLine(),
                  "--report " + file + " is there already: name another file, or move it away.");
            });
    report
        .map(file -> file.toAbsolutePath().getParent())
        .filter(folder -> !Files.isWritable(folder))
        .ifPresent(
            folder -> {
              throw new ParameterException(
                  spec.commandLine(), "--report: " + folder + " is no folder that can be written.");
            });
    Optional<HlcTimestamp> asked = time.map(this::parsed);
    try {
      HandOver over = run(options.line(), asked);
      HandOverReport paper = new HandOverReport(over);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(paper.json());
      } else {
        paper.text().forEach(out::println);
      }
      out.flush();
      if (report.isPresent()) {
        Files.writeString(report.get(), paper.json() + "\n");
      }
      return over.objections().isEmpty() ? SIGNED_OFF : NOT_SIGNED_OFF;
    } catch (NotDrainedException e) {
      return ended(NOT_SIGNED_OFF, e.getMessage());
    } catch (IOException e) {
      return ended(UNREAD, e.getMessage());
    } catch (SQLException e) {
      return ended(UNREAD, Told.of(e));
    }
  }

  private HlcTimestamp parsed(String text) {
    return HlcTimestamp.parse(text)
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "--time is as cluster_logical_timestamp() tells it, for example"
                        + " 1700000000000000000.0000000000, not "
                        + text
                        + "."));
  }

  private int ended(int code, String message) {
    spec.commandLine().getErr().println("drain: " + message);
    spec.commandLine().getErr().flush();
    return code;
  }

  private void tell(String text) {
    spec.commandLine().getErr().println("drain: " + text);
    spec.commandLine().getErr().flush();
  }

  private HandOver run(Line line, Optional<HlcTimestamp> asked)
      throws IOException, SQLException, InterruptedException, NotDrainedException {
    Drain drain = new Drain(line, this::tell);
    FeedTables feed = FeedTables.of(line);
    Instant began = Instant.now();
    Mark mark = asked.isPresent() ? drain.mark(asked.get(), line.topicsNow()) : drain.mark();
    tell("everything up to " + mark.time() + " is to come to " + line.ends().target());
    drain.await(mark.time(), options.timeout());
    tell("it is there, on all partitions");
    Set<String> topics = drain.await(mark.time(), options.timeout()).topics();
    Optional<Comparison.Outcome> compared =
        noCompare ? Optional.empty() : Optional.of(drain.compare(feed, tables));
    // whoever wrote while rows were compared is seen too
    Arrival arrival = drain.await(drain.now(), options.timeout());
    Optional<Later> later = drain.after(mark, topics);
    boolean whole = !noCompare && tables.isEmpty() && sequences.equals("on");
    HandOver sofar =
        new HandOver(
            line,
            began,
            Instant.now(),
            mark.time(),
            arrival,
            later,
            gaps(line, feed, topics),
            compared,
            whole,
            Optional.empty());
    if (sequences.equals("off") || !sofar.objections().isEmpty()) {
      return sofar;
    }
    Optional<List<SequenceSync.Found>> moved =
        drain.sequences(drain.targets(feed, tables), sequences.equals("dry-run"));
    return sofar.with(moved);
  }

  static List<String> gaps(Line line, FeedTables feed, Set<String> topics) {
    List<String> gaps = new ArrayList<>(feed.gaps(topics));
    gaps.addAll(FeedTables.unread(line, topics));
    return gaps;
  }
}
