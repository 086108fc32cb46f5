package dev.belay.cli.init;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cli.text.Wrapped;
import dev.belay.cli.verify.Counterparts.Finding;
import java.io.PrintWriter;
import java.util.Map;

/** Tells what came of it, to a person on 80 columns or to a program. */
final class InitReport {
  private final PrintWriter out;

  InitReport(PrintWriter out) {
    this.out = out;
  }

  void text(InitOutcome outcome) {
    Site site = outcome.site();
    out.println("From CockroachDB to " + site.old().title() + ": " + site.option().title());
    out.println();
    out.println("Tables");
    for (ChosenTable table : site.tables()) {
      boolean same = table.source().name().equals(table.target().name());
      Wrapped.print(
          out,
          "  ",
          table.sourceName() + " is " + table.targetName() + (same ? "" : ", under another name"));
    }
    if (site.tables().isEmpty()) {
      out.println("  none");
    }
    if (!outcome.files().isEmpty()) {
      out.println();
      Wrapped.print(out, "", "Written to " + outcome.folder());
      outcome.files().forEach((name, what) -> Wrapped.print(out, "  ", name + ": " + what));
    }
    list("To know", outcome.notes());
    if (!outcome.leftOut().isEmpty() || !outcome.toSettle().isEmpty()) {
      out.println();
      out.println("To be settled first");
      for (Finding finding : outcome.leftOut()) {
        Wrapped.print(out, "  - ", "table " + finding.table() + " " + finding.text());
      }
      outcome.toSettle().forEach(text -> Wrapped.print(out, "  - ", text));
    }
    out.println();
    if (outcome.files().isEmpty()) {
      out.println("NOTHING WRITTEN");
    } else if (outcome.isDone()) {
      Wrapped.print(out, "", "DONE: begin with " + outcome.folder().resolve("playbook.md"));
    } else {
      Wrapped.print(out, "", "NOT DONE: settle the above, and run this again with --force");
    }
    out.flush();
  }

  private void list(String title, Iterable<String> texts) {
    if (texts.iterator().hasNext()) {
      out.println();
      out.println(title);
      texts.forEach(text -> Wrapped.print(out, "  - ", text));
    }
  }

  void json(InitOutcome outcome) {
    Site site = outcome.site();
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("type", "init")
        .put("done", outcome.isDone())
        .put("option", site.option().word())
        .put("name", site.name())
        .put("delivery", site.sinkless() ? "sinkless" : "kafka")
        .put("folder", outcome.folder().toString());
    line.putObject("target")
        .put("product", site.old().product().title())
        .put("version", site.old().version())
        .put("marked", site.marks());
    ArrayNode tables = line.putArray("tables");
    for (ChosenTable table : site.tables()) {
      tables
          .addObject()
          .put("source", table.sourceName())
          .put("target", table.targetName())
          .put("topic", table.topic())
          .put("renamed", !table.source().name().equals(table.target().name()));
    }
    ArrayNode files = line.putArray("files");
    for (Map.Entry<String, String> file : outcome.files().entrySet()) {
      files.addObject().put("file", file.getKey()).put("for", file.getValue());
    }
    ArrayNode leftOut = line.putArray("findings");
    for (Finding finding : outcome.leftOut()) {
      leftOut
          .addObject()
          .put("table", finding.table())
          .put("finding", finding.of())
          .put("text", finding.text());
    }
    outcome.notes().forEach(line.putArray("notes")::add);
    outcome.toSettle().forEach(line.putArray("to_settle")::add);
    out.println(line);
    out.flush();
  }
}
