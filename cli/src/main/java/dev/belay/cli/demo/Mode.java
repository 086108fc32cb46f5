package dev.belay.cli.demo;

import java.util.Arrays;
import java.util.Optional;

/** The sink's delivery modes, as its configuration writes them. */
enum Mode {
  CONSISTENT("consistent"),
  IMMEDIATE("immediate"),
  BEST_EFFORT("best-effort");

  private final String word;

  Mode(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }

  /** Whether every committed state of the target claims to be one state of the source. */
  boolean claimsSnapshots() {
    return this == CONSISTENT;
  }

  static Optional<Mode> of(String word) {
    return Arrays.stream(values()).filter(mode -> mode.word.equals(word)).findFirst();
  }
}
