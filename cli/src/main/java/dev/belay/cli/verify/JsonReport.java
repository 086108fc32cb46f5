package dev.belay.cli.verify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** For programs: a JSON object a line, each with its {@code type}. */
final class JsonReport implements Report {
  private final PrintWriter out;
  private final boolean showValues;

  JsonReport(PrintWriter out, boolean showValues) {
    this.out = out;
    this.showValues = showValues;
  }

  private static ObjectNode line(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }

  private synchronized void print(ObjectNode line) {
    out.println(line);
    out.flush();
  }

  @Override
  public void schema(SchemaFinding finding) {
    print(
        line("schema")
            .put("table", finding.table())
            .put("finding", finding.of().name().toLowerCase(Locale.ROOT))
            .put("difference", finding.isDifference())
            .put("text", finding.text()));
  }

  @Override
  public void difference(Difference difference) {
    ObjectNode line = line("difference").put("table", difference.table());
    line.put("difference", difference.of().name().toLowerCase(Locale.ROOT));
    ObjectNode key = line.putObject("key");
    difference.key().forEach(key::put);
    ArrayNode columns = line.putArray("columns");
    difference.columns().forEach(columns::add);
    if (showValues && !difference.values().isEmpty()) {
      ObjectNode values = line.putObject("values");
      difference
          .values()
          .forEach(
              (column, texts) ->
                  values
                      .putObject(column)
                      .put("source", texts.source())
                      .put("target", texts.target()));
    }
    print(line);
  }

  @Override
  public void table(TableResult result) {
    ObjectNode line = line("table").put("table", result.table());
    counts(line, result.counts());
    result.firstTime().ifPresent(time -> line.put("from_time", time.toString()));
    result.lastTime().ifPresent(time -> line.put("to_time", time.toString()));
    print(line);
  }

  private static void counts(ObjectNode line, Counts counts) {
    line.put("source_rows", counts.source())
        .put("target_rows", counts.target())
        .put("missing", counts.missing())
        .put("extra", counts.extra())
        .put("changed", counts.changed());
  }

  @Override
  public void progress(String table, Counts soFar, Duration elapsed) {
    // programs read what is final
  }

  @Override
  public void note(String text) {
    print(line("note").put("text", text));
  }

  @Override
  public void end(Summary summary) {
    ObjectNode line =
        line("summary")
            .put("equal", summary.isEqual())
            .put("exact", summary.exact())
            .put("tables", summary.tables());
    counts(line, summary.counts());
    line.put("schema_differences", summary.schemaDifferences());
    summary.openRejections().ifPresent(open -> line.put("open_rejections", open));
    line.put("seconds", summary.took().toMillis() / 1000.0);
    print(line);
  }
}
