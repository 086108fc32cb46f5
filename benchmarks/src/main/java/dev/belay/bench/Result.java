package dev.belay.bench;

import java.time.Duration;

/**
 * What one contestant did.
 *
 * @param name of the contestant
 * @param changes how many it took in
 * @param used time, CPU and memory
 * @param found what the table holds at the end
 */
record Result(
    String name,
    int changes,
    Stopwatch.Reading used,
    TargetTables.Written written,
    Fingerprint found) {

  /** The same under another name. */
  Result as(String other) {
    return new Result(other, changes, used, written, found);
  }

  double changesPerSecond() {
    return changes / seconds(used.elapsed());
  }

  double workerCpuPerMillion() {
    return perMillion(used.worker());
  }

  double databaseCpuPerMillion() {
    return perMillion(used.server());
  }

  /**
   * How much of the machine's CPU went neither to the contestant nor to the database: the broker's
   * few percent, and whoever else was at work.
   */
  double othersShare() {
    double all = seconds(used.elapsed()) * Runtime.getRuntime().availableProcessors();
    double others = seconds(used.machine().minus(used.worker()).minus(used.server()));
    return Math.max(0, others / all);
  }

  /** Seconds for a million changes. */
  double perMillion(Duration spent) {
    return seconds(spent) * 1e6 / changes;
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
