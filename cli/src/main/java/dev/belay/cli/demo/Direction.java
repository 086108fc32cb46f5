package dev.belay.cli.demo;

import java.util.Arrays;
import java.util.Optional;

/** Which way rows go. */
enum Direction {
  /** From the new database back to the old one. */
  FAILBACK("failback"),
  /** From the old database to the new one, by Debezium. */
  FORWARD("forward"),
  /** Both at once. */
  BIDIRECTIONAL("bidirectional");

  private final String word;

  Direction(String word) {
    this.word = word;
  }

  static Optional<Direction> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
  }

  String word() {
    return word;
  }

  /** Whether Debezium reads the log of the old database. */
  boolean isFromOld() {
    return this != FAILBACK;
  }

  /** Whether a changefeed sends what is written to the new one. */
  boolean isFromNew() {
    return this != FORWARD;
  }
}
