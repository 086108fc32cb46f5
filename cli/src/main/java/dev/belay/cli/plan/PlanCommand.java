package dev.belay.cli.plan;

import dev.belay.cli.connect.ConnectorFile;
import dev.belay.cli.init.Address;
import dev.belay.cli.init.Product;
import dev.belay.cli.init.RollbackOption;
import dev.belay.cli.verify.Counterparts;
import dev.belay.cli.verify.Counterparts.Place;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which way back fits a migration. */
@Command(
    name = "plan",
    description = {
      "Recommends a way back from CockroachDB: failback on demand, bidirectional, dual write with a"
          + " standby, or manual reconciliation. Says why, what excludes the others, and what each costs.",
      "",
      "Asks questions on a terminal, or is told the answers. With the URLs of both databases it looks"
          + " itself at what they can do. It changes nothing."
    },
    footer = {
      "",
      "Exit codes: 0 recommended; 1 the answers contradict each other, or something must be settled"
          + " first; 2 wrong usage; 3 a database could not be read.",
      "",
      "Example: belay plan --rto 5m --rpo 5s --writers one --application-can-change no --kafka-connect"
          + " yes --watch daytime --old-database postgresql"
    },
    mixinStandardHelpOptions = true)
public final class PlanCommand implements Callable<Integer> {
  private static final int TO_SETTLE = 1;
  private static final int UNREAD = 3;

  private final InputStream in;

  @Spec private CommandSpec spec;

  @Option(
      names = "--rto",
      paramLabel = "TIME",
      description =
          "From the decision to go back to the moment at which the old database may be used: 0, 30s, 5m,"
              + " 4h.")
  private String rto;

  @Option(
      names = "--rpo",
      paramLabel = "TIME|all",
      description =
          "What may be lost if CockroachDB is gone at once: 0, 5s; all for all since the cutover. In an"
              + " orderly rollback nothing is lost, whatever the way.")
  private String rpo;

  @Option(
      names = "--writers",
      paramLabel = "one|both",
      description = "Whether users write one database after the cutover, or both.")
  private String writers;

  @Option(
      names = "--same-keys",
      paramLabel = "yes|no",
      description = "Whether two writers can touch one row. Matters where users write both.")
  private String sameKeys;

  @Option(
      names = "--application-can-change",
      paramLabel = "yes|no",
      description = "Whether the application can write both databases itself.")
  private String applicationCanChange;

  @Option(
      names = "--kafka-connect",
      paramLabel = "yes|no",
      description = "Whether you can run Kafka and Kafka Connect.")
  private String kafkaConnect;

  @Option(
      names = "--watch",
      paramLabel = "WHO",
      description = "Who would see that a connector stands still: nobody, daytime, always.")
  private String watch;

  @Option(
      names = "--old-database",
      paramLabel = "PRODUCT",
      description =
          "postgresql (14 and newer), postgresql-12 (12 and 13), mysql, mariadb, oracle. Not needed with"
              + " --target.")
  private String oldDatabase;

  @Option(
      names = "--source",
      paramLabel = "URL",
      description = "CockroachDB, to look at: jdbc:cockroachdb://HOST:26257/DATABASE.")
  private String source;

  @Option(
      names = "--target",
      paramLabel = "URL",
      description =
          "The database that was migrated from, to look at: jdbc:postgresql:, jdbc:mysql: or"
              + " jdbc:mariadb:.")
  private String target;

  @Option(names = "--source-user", paramLabel = "USER", description = "Who reads the source.")
  private String sourceUser;

  @Option(names = "--target-user", paramLabel = "USER", description = "Who reads the target.")
  private String targetUser;

  @Option(
      names = "--source-password",
      paramLabel = "PASSWORD",
      description =
          "Better as $${env:NAME} or $${file:FILE:KEY} than in words; default: environment variable"
              + " BELAY_SOURCE_PASSWORD.")
  private String sourcePassword;

  @Option(
      names = "--target-password",
      paramLabel = "PASSWORD",
      description = "The same; default: environment variable BELAY_TARGET_PASSWORD.")
  private String targetPassword;

