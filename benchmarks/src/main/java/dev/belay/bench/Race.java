package dev.belay.bench;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What every contestant gets.
 *
 * @param stage the servers; the topics are filled
 * @param warmUp a smaller workload that goes first through the same process, so that no clock
 *     measures the JVM's compiler
 * @param workload the one that counts
 * @param plugins the folder with the packages, one folder each
 * @param profiles where to leave flight recordings of the workers; empty for none
 */
record Race(Stage stage, Workload warmUp, Workload workload, Path plugins, String profiles) {

  /** The file for a contestant's flight recording, if one is wanted. */
  Optional<Path> recording(String contestant) {
    return profiles.isEmpty()
        ? Optional.empty()
        : Optional.of(Path.of(profiles, contestant + ".jfr").toAbsolutePath());
  }
}
