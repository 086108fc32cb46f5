package dev.belay.sink.change;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What becomes of a change to a row that the target has changed as well. */
public enum ConflictPolicy {
  /** It is written, whatever the target has; nothing is compared. */
  SOURCE_WINS("source-wins"),
  /** It is dropped. */
  TARGET_WINS("target-wins"),
  /** What was committed later stands; a row that is gone stays away. */
  NEWEST("newest"),
  /** Each column that it changed is written; a row that is gone stays away. */
  MERGE_SOURCE_WINS("merge-source-wins"),
  /** Each column that it changed, and the target did not, is written. */
  MERGE_TARGET_WINS("merge-target-wins"),
  /** It is rejected, for a person to decide. */
  REJECT("reject");

  private final String word;

  ConflictPolicy(String word) {
    this.word = word;
  }

  /** As a configuration has it. */
  public String word() {
    return word;
  }

  /** Empty if no policy is called so. */
  public static Optional<ConflictPolicy> of(String word) {
    return Arrays.stream(values()).filter(policy -> policy.word.equals(word)).findFirst();
  }

  /** All of them, as a configuration has them. */
  public static List<String> words() {
    return Arrays.stream(values()).map(ConflictPolicy::word).toList();
  }

  /** Whether rows are compared with the target's before they are written. */
  public boolean compares() {
    return this != SOURCE_WINS;
  }

  public boolean merges() {
    return this == MERGE_SOURCE_WINS || this == MERGE_TARGET_WINS;
  }

  /** What the other direction needs for both databases to be equal in the end; empty for none. */
  public Optional<ConflictPolicy> counterpart() {
    return switch (this) {
      case SOURCE_WINS -> Optional.of(TARGET_WINS);
      case TARGET_WINS -> Optional.of(SOURCE_WINS);
      case NEWEST -> Optional.of(NEWEST);
      case MERGE_SOURCE_WINS -> Optional.of(MERGE_TARGET_WINS);
      case MERGE_TARGET_WINS -> Optional.of(MERGE_SOURCE_WINS);
      case REJECT -> Optional.empty();
    };
  }
}
