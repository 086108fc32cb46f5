package dev.belay.cli.init;

import dev.belay.cli.connect.ConnectorFile;
import dev.belay.cli.verify.Counterparts;
import dev.belay.cli.verify.Counterparts.Place;
import dev.belay.sink.change.TableName;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes what a rollback plan needs into a folder. */
@Command(
    name = "init",
    description = {
      "Writes the files of a rollback plan for the tables that two databases have: connectors, SQL for"
          + " roles and grants, and the playbook, with these names in them.",
      "",
      "Reads both catalogs and changes nothing in them. No password is written: the files name places"
          + " that the workers read."
    },
    footer = {
      "",
      "--source is always CockroachDB and --target the database that was migrated from, whichever way"
          + " rows go. belay plan says which option fits.",
      "",
      "Exit codes: 0 done; 1 something must be settled first; 2 wrong usage; 3 a database or the folder"
          + " could not be read or written.",
      "",
      "Example: belay init --option failback --source jdbc:cockroachdb://crdb.example.com:26257/shop"
          + " --source-user reader --target jdbc:postgresql://old-db.example.com:5432/shop"
          + " --target-user reader --kafka kafka.example.com:9092 --out rollback"
    },
    mixinStandardHelpOptions = true)
public final class InitCommand implements Callable<Integer> {
  private static final int TO_SETTLE = 1;
  private static final int UNREAD = 3;

  @Spec private CommandSpec spec;

  @Option(
      names = "--option",
      required = true,
      paramLabel = "OPTION",
      description =
          "failback: CockroachDB's changes to the old database; bidirectional: both ways; dual-write: a"
              + " failback that stands by; manual: compare and repair; forward: the old database's changes"
              + " to CockroachDB.")
  private String option;

