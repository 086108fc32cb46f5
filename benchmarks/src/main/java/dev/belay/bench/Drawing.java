package dev.belay.bench;

import picocli.CommandLine.Option;

/** Options that say which changes are drawn; shared by the commands. Filled by picocli. */
final class Drawing {

  static final int PARTITIONS = 4;
  static final int RESOLVED_EVERY = 10_000;

  @Option(
      names = "--changes",
      defaultValue = "1000000",
      paramLabel = "N",
      description = "Changes that each contestant applies (default: ${DEFAULT-VALUE}).")
  private int changes;

  @Option(
      names = "--keys",
      defaultValue = "200000",
      paramLabel = "N",
      description = "Rows they are spread over (default: ${DEFAULT-VALUE}).")
  private int keys;

  @Option(
      names = "--deletes",
      defaultValue = "5",
      paramLabel = "PERCENT",
      description = "Share of changes that delete a row (default: ${DEFAULT-VALUE}).")
  private int deletes;

  @Option(
      names = "--warm-up",
      defaultValue = "100000",
      paramLabel = "N",
      description =
          "Changes that go through the same process before, uncounted (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "The same seed draws the same changes (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--json",
      description = "Print the results as one JSON object, the last line of standard output.")
  private boolean json;

  boolean json() {
    return json;
  }

  /** What the options ask for, in a table of this name. */
  Workload workload(String table) {
    return workload(table, changes, keys, RESOLVED_EVERY);
  }

  /** The same with other sizes. */
  Workload workload(String table, int ofChanges, int ofKeys) {
    return workload(table, ofChanges, ofKeys, RESOLVED_EVERY);
  }

  /**
   * The share of one of so many tables: what all of them together do between two resolved times is
   * what one table would do.
   */
  Workload share(String table, int tables) {
    return workload(table, changes / tables, keys / tables, Math.max(1, RESOLVED_EVERY / tables));
  }

  private Workload workload(String table, int ofChanges, int ofKeys, int resolvedEvery) {
    return new Workload(
        table, ofChanges, Math.max(1, ofKeys), deletes / 100.0, resolvedEvery, PARTITIONS, seed);
  }

  int changes() {
    return changes;
  }

  int keys() {
    return keys;
  }

  Workload warmUp() {
    return new Workload(
        "warm_up",
        warmUp,
        Math.max(1, keys / 10),
        deletes / 100.0,
        RESOLVED_EVERY,
        PARTITIONS,
        seed + 1);
  }
}