  @Option(
      names = "--ask",
      description = "Asks what was not told, as it does on a terminal when nothing was told.")
  private boolean ask;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  /**
   * @param in where answers come from
   */
  public PlanCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() throws IOException {
    Questions questions = new Questions();
    Optional<Look> look;
    try {
      told(questions);
      look = look();
      if (look.isPresent()) {
        questions.give("--old-database", look.get().oldDatabase());
      }
    } catch (Questions.UnclearException | Address.UnfitException e) {
      throw wrong(e.getMessage());
    } catch (SQLException e) {
      spec.commandLine().getErr().println("plan: " + Counterparts.told(e));
      spec.commandLine().getErr().flush();
      return UNREAD;
    }
    askTheRest(questions);
    Decision decision = Decision.of(questions.meaning());
    List<String> toSettle = new ArrayList<>();
    look.ifPresent(
        databases ->
            decision.recommended().ifPresent(way -> toSettle.addAll(databases.toSettle(way))));
    if (decision.recommended().isEmpty()) {
      decision.nearest().forEach(way -> toSettle.add(nearest(decision, way)));
    }
    PlanReport report =
        new PlanReport(
            questions.answers(),
            decision,
            TradeOffs.read(),
            look,
            List.copyOf(toSettle),
            decision.recommended().map(this::initLine).orElse(""));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      report.json(out);
    } else {
      report.text(out);
    }
    return decision.recommended().isPresent() && toSettle.isEmpty() ? 0 : TO_SETTLE;
  }

  private static String nearest(Decision decision, RollbackOption way) {
    return "For "
        + way.title()
        + " another answer is needed to "
        + decision.excluded().get(way).stream()
            .map(Rule::answer)
            .distinct()
            .collect(Collectors.joining(" and "))
        + ".";
  }

  private void told(Questions questions) throws Questions.UnclearException {
    questions.give("--rto", rto);
    questions.give("--rpo", rpo);
    questions.give("--writers", writers);
    questions.give("--same-keys", sameKeys);
    questions.give("--application-can-change", applicationCanChange);
    questions.give("--kafka-connect", kafkaConnect);
    questions.give("--watch", watch);
    questions.give("--old-database", oldDatabase);
  }

  private void askTheRest(Questions questions) throws IOException {
    List<Questions.Question> open = questions.open();
    if (open.isEmpty()) {
      return;
    }
    boolean nothingTold = questions.answers().keySet().stream().allMatch("--old-database"::equals);
    if (!ask && !(nothingTold && System.console() != null)) {
      throw wrong(
          "Not told yet: "
              + open.stream()
                  .map(question -> question.option() + " (" + question.answers() + ")")
                  .collect(Collectors.joining("; "))
              + ". Or be asked: --ask.");
    }
    // what is asked is no part of what a program reads
    PrintWriter to = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
    BufferedReader answers = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    if (!questions.ask(answers, to)) {
      throw wrong(
          "The input ended before all was answered: "
              + questions.open().stream()
                  .map(Questions.Question::option)
                  .collect(Collectors.joining(", "))
              + ".");
    }
  }

  private Optional<Look> look() throws SQLException, Address.UnfitException {
    if (source == null && target == null) {
      return Optional.empty();
    } else if (source == null || target == null) {
      throw wrong("--source and --target go together: to look, both databases are needed.");
    }
    Address from = Address.of("--source", source);
    Address to = Address.of("--target", target);
    if (from.product() != Product.COCKROACHDB || to.product() == Product.COCKROACHDB) {
      throw wrong(
          "--source is CockroachDB, as jdbc:cockroachdb:, and --target the database that was migrated"
              + " from.");
    } else if (to.product() == Product.ORACLE) {
      throw wrong(
          "Oracle is not looked at: take --source and --target away, and say --old-database oracle.");
    }
    return Optional.of(
        Look.at(
            to.product(),
            place("source", source, sourceUser, sourcePassword),
            place("target", target, targetUser, targetPassword)));
  }

  private Place place(String side, String url, String user, String password) {
    if (user == null) {
      throw wrong("Say who reads the " + side + ": --" + side + "-user.");
    }
    Optional<String> given =
        Optional.ofNullable(password)
            .or(
                () ->
                    Optional.ofNullable(
                        System.getenv("BELAY_" + side.toUpperCase(Locale.ROOT) + "_PASSWORD")));
    return new Place(
        url,
        user,
        given.map(text -> ConnectorFile.resolved(Map.of("p", text)).get("p")).orElse(""));
  }

  /** With what was told; what was not stands in capitals. */
  private String initLine(RollbackOption way) {
    return "belay init --option "
        + way.word()
        + " --source "
        + (source == null ? "jdbc:cockroachdb://HOST:26257/DATABASE" : shown(source))
        + " --source-user "
        + (sourceUser == null ? "READER" : sourceUser)
        + " --target "
        + (target == null ? "JDBC_URL" : shown(target))
        + " --target-user "
        + (targetUser == null ? "READER" : targetUser)
        + (way == RollbackOption.MANUAL ? "" : " --kafka HOST:PORT")
        + " --out rollback";
  }

  /** For a shell, and without what may be a password. */
  private static String shown(String url) {
    return "'" + url.replaceFirst("\\?.*", "") + "'";
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
