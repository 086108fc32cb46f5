package dev.belay.cli.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a demo found in which Debezium reads the old database.
 *
 * @param fromOld what those who work on the old database did
 * @param fromNew the same of the new one; nothing if the way back is not open
 * @param kills of the worker, each survived
 * @param working how long they worked
 * @param applying from the first transaction to the moment at which both sides were equal, or did
 *     not come closer
 * @param total from the start of the command
 */
record Crossed(
    DemoSettings settings,
    List<TableComparison> tables,
    Work fromOld,
    Work fromNew,
    Traffic traffic,
    int kills,
    Duration working,
    Duration applying,
    Duration total)
    implements Outcome {

  /**
   * What users did on one side.
   *
   * @param rows inserted, updated and deleted; a row counts once for each statement
   */
  record Work(long transactions, long rows) {
    static final Work NONE = new Work(0, 0);
  }

  boolean rowsAreEqual() {
    return tables.stream().allMatch(TableComparison::isEqual);
  }

  /**
   * Whether neither side sent more than its own users had written: an echo that is taken for a
   * change of theirs would be counted here.
   */
  boolean isWithoutEcho() {
    return traffic.forwardChanges() <= fromOld.rows() && traffic.feedChanges() <= fromNew.rows();
  }

  @Override
  public boolean isGood() {
    return rowsAreEqual() && isWithoutEcho();
  }

  private String headline() {
    if (!rowsAreEqual()) {
      return "NOT EQUAL: the database migrated from differs from the new one.";
    } else if (!isWithoutEcho()) {
      return "ECHO: all rows are equal, but one side sent back what the other had written.";
    } else if (settings.direction() == Direction.BIDIRECTIONAL) {
      return "EQUAL: every row is the same on both sides, and no echo was applied.";
    }
    return "EQUAL: every row is the same.";
  }

  @Override
  public String text() {
    StringBuilder text = new StringBuilder("\n").append(headline()).append("\n\n");
    text.append(
        line("  %-12s%16s%16s%14s", "table", "new database", "migrated from", "differences"));
    for (TableComparison table : tables) {
      text.append(
          line(
              "  %-12s%,16d%,16d%,14d",
              table.table(), table.sourceRows(), table.targetRows(), table.differences()));
    }
    tables.forEach(
        table -> table.examples().forEach(example -> text.append(line("    %s", example))));
    text.append('\n');
    text.append(
        line(
            "  %-12s%,d rows of the snapshot, then %,d changes of the old database's users, who"
                + " wrote %,d rows",
            "forward", traffic.snapshotRows(), traffic.forwardChanges(), fromOld.rows()));
    if (settings.direction().isFromNew()) {
      text.append(
          line(
              "  %-12s%,d changes in the changefeed, of the new database's users, who wrote %,d rows"
                  + " (those of one transaction may be one change)",
              "back", traffic.feedChanges(), fromNew.rows()));
      text.append(
          line(
              "  %-12s%,d that Debezium read and the sink left out by origin.filter; what went forward"
                  + " is in no changefeed",
              "echoes", traffic.forwardEchoes()));
    }
    text.append(
        line(
            "  %-12s%s", "worker", "survived kill -9 " + (kills == 1 ? "once" : kills + " times")));
    text.append(
        line(
            "  %-12s%,d transactions in %.1f s, %.0f a second; seed %d",
            "workload",
            transactions(),
            seconds(working),
            transactions() / seconds(working),
            settings.seed()));
    text.append(
        line(
            "  %-12s%.1f s; all was there %.1f s after the users had left",
            "time", seconds(total), seconds(applying.minus(working))));
    return text.toString();
  }

  private long transactions() {
    return fromOld.transactions() + fromNew.transactions();
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("verdict", rowsAreEqual() ? (isWithoutEcho() ? "equal" : "echo") : "different");
    json.put("direction", settings.direction().word());
    ObjectNode rows = json.putObject("rows");
    for (TableComparison table : tables) {
      rows.putObject(table.table())
          .put("source", table.sourceRows())
          .put("target", table.targetRows())
          .put("differences", table.differences());
    }
    json.put("differences", tables.stream().mapToLong(TableComparison::differences).sum());
    ArrayNode examples = json.putArray("examples");
    tables.forEach(table -> table.examples().forEach(examples::add));
    json.put("snapshotRows", traffic.snapshotRows());
    json.put("forwardChanges", traffic.forwardChanges());
    json.put("forwardRowsWritten", fromOld.rows());
    json.put("failbackChanges", traffic.feedChanges());
    json.put("failbackRowsWritten", fromNew.rows());
    json.put("echoesStopped", traffic.forwardEchoes());
    json.put("kills", kills);
    json.put("transactions", transactions());
    json.put("rate", Math.round(transactions() / seconds(working)));
    json.put("seconds", seconds(total));
    json.put("seed", settings.seed());
    return json;
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values) + "\n";
  }
}
