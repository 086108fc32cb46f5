package dev.belay.cli.status;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cli.connect.ConnectOptions;
import dev.belay.cli.connect.ConnectorFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Both flows in one view, and whether one could go over to the target now. */
@Command(
    name = "status",
    description = {
      "Shows the connectors, how far the targets are, what a rollback now would lose (RPO) and how"
          + " long it would take (RTO), and whether it could be done.",
      "",
      "Asks Kafka Connect for the connectors, their targets for the checkpoint, and Kafka for what"
          + " waits. Secrets that Connect tells as $${file:...}, $${env:...} or $${directory:...} are read"
          + " here; where they are not on this machine, --config has them."
    },
    footer = {
      "",
      "Exit codes: 0 ready; 1 not ready, for the reasons told; 2 wrong usage; 3 Kafka Connect could"
          + " not be asked.",
      "",
      "Example: belay status --connect http://connect.example.com:8083 --rpo 30s --watch"
    },
    mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {
  private static final int READY = 0;
  private static final int NOT_READY = 1;
  private static final int UNSEEN = 3;

  /** To the top of the screen, and nothing below it. */
  private static final String CLEAR = "\u001b[H\u001b[J";

  @Spec private CommandSpec spec;
  @Mixin private ConnectOptions connect;

  @Option(
      names = "--connector",
      split = ",",
      paramLabel = "NAME",
      description = "Only these; default: all connectors of Belay and of Debezium.")
  private List<String> connectors = List.of();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "A connector's JSON as it is POSTed: its settings go before those that Connect tells. May be"
              + " given for several connectors.")
  private List<Path> files = List.of();

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description = "A properties file for Kafka's clients, before the connectors' kafka.admin.*.")
  private Optional<Path> kafkaConfig = Optional.empty();

  @Option(
      names = "--jmx",
      split = ",",
      paramLabel = "HOST:PORT",
      description = "JMX of the workers, for conflicts, echoes, and why a task stands still.")
  private List<String> jmx = List.of();

  @Option(
      names = "--rpo",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = Span.class,
      description = "What may be lost, as 500ms, 60s, 5m or 1h; default ${DEFAULT-VALUE}.")
  private Duration rpo;

  @Option(
      names = "--rto",
      paramLabel = "TIME",
      defaultValue = "5m",
      converter = Span.class,
      description = "How long what waits may take; default ${DEFAULT-VALUE}.")
  private Duration rto;

  @Option(
      names = "--gc-window",
      paramLabel = "TIME",
      defaultValue = "1h",
      converter = Span.class,
      description =
          "How long a feed must be able to stand still and lose nothing; default ${DEFAULT-VALUE}.")
  private Duration gcWindow;

  @Option(
      names = "--sample",
      paramLabel = "TIME",
      defaultValue = "2s",
      converter = Span.class,
      description =
          "Between two looks, for rates, and between pictures of --watch; default ${DEFAULT-VALUE}.")
  private Duration sample;

  @Option(
      names = "--feed-by-hand",
      description =
          "The changefeed was created by hand: no connector is missed that looks after it.")
  private boolean feedByHand;

  @Option(names = "--watch", description = "Look again and again, until it is interrupted.")
  private boolean watch;

  @Option(names = "--json", description = "Print one JSON object for each picture.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (sample.isZero()) {
      throw new ParameterException(spec.commandLine(), "--sample is more than nothing, as 2s.");
    }
    PrintWriter out = spec.commandLine().getOut();
    try {
      Survey survey = new Survey(connect.client(), wish());
      Readiness readiness = new Readiness(new Limits(rpo, rto, gcWindow, feedByHand));
      Picture picture = survey.look(Optional.empty());
      while (true) {
        Thread.sleep(sample.toMillis());
        picture = survey.look(Optional.of(picture));
        List<Reason> reasons = readiness.reasons(picture);
        show(out, picture, reasons);
        if (!watch || out.checkError()) {
          return reasons.isEmpty() ? READY : NOT_READY;
        }
      }
    } catch (IOException e) {
      spec.commandLine().getErr().println("status: " + e.getMessage());
      return UNSEEN;
    }
  }

  private void show(PrintWriter out, Picture picture, List<Reason> reasons) {
    if (json) {
      ObjectNode line = StatusJson.of(picture, reasons);
      out.println(line);
    } else {
      if (watch) {
        out.print(CLEAR);
      }
      StatusText.of(picture, reasons).forEach(out::println);
    }
    out.flush();
  }

  private Survey.Wish wish() throws IOException {
    Map<String, Map<String, String>> given = new HashMap<>();
    for (Path file : files) {
      Map<String, String> settings = ConnectorFile.read(file);
      given.put(settings.get("name"), settings);
    }
    return new Survey.Wish(Set.copyOf(connectors), given, kafka(), jmx);
  }

  private Map<String, String> kafka() throws IOException {
    Map<String, String> settings = new HashMap<>();
    if (kafkaConfig.isPresent()) {
      Properties file = new Properties();
      try (Reader in = Files.newBufferedReader(kafkaConfig.get())) {
        file.load(in);
      } catch (IOException e) {
        throw new IOException("--kafka-config " + kafkaConfig.get() + " cannot be read.", e);
      }
      file.stringPropertyNames().forEach(key -> settings.put(key, file.getProperty(key)));
    }
    return settings;
  }
}
