package dev.belay.cli.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the demo found.
 *
 * @param seen by the observer
 * @param equalInUse whether both databases were equal as of one time while the workload went on;
 *     empty where the mode makes no claim about snapshots
 * @param kills of the worker, each survived
 * @param transactions committed by the workload
 * @param working how long the workload ran
 * @param rowsWritten rows inserted, updated and deleted in the target by the sink
 * @param applying from the first transaction to the moment at which the target had the last one
 * @param total from the start of the command
 */
record Verdict(
    DemoSettings settings,
    List<TableComparison> tables,
    Observer.Seen seen,
    Optional<Boolean> equalInUse,
    int kills,
    long transactions,
    Duration working,
    long rowsWritten,
    Duration applying,
    Duration total)
    implements Outcome {

  boolean rowsAreEqual() {
    return tables.stream().allMatch(TableComparison::isEqual);
  }

  /** True as well where the mode makes no claim about snapshots. */
  boolean snapshotsHold() {
    return !settings.mode().claimsSnapshots()
        || (seen.bad() == 0 && seen.frontiers() > 0 && equalInUse.orElse(false));
  }

  @Override
  public boolean isGood() {
    return rowsAreEqual() && snapshotsHold();
  }

  private String headline() {
    if (!rowsAreEqual()) {
      return "NOT EQUAL: the database migrated from differs from the new one.";
    } else if (!snapshotsHold()) {
      return "NOT CONSISTENT: all rows are equal now, but the target was wrong in between.";
    } else if (settings.mode().claimsSnapshots()) {
      return "EQUAL: every row is the same, and the target was right at every moment in between.";
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
    text.append(line("  %-12s%s", "snapshots", snapshots()));
    seen.firstBad()
        .filter(bad -> settings.mode().claimsSnapshots())
        .ifPresent(bad -> text.append(line("    first: %s", bad)));
    equalInUse.ifPresent(
        equal ->
            text.append(
                line(
                    "  %-12s%s",
                    "verify",
                    equal
                        ? "equal as of one time, while both were used"
                        : "NOT shown to be equal while both were used")));
    text.append(
        line(
            "  %-12s%s", "worker", "survived kill -9 " + (kills == 1 ? "once" : kills + " times")));
    text.append(
        line(
            "  %-12s%,d transactions in %.1f s, %.0f a second; seed %d",
            "workload",
            transactions,
            seconds(working),
            transactions / seconds(working),
            settings.seed()));
    text.append(
        line(
            "  %-12s%,d written in %.1f s, %.0f a second; mode %s",
            "rows",
            rowsWritten,
            seconds(applying),
            rowsWritten / seconds(applying),
            settings.mode().word()));
    text.append(line("  %-12s%.1f s", "time", seconds(total)));
    return text.toString();
  }

  private String snapshots() {
    if (!settings.mode().claimsSnapshots()) {
      return String.format(
          Locale.ROOT,
          "%,d reads, %,d of them between two states: mode %s promises no more",
          seen.snapshots(),
          seen.bad(),
          settings.mode().word());
    }
    return String.format(
        Locale.ROOT,
        "%,d reads saw %,d frontiers, %s",
        seen.snapshots(),
        seen.frontiers(),
        seen.bad() == 0
            ? "each with the right sum and no child without its parent"
            : String.format(Locale.ROOT, "and %,d were WRONG", seen.bad()));
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(
        "verdict", rowsAreEqual() ? (snapshotsHold() ? "equal" : "inconsistent") : "different");
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
    json.put("snapshotsClaimed", settings.mode().claimsSnapshots());
    json.put("snapshots", seen.snapshots());
    json.put("frontiers", seen.frontiers());
    json.put("badSnapshots", seen.bad());
    equalInUse.ifPresent(equal -> json.put("equalInUse", equal));
    json.put("kills", kills);
    json.put("transactions", transactions);
    json.put("rowsWritten", rowsWritten);
    json.put("rate", Math.round(transactions / seconds(working)));
    json.put("rowsPerSecond", Math.round(rowsWritten / seconds(applying)));
    json.put("seconds", seconds(total));
    json.put("seed", settings.seed());
    json.put("mode", settings.mode().word());
    return json;
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values) + "\n";
  }
}