  @Option(
      names = "--source",
      required = true,
      paramLabel = "URL",
      description = "CockroachDB: jdbc:cockroachdb://HOST:26257/DATABASE.")
  private String source;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "URL",
      description =
          "The old database: jdbc:postgresql:, jdbc:mysql:, jdbc:mariadb:, or jdbc:oracle:, which is"
              + " not asked.")
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
      names = "--source-schema",
      paramLabel = "SCHEMA",
      description = "Default: what the session's search path begins with.")
  private String sourceSchema = "";

  @Option(
      names = "--target-schema",
      paramLabel = "SCHEMA",
      description = "The same, in the target. Of Oracle the owner of the tables.")
  private String targetSchema = "";

  @Option(
      names = "--tables",
      split = ",",
      paramLabel = "PATTERN",
      description =
          "Names of tables in the source, as regular expressions; default: all. Of Oracle the names"
              + " themselves.")
  private List<String> tables = List.of();

  @Option(
      names = "--rename",
      split = ",",
      paramLabel = "SOURCE=TARGET",
      description = "A table that has another name in the target.")
  private Map<String, String> renames = Map.of();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where to write: a folder that is empty or does not exist.")
  private Path out;

  @Option(
      names = "--force",
      description = "Replaces files that this command wrote there, if nobody has changed them.")
  private boolean force;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the connectors' names begin with; default: the source's database.")
  private String name;

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description = "Kafka's brokers, with commas between them. Not needed for manual.")
  private String kafka = "";

  @Option(
      names = "--delivery",
      paramLabel = "HOW",
      defaultValue = "kafka",
      description =
          "kafka, the default: CockroachDB writes to Kafka; sinkless: the connector reads the feed, for"
              + " clusters that cannot reach Kafka.")
  private String delivery;

  @Option(
      names = "--overrides",
      paramLabel = "PATH",
      description =
          "Writes an override file of the changefeed as well, which will lie there on each worker.")
  private String overrides = "";

  @Option(
      names = "--application-user",
      paramLabel = "USER",
      description = "The application's user in the target, for dual-write; default: NAME_app.")
  private String applicationUser;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    RollbackOption wanted =
        RollbackOption.of(option)
            .orElseThrow(
                () ->
                    wrong(
                        "--option is one of " + RollbackOption.words() + ", not " + option + "."));
    Address from = address("--source", source);
    Address to = address("--target", target);
    sidesFit(from, to);
    if (kafka.isBlank() && wanted != RollbackOption.MANUAL) {
      throw wrong("Say where Kafka is: --kafka kafka.example.com:9092.");
    } else if (!kafka.isBlank() && !kafka.matches("[A-Za-z0-9.:,_\\[\\]-]+")) {
      throw wrong("--kafka is HOST:PORT, with commas between several, and nothing else.");
    }
    if (!delivery.equals("kafka") && !delivery.equals("sinkless")) {
      throw wrong("--delivery is kafka or sinkless, not " + delivery + ".");
    }
    boolean sinkless = delivery.equals("sinkless");
    if (!overrides.isEmpty() && (sinkless || !wanted.hasFeed())) {
      throw wrong(
          "--overrides is for a changefeed that CockroachDB writes to Kafka: take it away, or use"
              + " --delivery kafka with failback, bidirectional or dual-write.");
    }
    String called = name == null ? from.database() : name;
    if (!Address.isSafe(called)) {
      throw wrong(
          "Connectors would be named after the database, which has characters other than letters,"
              + " digits, dots, - and _. Choose a name: --name shop.");
    }
    try {
      Discovery found = discovery(from, to);
      Site site =
          new Site(
              wanted,
              called,
              from,
              to,
              found.old(),
              sinkless,
              kafka,
              overrides,
              applicationUser == null ? called + "_app" : applicationUser,
              found.tables());
      InitOutcome outcome = new Init(site, found.findings()).run(out, force);
      InitReport report = new InitReport(spec.commandLine().getOut());
      if (json) {
        report.json(outcome);
      } else {
        report.text(outcome);
      }
      return outcome.isDone() ? 0 : TO_SETTLE;
    } catch (SQLException e) {
      return unread(Counterparts.told(e));
    } catch (IOException e) {
      return unread(out + " could not be read or written: " + e.getClass().getSimpleName() + ".");
    }
  }

  private int unread(String message) {
    spec.commandLine().getErr().println("init: " + message);
    spec.commandLine().getErr().flush();
    return UNREAD;
  }

  private void sidesFit(Address from, Address to) {
    if (from.product() != Product.COCKROACHDB && to.product() == Product.COCKROACHDB) {
      throw wrong(
          "--source is CockroachDB and --target the database that was migrated from: swap the two.");
    } else if (from.product() != Product.COCKROACHDB) {
      throw wrong(
          "--source is CockroachDB: write its URL as jdbc:cockroachdb://HOST:26257/DATABASE.");
    } else if (to.product() == Product.COCKROACHDB) {
      throw wrong(
          "--target is the database that was migrated from: jdbc:postgresql:, jdbc:mysql:,"
              + " jdbc:mariadb: or jdbc:oracle:.");
    }
  }

  private Discovery discovery(Address from, Address to) throws SQLException {
    if (to.product() == Product.ORACLE) {
      return named(from);
    }
    List<Pattern> patterns = new ArrayList<>();
    for (String table : tables) {
      try {
        patterns.add(Pattern.compile(table));
      } catch (PatternSyntaxException e) {
        throw wrong("--tables " + table + " is no regular expression: " + e.getDescription() + ".");
      }
    }
    return Discovery.of(
        new Discovery.Wanted(from, to, sourceSchema, targetSchema, patterns, renames),
        place("source", source, sourceUser, sourcePassword),
        place("target", target, targetUser, targetPassword));
  }

  /** The tables that were named, of a database that is not asked. */
  private Discovery named(Address from) {
    if (tables.isEmpty() || targetSchema.isEmpty()) {
      throw wrong(
          "Oracle is not asked for its tables: name them, and their owner: --tables customers,orders"
              + " --target-schema SHOP.");
    }
    String schema = sourceSchema.isEmpty() ? "public" : sourceSchema;
    List<ChosenTable> chosen = new ArrayList<>();
    for (String table : tables) {
      if (!table.matches("\\w+")) {
        throw wrong(
            "--tables "
                + table
                + " is no name. Oracle is not asked, so that patterns have nothing to match.");
      }
      String there = renames.getOrDefault(table, table.toUpperCase(Locale.ROOT));
      chosen.add(
          new ChosenTable(
              new dev.belay.source.feed.TableName(from.database(), schema, table),
              TableName.of(targetSchema, there),
              List.of(),
              List.of(),
              List.of(),
              List.of()));
    }
    return new Discovery(OldDatabase.unasked(Product.ORACLE), chosen, List.of());
  }

  private Address address(String by, String url) {
    try {
      return Address.of(by, url);
    } catch (Address.UnfitException e) {
      throw wrong(e.getMessage());
    }
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

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
