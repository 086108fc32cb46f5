package dev.belay.cli.dlq;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cli.connect.Connector;
import dev.belay.cli.connect.ConnectorFile;
import dev.belay.cli.handover.LineOptions;
import dev.belay.cli.text.Wrapped;
import dev.belay.cli.verify.Endpoint;
import dev.belay.cli.verify.Told;
import dev.belay.sink.failure.Rejector;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Dead letters, from the reason to the row that is equal again. */
@Command(
    name = "dlq",
    description = {
      "Lists and shows the records that a sink has rejected, and brings their rows again.",
      "",
      "A rejection is open until a newer version of its row is applied. The letters in the queue say"
          + " why; with errors.deadletterqueue.context.headers.enable=true also where each record was."
    },
    footer = {
      "",
      "Exit codes: 0 done, and for list: nothing is open; 1 something is open; 2 wrong usage; 3"
          + " something could not be read.",
      "",
      "Example: belay dlq list --target config/sink/postgresql.json"
    },
    mixinStandardHelpOptions = true)
public final class DlqCommand implements Runnable {
  private static final int DONE = 0;
  private static final int OPEN = 1;
  private static final int UNREAD = 3;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(300);
  private static final String LETTER = "letter";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do: list, show or replay.");
  }

  /** Whose letters. */
  static final class Sink {
    @Option(
        names = "--target",
        required = true,
        paramLabel = "FILE",
        description = "The sink connector's JSON, as it is POSTed.")
    private Path file;

    @Option(
        names = "--target-user",
        paramLabel = "USER",
        description = "Who reads the checkpoint; default: the connector's user.")
    private Optional<String> user = Optional.empty();

    @Option(
        names = "--target-password",
        paramLabel = "PASSWORD",
        description =
            "Better as $${env:NAME} or $${file:FILE:KEY} than in words; default: environment variable"
                + " BELAY_TARGET_PASSWORD, or the connector's.")
    private Optional<String> password = Optional.empty();

    @Option(names = "--json", description = "Print one JSON object a line.")
    private boolean json;

    Queue queue() throws IOException {
      Map<String, String> sink = ConnectorFile.read(file, Connector.SINK);
      Endpoint target =
          Endpoint.ofSink(sink)
              .as(
                  user,
                  password
                      .or(() -> Optional.ofNullable(System.getenv("BELAY_TARGET_PASSWORD")))
                      .map(text -> ConnectorFile.resolved(Map.of("p", text)).get("p")));
      if (target.dialect().isEmpty()) {
        throw new IOException(
            file + " has a target.connection.url of a database that is not read here.");
      }
      return new Queue(sink, target);
    }
  }

  @Command(
      name = "list",
      description = "Lists the letters with their reasons, and what is open.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin Sink sink,
      @Option(names = "--open", description = "Only letters of rejections that are open.")
          boolean openOnly) {
    try {
      Queue queue = sink.queue();
      // letters first: whatever is open later has its letter before
      List<Letter> letters = queue.letters();
      Map<String, Rejection> open = new LinkedHashMap<>();
      queue.open().forEach(each -> open.put(each.name(), each));
      Set<String> told = new HashSet<>();
      boolean isAnyUnknown = false;
      for (Letter letter : letters) {
        State state = state(letter, open.keySet());
        letter.of().ifPresent(told::add);
        isAnyUnknown |= state == State.UNKNOWN;
        if (!openOnly || state == State.OPEN) {
          show(letter, state, sink.json);
        }
      }
      open.values().stream()
          .filter(each -> !told.contains(each.name()))
          .forEach(each -> showWithoutLetter(each, sink.json));
      int left = open.size();
      if (!sink.json) {
        out()
            .println(
                left == 0
                    ? "Nothing is open."
                    : left + (left == 1 ? " rejection is open." : " rejections are open."));
        if (isAnyUnknown) {
          Wrapped.print(
              out(),
              "",
              "Letters that are unknown come from Connect itself, or do not say of which record they"
                  + " are: whether their rows are in the old database, belay verify tells.");
        }
      }
      out().flush();
      return left == 0 && !isAnyUnknown ? DONE : OPEN;
    } catch (IOException e) {
      return unread(e.getMessage());
    } catch (SQLException e) {
      return unread(Told.of(e));
    }
  }

  /** What is known of a letter's record. */
  private enum State {
    OPEN,
    /** Mended, superseded by a newer rejection of its row, or taken away by a person. */
    NOT_OPEN,
    UNKNOWN;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private static State state(Letter letter, Set<String> open) {
    if (letter.of().isEmpty() || letter.header(Rejector.HEADER_REASON).isEmpty()) {
      return State.UNKNOWN;
    }
    return open.contains(letter.of().get()) ? State.OPEN : State.NOT_OPEN;
  }

  private void show(Letter letter, State state, boolean json) {
    String reason = letter.header(Rejector.HEADER_REASON).orElse("no reason is in its headers");
    if (json) {
      ObjectNode line = line(LETTER).put(LETTER, letter.name()).put("at", letter.at().toString());
      letter.of().ifPresent(record -> line.put("record", record));
      letter.header(Rejector.HEADER_TABLE).ifPresent(table -> line.put("table", table));
      out().println(line.put("state", state.word()).put("reason", reason));
      return;
    }
    Wrapped.print(
        out(),
        "",
        letter.name()
            + " "
            + letter.at()
            + letter.header(Rejector.HEADER_TABLE).map(table -> " " + table).orElse("")
            + letter.of().map(record -> " (" + record + ")").orElse("")
            + ", "
            + state.word()
            + ": "
            + reason);
  }

  private void showWithoutLetter(Rejection open, boolean json) {
    if (json) {
      ObjectNode line = line("open").put("record", open.name()).put("records", open.records());
      open.table().ifPresent(table -> line.put("table", table));
      open.code().ifPresent(code -> line.put("code", code));
      out().println(line);
      return;
    }
    Wrapped.print(
        out(),
        "",
        open.name()
            + open.table().map(table -> " " + table).orElse("")
            + open.code().map(code -> " " + code).orElse("")
            + ": open, for "
            + open.records()
            + (open.records() == 1 ? " record" : " records")
            + "; its letter is not told apart");
  }

  @Command(
      name = "show",
      description = "Shows all headers of a letter. Values are in none of them.",
      mixinStandardHelpOptions = true)
  int show(
      @Mixin Sink sink,
      @Parameters(paramLabel = "PARTITION:OFFSET", description = "The letter, as list names it.")
          String name) {
    try {
      for (Letter letter : sink.queue().letters()) {
        if (letter.name().equals(name)) {
          if (sink.json) {
            ObjectNode line = line("headers").put(LETTER, name);
            ObjectNode headers = line.putObject("headers");
            letter.headers().forEach(headers::put);
            out().println(line);
          } else {
            letter
                .headers()
                .forEach((header, text) -> Wrapped.print(out(), "", header + ": " + text));
          }
          out().flush();
          return DONE;
        }
      }
      throw new ParameterException(
          spec.commandLine(), "There is no letter " + name + ": list names them.");
    } catch (IOException e) {
      return unread(e.getMessage());
    }
  }

  @Command(
      name = "replay",
      description = {
        "Brings rows of open rejections again, after the cause was mended.",
        "",
        "Each row is written over in CockroachDB with the values that it has, so that the changefeed"
            + " sends it once more: the old database gets it as it is now, never the old image. Without"
            + " --yes it only says what it would do. --source-user needs UPDATE on the tables."
      },
      mixinStandardHelpOptions = true)
  int replay(
      @Mixin LineOptions options,
      @Option(names = "--yes", description = "Do it.") boolean yes,
      @Option(names = "--json", description = "Print one JSON object a line.") boolean json,
      @Parameters(
              arity = "0..*",
              paramLabel = "TOPIC:PARTITION:OFFSET",
              description = "Records, as list names them; default: all that are open.")
          List<String> names)
      throws InterruptedException {
    try {
      Queue queue =
          new Queue(
              ConnectorFile.read(options.target(), Connector.SINK), options.line().ends().target());
      Replay replay = new Replay(options.line());
      Map<Rejection, Replay.Fate> fates = new LinkedHashMap<>();
      for (Rejection each : chosen(queue.open(), names == null ? List.of() : names)) {
        fates.put(each, sent(replay, each, yes));
      }
      Set<String> sent =
          yes
              ? fates.entrySet().stream()
                  .filter(fate -> fate.getValue() == Replay.Fate.SENT)
                  .flatMap(fate -> fate.getKey().keyHash().stream())
                  .collect(Collectors.toSet())
              : Set.of();
      Set<String> left = await(queue, sent, options.timeout());
      boolean isDone = true;
      for (Map.Entry<Rejection, Replay.Fate> each : fates.entrySet()) {
        boolean isLeft = each.getKey().keyHash().filter(left::contains).isPresent();
        tell(each.getKey(), Ending.of(each.getValue(), yes, isLeft), json);
        isDone &= each.getValue() == Replay.Fate.SENT && !isLeft && yes;
      }
      out().flush();
      return isDone ? DONE : OPEN;
    } catch (IOException e) {
      return unread(e.getMessage());
    } catch (SQLException e) {
      return unread(Told.of(e));
    }
  }

  /** What a person is told of a row. */
  private enum Ending {
    CLOSED("the row has come as CockroachDB has it now"),
    OPEN(
        "the row was sent again and its rejection is open still: list says why, and belay status"
            + " whether the sink runs"),
    WOULD_BE_SENT("its row would be sent again as CockroachDB has it now: --yes does it"),
    GONE(
        "CockroachDB shows no such row to this user: if it has none, delete it in the old database (belay"
            + " verify tells), and then its row in belay_rejection"),
    REFUSED("CockroachDB has refused it, for the reason told"),
    UNREADABLE(
        "its record is not in Kafka any more, or cannot be read: compare the table (belay verify),"
            + " mend the row, and then delete its row in belay_rejection");

    private final String text;

    Ending(String text) {
      this.text = text;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static Ending of(Replay.Fate fate, boolean yes, boolean isLeft) {
      return switch (fate) {
        case SENT -> yes ? isLeft ? OPEN : CLOSED : WOULD_BE_SENT;
        case GONE -> GONE;
        case UNREADABLE -> UNREADABLE;
        case REFUSED -> REFUSED;
      };
    }
  }

  /** A row that is refused keeps no other from being sent. */
  private Replay.Fate sent(Replay replay, Rejection each, boolean yes) throws IOException {
    try {
      return replay.run(each, yes);
    } catch (SQLException e) {
      spec.commandLine().getErr().println("dlq: " + each.name() + ": " + Told.of(e));
      return Replay.Fate.REFUSED;
    }
  }

  private List<Rejection> chosen(List<Rejection> open, List<String> names) {
    for (String name : names) {
      if (open.stream().noneMatch(each -> each.name().equals(name))) {
        throw new ParameterException(
            spec.commandLine(), "No rejection of " + name + " is open: list names those that are.");
      }
    }
    return open.stream().filter(each -> names.isEmpty() || names.contains(each.name())).toList();
  }

  /** Those rows, by the hash of their key, that are open still when the time is up. */
  private static Set<String> await(Queue queue, Set<String> sent, Duration limit)
      throws SQLException, InterruptedException {
    long began = System.nanoTime();
    while (true) {
      Set<String> left =
          queue.open().stream()
              .flatMap(each -> each.keyHash().stream())
              .filter(sent::contains)
              .collect(Collectors.toSet());
      if (left.isEmpty() || System.nanoTime() - began > limit.toNanos()) {
        return left;
      }
      Thread.sleep(BETWEEN_LOOKS.toMillis());
    }
  }

  private void tell(Rejection each, Ending ending, boolean json) {
    if (json) {
      ObjectNode line = line("replay").put("record", each.name());
      each.table().ifPresent(table -> line.put("table", table));
      out().println(line.put("state", ending.word()).put("text", ending.text));
    } else {
      Wrapped.print(
          out(),
          "",
          each.name()
              + each.table().map(table -> " " + table).orElse("")
              + ", "
              + ending.word()
              + ": "
              + ending.text);
    }
  }

  private static ObjectNode line(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private int unread(String message) {
    out().flush();
    spec.commandLine().getErr().println("dlq: " + message);
    spec.commandLine().getErr().flush();
    return UNREAD;
  }
}
