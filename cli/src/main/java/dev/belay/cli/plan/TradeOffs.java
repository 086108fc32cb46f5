package dev.belay.cli.plan;

import dev.belay.cli.init.RollbackOption;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What each way costs: the table of {@code docs/rollback-plan.md}, which is the one place that has
 * the measured numbers.
 *
 * @param rows in the order of the page
 */
record TradeOffs(List<Row> rows) {
  private static final String PAGE = "/dev/belay/cli/docs/rollback-plan.md";
  private static final String HEADING = "## What each costs";

  /** As the page names the columns. */
  private static final List<String> COLUMNS =
      List.of(
          "",
          "failback on demand",
          "bidirectional",
          "dual write",
          "manual reconciliation",
          "another try");

  /**
   * A line of the table.
   *
   * @param what it is about
   * @param costs by the way; empty text where nothing was measured
   */
  record Row(String what, Map<RollbackOption, String> costs) {}

  static TradeOffs read() {
    try (InputStream in = TradeOffs.class.getResourceAsStream(PAGE)) {
      if (in == null) {
        throw new IllegalStateException("The command was built without its resource " + PAGE);
      }
      return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TradeOffs of(String page) {
    List<String> lines =
        page.substring(page.indexOf(HEADING) + HEADING.length())
            .lines()
            .dropWhile(line -> !line.startsWith("|"))
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    if (!page.contains(HEADING) || lines.size() < 3 || !cells(lines.get(0)).equals(COLUMNS)) {
      throw new IllegalStateException(
          "The page of the rollback plan of this build has no table under \"" + HEADING + "\"");
    }
    List<Row> rows = new ArrayList<>();
    for (String line : lines.subList(2, lines.size())) {
      List<String> cells = cells(line);
      Map<RollbackOption, String> costs = new EnumMap<>(RollbackOption.class);
      for (int i = 0; i < Decision.WAYS.size(); i++) {
        costs.put(Decision.WAYS.get(i), cells.get(i + 1));
      }
      rows.add(new Row(cells.get(0), costs));
    }
    return new TradeOffs(List.copyOf(rows));
  }

  /** Code and footnotes stay; links become their words. */
  private static List<String> cells(String line) {
    return Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
        .map(cell -> cell.strip().replaceAll("\\[([^\\]]+)]\\([^)]*\\)", "$1").replace("`", ""))
        .toList();
  }
}
