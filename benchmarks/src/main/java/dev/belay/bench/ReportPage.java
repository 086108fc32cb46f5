package dev.belay.bench;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The throughput run as a page for people: machine, method, figures. */
record ReportPage(
    Engine engine,
    Workload workload,
    List<Contestant> contestants,
    Throughput.Outcome outcome,
    Bars bars) {

  /**
   * @param machine names and values that describe it
   */
  String markdown(Map<String, String> machine) {
    StringBuilder page = new StringBuilder();
    page.append("# Benchmarks: " + engine.title() + "\n\n");
    page.append(
        "This page is written by `./belay bench "
            + engine.option()
            + "--report FILE`. Figures of one run compare\n");
    page.append("with each other; those of two runs, or two machines, do not.\n\n");
    if (!outcome.isQuiet()) {
      page.append(
          "**Others were at work on the machine while this ran** (column \"others on the\n");
      page.append("machine\"): changes/s are too low and their ratios doubtful.\n\n");
    }
    page.append("## Figures\n\n");
    row(page, ResultTable.HEAD);
    row(page, Collections.nCopies(ResultTable.HEAD.size(), "---"));
    new ResultTable(outcome.judged()).cells().forEach(cells -> row(page, cells));
    page.append("\n| ratio | is | wanted | |\n|---|---|---|---|\n");
    for (Bars.Bar bar : bars.bars()) {
      row(
          page,
          List.of(
              bar.what(),
              String.format(Locale.ROOT, "%.2f", bar.ratio()),
              bar.wanted(),
              bar.isMet() ? "met" : "not met"));
    }
    page.append("\n## Contestants\n\n");
    for (Contestant contestant : contestants) {
      page.append("- `").append(contestant.name()).append("`: ");
      page.append(contestant.description()).append(".\n");
    }
    method(page);
    page.append("\n## Machine\n\n| part | |\n|---|---|\n");
    machine.forEach((name, value) -> row(page, List.of(name, value)));
    return page.toString();
  }

  private void method(StringBuilder page) {
    page.append(
        String.format(
            Locale.ROOT,
            """

            ## Method

            %,d changes over %,d keys of one table with a bigint key and ten columns (bigint, text, numeric,
            timestamptz, boolean, uuid, double precision, jsonb, date, nullable text, or what the database has in their
            place), %.0f %% of them deletes, drawn
            with seed %d; %d partitions, a resolved time on each every %,d changes. Topics are filled before any clock
            runs, uncompressed, with CockroachDB's partitioner. There is no bytea column: newer versions of
            Debezium's sink do not write one by their fastest statement.

            Contestants run one after another, each in a process of its own (a distributed Connect worker for the
            connectors) against a fresh database of the same server, which has nothing left to write. A smaller workload goes through
            the same process first and is not counted, so that the compiler of the JVM has done most of its work.

            The clock starts when the connector's tasks are RUNNING by the worker's REST interface (plain JDBC: when it
            begins), and stops when the last row of every partition is in the table; both are looked at every 20 ms. CPU
            is that of Linux' accounts in between: the contestant's process, and all processes of %s. Others on
            the machine are everything else, the broker included: above 25 %% somebody disturbed the run. Peak memory
            is VmHWM of the contestant's process. Rows written are those of %s; fewer than the changes where
            several changes of a key went in one batch. Transactions include those of the onlookers, about 50 a second.

            Then all rows are compared with the changes by count and the sum of a hash per row, worked out by %s
            from the table and by Java from the changes. A wrong row makes the run fail.
            """,
            workload.changes(),
            workload.keys(),
            workload.deletes() * 100,
            workload.seed(),
            workload.partitions(),
            workload.resolvedEvery(),
            engine.title(),
            engine.counters(),
            engine.title()));
  }

  private static void row(StringBuilder page, List<String> cells) {
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
