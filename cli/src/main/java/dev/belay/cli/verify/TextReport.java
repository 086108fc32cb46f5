package dev.belay.cli.verify;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** For a person: rows that differ as they are found, and a table at the end. */
final class TextReport implements Report {

  /** So many rows of a table fit what a person reads. */
  private static final int ROWS = 20;

  private static final Duration BETWEEN_PROGRESS = Duration.ofSeconds(2);
  private static final int WIDEST_NAME = 30;

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean showValues;
  private final List<TableResult> tables = new ArrayList<>();
  private final Map<String, Integer> shown = new HashMap<>();
  private Duration lastProgress = Duration.ZERO;

  TextReport(PrintWriter out, PrintWriter err, boolean showValues) {
    this.out = out;
    this.err = err;
    this.showValues = showValues;
  }

  @Override
  public synchronized void schema(SchemaFinding finding) {
    line(
        (finding.isDifference() ? "" : "note: ")
            + "table "
            + finding.table()
            + " "
            + finding.text());
  }

  @Override
  public synchronized void difference(Difference difference) {
    int before = shown.merge(difference.table(), 1, Integer::sum);
    if (before > ROWS) {
      if (before == ROWS + 1) {
        line(difference.table() + " ... more of them: --json tells each");
      }
      return;
    }
    String key =
        difference.key().entrySet().stream()
            .map(column -> column.getKey() + "=" + column.getValue())
            .collect(Collectors.joining(" "));
    line(
        difference.table()
            + " "
            + key
            + " "
            + switch (difference.of()) {
              case MISSING -> "is missing in the target";
              case EXTRA -> "is in the target only";
              case CHANGED -> "differs in " + columns(difference);
            });
  }

  private String columns(Difference difference) {
    return difference.columns().stream()
        .map(
            column -> {
              Sides<String> values = difference.values().get(column);
              return showValues && values != null
                  ? column + " (" + shown(values.source()) + " | " + shown(values.target()) + ")"
                  : column;
            })
        .collect(Collectors.joining(", "));
  }

  private static String shown(String value) {
    return value == null ? "NULL" : "'" + value + "'";
  }

  @Override
  public synchronized void table(TableResult result) {
    tables.add(result);
  }

  @Override
  public synchronized void progress(String table, Counts soFar, Duration elapsed) {
    if (elapsed.minus(lastProgress).compareTo(BETWEEN_PROGRESS) >= 0) {
      lastProgress = elapsed;
      err.println(
          "verify: "
              + table
              + " "
              + grouped(soFar.source())
              + " rows, "
              + grouped(soFar.differences())
              + " differ, after "
              + elapsed.toSeconds()
              + " s");
      err.flush();
    }
  }

  @Override
  public synchronized void note(String text) {
    line("note: " + text);
  }

  @Override
  public synchronized void end(Summary summary) {
    int name =
        Math.min(
            WIDEST_NAME, tables.stream().mapToInt(table -> table.table().length()).max().orElse(0));
    String form = "%-" + Math.max(name, "table".length()) + "s %13s %13s %9s %9s %9s%n";
    if (!tables.isEmpty()) {
      out.printf(
          Locale.ROOT, form, "table", "source rows", "target rows", "missing", "extra", "changed");
    }
    for (TableResult table : tables) {
      Counts counts = table.counts();
      out.printf(
          Locale.ROOT,
          form,
          table.table(),
          grouped(counts.source()),
          grouped(counts.target()),
          grouped(counts.missing()),
          grouped(counts.extra()),
          grouped(counts.changed()));
    }
    line(verdict(summary));
    summary
        .openRejections()
        .filter(open -> open > 0)
        .ifPresent(
            open ->
                line(
                    "note: the connector holds "
                        + grouped(open)
                        + " rejected records open; rows of theirs differ until they are replayed."));
    if (summary.exact()) {
      tables.forEach(
          table ->
              table
                  .firstTime()
                  .ifPresent(
                      first ->
                          line(
                              "  "
                                  + table.table()
                                  + " as of "
                                  + first
                                  + (table.lastTime().filter(first::equals).isPresent()
                                      ? ""
                                      : " to " + table.lastTime().orElseThrow()))));
    }
    out.flush();
  }

  private static String verdict(Summary summary) {
    if (summary.tables() == 0 && summary.schemaDifferences() == 0) {
      return "NOTHING COMPARED: no table of the source has a name that is asked for.";
    }
    String what =
        grouped(summary.counts().source())
            + " rows in "
            + summary.tables()
            + (summary.tables() == 1 ? " table" : " tables")
            + ", in "
            + seconds(summary.took());
    if (summary.isEqual()) {
      return (summary.exact() ? "EQUAL, each row as of one time: " : "EQUAL: ") + what;
    }
    return "DIFFERENT: "
        + grouped(summary.counts().differences())
        + " rows, and "
        + summary.schemaDifferences()
        + " of the schema; "
        + what;
  }

  private static String seconds(Duration took) {
    return String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private void line(String text) {
    out.println(text);
    out.flush();
  }
}
