package dev.belay.cli.verify;

import dev.belay.cli.connect.Connector;
import dev.belay.cli.connect.ConnectorFile;
import dev.belay.cli.verify.Look.NoSnapshotException;
import dev.belay.cli.verify.Report.Summary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whether two databases hold the same rows. */
@Command(
    name = "verify",
    description = {
      "Compares the tables and rows of two databases, while both are used.",
      "",
      "With the sink connector's JSON as --target the comparison is exact: the target's checkpoint"
          + " says which time of CockroachDB it holds, and CockroachDB is read as of that time. Without"
          + " it, rows that differ are looked at again until they settle."
    },
    footer = {
      "",
      "A database is a JDBC URL (jdbc:cockroachdb:, jdbc:postgresql:, jdbc:mysql:, jdbc:mariadb:) or"
          + " the JSON of a connector as it is POSTed; $${env:...}, $${file:...} and $${directory:...}"
          + " are read here.",
      "",
      "Exit codes: 0 equal; 1 different; 2 wrong usage; 3 not compared to the end.",
      "",
      "Example: belay verify --source config/source/kafka.json --target config/sink/postgresql.json"
    },
    mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
  private static final int EQUAL = 0;
  private static final int DIFFERENT = 1;
  private static final int NOT_DONE = 3;

  /** How it is made sure that rows on their way are no differences. */
  enum Method {
    /** Exact where a checkpoint tells the time, else recheck. */
    AUTO,
    EXACT,
    RECHECK
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--source",
      required = true,
      paramLabel = "URL|FILE",
      description = "The database that is right: its JDBC URL, or the source connector's JSON.")
  private String source;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "URL|FILE",
      description = "The one that should be equal: its JDBC URL, or the sink connector's JSON.")
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
  private String sourceSchema;

  @Option(
      names = "--target-schema",
      paramLabel = "SCHEMA",
      description = "The same, in the target.")
  private String targetSchema;

  @Option(
      names = "--connector",
      paramLabel = "NAME",
      description = "The sink connector whose checkpoint is read; default: the name in its JSON.")
  private String connector;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      defaultValue = "auto",
      description =
          "exact: as of the checkpoint's time, or not at all; recheck: differing rows again until"
              + " they settle; auto, the default: exact if there is a checkpoint that tells a time.")
  private String method;

  @Option(
      names = "--tables",
      split = ",",
      paramLabel = "PATTERN",
      description = "Names of tables in the source, as regular expressions; default: all.")
  private List<String> tables = List.of();

  @Option(
      names = "--rename",
      split = ",",
      paramLabel = "SOURCE=TARGET",
      description = "A table, or a column as TABLE.COLUMN, that has another name in the target.")
  private Map<String, String> renames = Map.of();

  @Option(
      names = "--exclude-columns",
      split = ",",
      paramLabel = "[TABLE.]COLUMN",
      description = "Columns that are not compared.")
  private List<String> excluded = List.of();

  @Option(
      names = "--where",
      paramLabel = "[TABLE:]SQL",
      description =
          "Compares only rows that meet it; it must be true of the same rows on both sides.")
  private List<String> filters = List.of();

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "4",
      description = "So many ranges at the same time; default ${DEFAULT-VALUE}.")
  private int parallel;

  @Option(
      names = "--range-rows",
      paramLabel = "N",
      defaultValue = "50000",
      description = "About so many rows make a range; default ${DEFAULT-VALUE}.")
  private long rangeRows;

  @Option(
      names = "--rows-per-second",
      paramLabel = "N",
      defaultValue = "0",
      description = "Reads no more of each side, on average; default 0, without limit.")
  private long rowsPerSecond;

  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "How long rows that differ are looked at again, or a checkpoint that tells no time;"
              + " default ${DEFAULT-VALUE}.")
  private long settle;

  @Option(
      names = "--max-differences",
      paramLabel = "N",
      defaultValue = "10000",
      description =
          "So many rows of a table are told one by one, all are counted; default ${DEFAULT-VALUE}.")
  private long listed;

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description = "Notes what was compared, and goes on from there if it is there already.")
  private Path journal;

  @Option(names = "--json", description = "Print JSON, an object a line.")
  private boolean json;

  @Option(names = "--show-values", description = "Show the values that differ, and not keys alone.")
  private boolean showValues;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Report report =
        json
            ? new JsonReport(out, showValues)
            : new TextReport(out, spec.commandLine().getErr(), showValues);
    try {
      Sides<Endpoint> endpoints = new Sides<>(sourceEndpoint(), targetEndpoint());
      Selection selection = selection();
      Method how = method();
      Optional<String> checkpoint = checkpoint(endpoints, how);
      Summary summary;
      try {
        summary = new Verification(endpoints, selection, settings(checkpoint), report).run();
      } catch (NoSnapshotException e) {
        if (how == Method.EXACT) {
          return notDone(
              e.getMessage()
                  + " There is no time as of which both sides could be equal: wait until the sink is"
                  + " in consistent mode and has caught up, or use --method recheck.");
        }
        report.note(e.getMessage() + " Rows that differ are looked at again instead.");
        summary = recheck(endpoints, selection, report);
      }
      if (summary.tables() == 0 && summary.schemaDifferences() == 0) {
        return NOT_DONE;
      }
      return summary.isEqual() ? EQUAL : DIFFERENT;
    } catch (IOException e) {
      return notDone(e.getMessage());
    } catch (SQLException e) {
      return notDone(Told.of(e));
    }
  }

  private Summary recheck(Sides<Endpoint> endpoints, Selection selection, Report report)
      throws SQLException, IOException, InterruptedException {
    try {
      return new Verification(endpoints, selection, settings(Optional.empty()), report).run();
    } catch (NoSnapshotException e) {
      throw new IllegalStateException("a checkpoint was read that nobody asked for", e);
    }
  }

  private int notDone(String message) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("verify: " + message);
    err.flush();
    return NOT_DONE;
  }

  private Settings settings(Optional<String> checkpoint) {
    if (parallel < 1 || rangeRows < 1 || rowsPerSecond < 0 || settle < 0 || listed < 1) {
      throw wrong(
          "--parallel, --range-rows and --max-differences are at least 1, --rows-per-second and"
              + " --settle at least 0.");
    }
    return new Settings(
        checkpoint,
        parallel,
        rangeRows,
        rowsPerSecond,
        Duration.ofSeconds(settle),
        listed,
        Optional.ofNullable(journal));
  }

  private Method method() {
    try {
      return Method.valueOf(method.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw wrong("--method is auto, exact or recheck, not " + method + ".");
    }
  }

  /** The connector whose checkpoint tells the time; empty if none does. */
  private Optional<String> checkpoint(Sides<Endpoint> endpoints, Method how) {
    boolean readsThePast = endpoints.source().dialect().orElseThrow().readsThePast();
    if (how == Method.EXACT && !readsThePast) {
      throw wrong(
          "--method exact needs a CockroachDB as --source: no other can be read as it was.");
    } else if (how == Method.EXACT && connector == null) {
      throw wrong("--method exact needs the sink connector's JSON as --target, or --connector.");
    }
    return how == Method.RECHECK || !readsThePast
        ? Optional.empty()
        : Optional.ofNullable(connector);
  }

  private Endpoint sourceEndpoint() throws IOException {
    if (!isFile(source)) {
      return endpoint("source", source, sourceUser, sourcePassword);
    }
    return known(
        "source",
        Endpoint.ofSource(ConnectorFile.read(Path.of(source), Connector.SOURCE))
            .as(Optional.ofNullable(sourceUser), secret(sourcePassword)));
  }

  private Endpoint targetEndpoint() throws IOException {
    if (!isFile(target)) {
      return endpoint("target", target, targetUser, targetPassword);
    }
    Map<String, String> config = ConnectorFile.read(Path.of(target), Connector.SINK);
    connector = connector == null ? config.get("name") : connector;
    return known(
        "target",
        Endpoint.ofSink(config).as(Optional.ofNullable(targetUser), secret(targetPassword)));
  }

  private static boolean isFile(String given) {
    return !given.startsWith("jdbc:");
  }

  private static Optional<String> secret(String given) {
    return Optional.ofNullable(given)
        .map(text -> ConnectorFile.resolved(Map.of("p", text)).get("p"));
  }

  private Endpoint endpoint(String side, String url, String user, String password) {
    if (user == null) {
      throw wrong("Say who reads the " + side + ": --" + side + "-user.");
    }
    return known(side, new Endpoint(url, user, secret(password).orElse(""), Map.of()));
  }

  private Endpoint known(String side, Endpoint given) {
    String environment = System.getenv("BELAY_" + side.toUpperCase(Locale.ROOT) + "_PASSWORD");
    Endpoint endpoint =
        given.password().isEmpty() ? given.as(Optional.empty(), secret(environment)) : given;
    if (endpoint.dialect().isEmpty()) {
      throw wrong(
          "The "
              + side
              + " is none of jdbc:cockroachdb:, jdbc:postgresql:, jdbc:mysql:, jdbc:mariadb:.");
    }
    return endpoint;
  }

  private Selection selection() {
    List<Pattern> patterns = new ArrayList<>();
    for (String table : tables) {
      try {
        patterns.add(Pattern.compile(table));
      } catch (PatternSyntaxException e) {
        throw wrong("--tables " + table + " is no regular expression: " + e.getDescription() + ".");
      }
    }
    Set<String> columns = new HashSet<>();
    excluded.forEach(column -> columns.add(column.toLowerCase(Locale.ROOT)));
    Map<String, String> byTable = new HashMap<>();
    for (String filter : filters) {
      int colon = filter.indexOf(':');
      boolean hasTable =
          colon > 0
              && filter.substring(0, colon).matches("\\w+")
              && !filter.startsWith("::", colon);
      String table = hasTable ? filter.substring(0, colon) : "";
      if (byTable.put(table, hasTable ? filter.substring(colon + 1) : filter) != null) {
        throw wrong(
            "--where is given twice for "
                + (hasTable ? "table " + table : "all tables")
                + ": join the two with AND.");
      }
    }
    return new Selection(
        new Sides<>(Optional.ofNullable(sourceSchema), Optional.ofNullable(targetSchema)),
        patterns,
        renames,
        columns,
        byTable);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
