package dev.belay.sink.apply;

/**
 * Counts what became of rows that both databases had changed. Called by the thread that commits.
 */
public interface ConflictLog {

  /** For who does not count. */
  ConflictLog NONE = tally -> {};

  /** What a transaction that is committed now came to, or what was rejected for good. */
  void settled(Tally tally);

  /**
   * Rows, by what became of them.
   *
   * @param sourceWon were written, the target's version being lost
   * @param targetWon were not written
   * @param merged of which some columns were written
   * @param rejected were reported
   */
  record Tally(long sourceWon, long targetWon, long merged, long rejected) {
    static final Tally NONE = new Tally(0, 0, 0, 0);

    /** All of them. */
    public long total() {
      return sourceWon + targetWon + merged + rejected;
    }
  }
}
