package dev.belay.cli.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Shows a whole failback on this machine, with real parts, and checks it row by row. */
@Command(
    name = "demo",
    description = {
      "Fails back from the CockroachDB stand-in to PostgreSQL, MySQL or MariaDB on this machine, or"
          + " (--direction) goes forward, or both ways at once, and checks every row.",
      "",
      "Starts a real Kafka broker, a real Connect worker with the packaged connectors, PostgreSQL 18 (or"
          + " --target) as the database migrated from, and the CockroachDB stand-in as the new one. A transactional"
          + " workload runs on the new one, the source connector and the sink bring it back, the worker is"
          + " killed half-way and restarted, and in the end both databases are compared row by row."
          + " Everything listens on the loopback interface and is gone afterwards, but for what the"
          + " next start is quicker with: the database, unpacked, in belay-testkit-UID of the folder for"
          + " temporary files (/tmp).",
      "",
      "With --direction forward Debezium reads the old PostgreSQL while its users work, and the sink"
          + " brings its rows and their changes to the new database. With bidirectional both are equal at"
          + " first and have users, who write different rows; what the sinks write is marked, and its"
          + " echoes are counted. For these ./belay fetches Debezium's connector once, by Maven, into"
          + " cli/target of the checkout."
    },
    footer = {
      "",
      "Exit codes: 0 all rows are equal and, in mode consistent, the target was right at every"
          + " moment, or with bidirectional no echo was applied; 1 not so, or a part failed; 2 wrong usage.",
      "",
      "Example: belay demo --target mysql --duration 20 --rate 300 --keep"
    },
    mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {

  private static final int NOT_GOOD = 1;
  private static final String SINK_ZIP = "belay-connector-sink-plugin.zip";
  private static final String SOURCE_ZIP = "belay-connector-source-crdb-plugin.zip";
  private static final String DEBEZIUM = "debezium-connector-postgres.tar.gz";

  @Spec private CommandSpec spec;

  @Option(
      names = "--direction",
      defaultValue = "failback",
      paramLabel = "failback|forward|bidirectional",
      converter = DirectionWord.class,
      description = "Which way rows go (default: ${DEFAULT-VALUE}).")
  private Direction direction;

  @Option(
      names = "--duration",
      defaultValue = "40",
      paramLabel = "SECONDS",
      description = "How long the workload runs (default: ${DEFAULT-VALUE}).")
  private int duration;

  @Option(
      names = "--rate",
      defaultValue = "200",
      paramLabel = "N",
      description = "Transactions a second (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--rows",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Rows of each table before the workload begins (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description =
          "The same seed draws the same rows and transactions (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--mode",
      defaultValue = "consistent",
      paramLabel = "consistent|immediate|best-effort",
      converter = ModeWord.class,
      description =
          "The sink's delivery mode (default: ${DEFAULT-VALUE}). Only consistent promises that the"
              + " target is a snapshot at every moment, and only there it is checked.")
  private Mode mode;

  @Option(
      names = "--feed",
      defaultValue = "kafka",
      paramLabel = "kafka|sinkless",
      converter = FeedWord.class,
      description =
          "How rows get into Kafka (default: ${DEFAULT-VALUE}): by a changefeed job that the source"
              + " connector makes and watches, or read by the connector over SQL.")
  private Feed feed;

  @Option(
      names = "--target",
      defaultValue = "postgresql",
      paramLabel = "postgresql|mysql|mariadb",
      converter = TargetWord.class,
      description =
          "The database migrated from (default: ${DEFAULT-VALUE}). MySQL and MariaDB are fetched from"
              + " Debian's archive by apt-get the first time, 100 MB, into the folder named above.")
  private OldDatabase target;

  @Option(
      names = "--keep",
      description =
          "Stay up after the verdict, with the failback running, and print every address. Ctrl-C"
              + " ends it. The logs are kept.")
  private boolean keep;

  @Option(
      names = "--json",
      description = "Print the verdict as one JSON object, the last line of standard output.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    DemoSettings settings = settings();
    Path dir = Files.createTempDirectory("belay-demo-");
    // Before the first logger is made: what the embedded parts log is not part of the story.
    System.setProperty("org.slf4j.simpleLogger.logFile", Parts.demoLog(dir).toString());
    PrintWriter out = spec.commandLine().getOut();
    Narrator narrator = new Narrator(out, settings.terminal());
    Parts parts = new Parts(dir, settings.target(), settings.direction(), settings.plugins());
    Thread interrupted = new Thread(() -> interrupted(parts, narrator, settings), "demo-end");
    Runtime.getRuntime().addShutdownHook(interrupted);
    try {
      return run(settings, parts, narrator);
    } catch (SQLException | IOException | RuntimeException failure) {
      return failed(failure, settings, parts, narrator);
    } finally {
      forget(interrupted);
    }
  }

  private int run(DemoSettings settings, Parts parts, Narrator narrator)
      throws IOException, SQLException, InterruptedException {
    Story demo =
        settings.direction() == Direction.FAILBACK
            ? new Demo(settings, parts, narrator)
            : new Crossing(settings, parts, narrator);
    Outcome verdict = demo.run();
    narrator.show(verdict.text());
    if (settings.keep()) {
      narrator.show(demo.addresses() + "\n\nlogs\n" + logs(parts) + "\n");
      narrator.say("Everything stays up and replication goes on; Ctrl-C ends it");
      if (settings.json()) {
        narrator.show(verdict.json().toString());
      }
      // The end comes by the shutdown hook.
      new CountDownLatch(1).await();
    }
    parts.close(verdict.isGood() ? Parts.Logs.DELETE : Parts.Logs.KEEP);
    if (!verdict.isGood()) {
      narrator.show("Logs:\n" + logs(parts));
    }
    if (settings.json()) {
      narrator.show(verdict.json().toString());
    }
    return verdict.isGood() ? 0 : NOT_GOOD;
  }

  private int failed(Exception failure, DemoSettings settings, Parts parts, Narrator narrator) {
    if (parts.isClosing()) {
      // Ctrl-C took the parts away under the demo's hands; the hook is about to end the JVM.
      return NOT_GOOD;
    }
    narrator.say("FAILED. " + withoutFrames(failure.getMessage()));
    parts.close(Parts.Logs.KEEP);
    narrator.show("Logs:\n" + logs(parts));
    if (settings.json()) {
      ObjectNode summary = JsonNodeFactory.instance.objectNode();
      summary.put("verdict", "failed").put("error", withoutFrames(failure.getMessage()));
      summary.put("seconds", narrator.elapsed().toMillis() / 1000.0);
      summary.put("seed", settings.seed()).put("mode", settings.mode().word());
      narrator.show(summary.toString());
    }
    return NOT_GOOD;
  }

  /** A task's failure is told by its stack trace; the frames are in the log. */
  private static String withoutFrames(String message) {
    return String.valueOf(message)
        .lines()
        .filter(line -> !line.startsWith("\t"))
        .collect(Collectors.joining("\n"));
  }

  /** Ctrl-C, TERM, or the end of a run that is over already. */
  private static void interrupted(Parts parts, Narrator narrator, DemoSettings settings) {
    if (!parts.isClosing()) {
      narrator.say("Ending: stopping all parts");
    }
    parts.close(settings.keep() ? Parts.Logs.KEEP : Parts.Logs.DELETE);
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      // then it is at work
    }
  }

  private static String logs(Parts parts) {
    return parts.logs().stream()
        .filter(Files::exists)
        .sorted()
        .map(log -> "  " + log)
        .collect(Collectors.joining("\n"));
  }

  private DemoSettings settings() {
    atLeast("--duration", duration, 2);
    atLeast("--rate", rate, 1);
    atLeast("--rows", rows, 30);
    if (direction.isFromOld() && target != OldDatabase.POSTGRESQL) {
      throw new ParameterException(
          spec.commandLine(),
          "--direction " + direction.word() + " is shown from PostgreSQL only; leave out --target");
    }
    if (!direction.isFromNew() && (isGiven("--mode") || isGiven("--feed"))) {
      throw new ParameterException(
          spec.commandLine(),
          "--mode and --feed are for the way back; with --direction forward the sink applies rows as"
              + " they arrive. Leave them out");
    }
    return new DemoSettings(
        direction,
        Duration.ofSeconds(duration),
        rate,
        rows,
        seed,
        mode,
        target,
        feed,
        keep,
        json,
        Boolean.getBoolean("belay.terminal"),
        plugins());
  }

  private boolean isGiven(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  private void atLeast(String option, int value, int least) {
    if (value < least) {
      throw new ParameterException(
          spec.commandLine(), option + " is " + value + ", the least is " + least);
    }
  }

  /** The build puts them beside the jar that this class comes from. */
  private List<List<Path>> plugins() {
    List<Path> sink = new ArrayList<>();
    sink.add(zip(SINK_ZIP));
    target.driverZip().map(this::zip).ifPresent(sink::add);
    List<List<Path>> all = new ArrayList<>(List.of(sink, List.of(zip(SOURCE_ZIP))));
    if (direction.isFromOld()) {
      all.add(List.of(zip(DEBEZIUM)));
    }
    return all;
  }

  private Path zip(String name) {
    try {
      Path self =
          Path.of(DemoCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path zip = self.resolveSibling("plugins").resolve(name);
      if (!Files.exists(zip)) {
        throw new ParameterException(
            spec.commandLine(),
            "A packaged connector is not there: "
                + zip
                + ". Run ./belay without BELAY_SKIP_BUILD=1, which builds or fetches it.");
      }
      return zip;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Picocli would take the constants' names. */
  static final class ModeWord implements ITypeConverter<Mode> {
    @Override
    public Mode convert(String word) {
      return Mode.of(word)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'" + word + "' is not consistent, immediate or best-effort"));
    }
  }

  static final class DirectionWord implements ITypeConverter<Direction> {
    @Override
    public Direction convert(String word) {
      return Direction.of(word)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'" + word + "' is not failback, forward or bidirectional"));
    }
  }

  static final class FeedWord implements ITypeConverter<Feed> {
    @Override
    public Feed convert(String word) {
      return Feed.of(word)
          .orElseThrow(
              () -> new TypeConversionException("'" + word + "' is not kafka or sinkless"));
    }
  }

  static final class TargetWord implements ITypeConverter<OldDatabase> {
    @Override
    public OldDatabase convert(String word) {
      return OldDatabase.of(word)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'" + word + "' is not postgresql, mysql or mariadb"));
    }
  }
}
