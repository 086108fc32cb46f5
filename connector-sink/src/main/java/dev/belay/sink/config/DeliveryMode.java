package dev.belay.sink.config;

/** When a change reaches the target. */
public enum DeliveryMode {
  /** Whole windows at the frontier: the target is always a snapshot of CockroachDB. */
  CONSISTENT("consistent"),
  /** As records arrive, in order per row. */
  IMMEDIATE("immediate"),
  /** Immediate while far behind, consistent when caught up. */
  BEST_EFFORT("best-effort");

  private final String word;

  DeliveryMode(String word) {
    this.word = word;
  }

  /** As it is written in the configuration. */
  public String word() {
    return word;
  }
}
