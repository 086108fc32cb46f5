package dev.belay.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What every contestant gets.
 *
 * @param stage the servers; the topics are filled
 * @param warmUp a smaller workload that goes first through the same process, so that no clock
 *     measures the JVM's compiler
 * @param workloads those that count, each in a table of its own
 * @param delay added to each round trip between a connector and the database
 * @param plugins the folder with the packages, one folder each
 * @param tuning what is different from the usual set-up
 * @param profiles where to leave flight recordings of the workers; empty for none
 */
record Race(
    Stage stage,
    Workload warmUp,
    List<Workload> workloads,
    Duration delay,
    Path plugins,
    Tuning tuning,
    String profiles) {

  /** The only workload, for contestants who take one. */
  Workload workload() {
    if (workloads.size() != 1) {
      throw new BenchFailure("This contestant takes one table, not " + workloads.size());
    }
    return workloads.get(0);
  }

  /** All records of all workloads that carry a row or a delete. */
  int records() {
    return workloads.stream().mapToInt(Workload::records).sum();
  }

  /** The file for a contestant's flight recording, if one is wanted. */
  Optional<Path> recording(String contestant) {
    return profiles.isEmpty()
        ? Optional.empty()
        : Optional.of(Path.of(profiles, contestant + ".jfr").toAbsolutePath());
  }
}
