package dev.belay.bench;

import java.time.Duration;

/**
 * What one contestant did.
 *
 * @param name of the contestant
 * @param changes how many it took in
 * @param elapsed from the moment it runs to the moment the last row is in the target
 * @param workerCpu of its process meanwhile
 * @param databaseCpu of all processes of the database server meanwhile
 * @param machineCpu of everything on the machine meanwhile
 * @param peakMemory of its process since it began, bytes
 * @param found what the table holds at the end
 */
record Result(
    String name,
    int changes,
    Duration elapsed,
    Duration workerCpu,
    Duration databaseCpu,
    Duration machineCpu,
    long peakMemory,
    TargetTable.Written written,
    Fingerprint found) {

  double changesPerSecond() {
    return changes / seconds(elapsed);
  }

  double workerCpuPerMillion() {
    return seconds(workerCpu) * 1e6 / changes;
  }

  double databaseCpuPerMillion() {
    return seconds(databaseCpu) * 1e6 / changes;
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
