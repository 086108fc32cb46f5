package dev.belay.cli.verify;

/** Holds the rows that are read to a rate, on average. Any thread. */
final class Pace {
  private static final double NANOS = 1e9;

  private final long rowsPerSecond;
  private final long began = System.nanoTime();
  private long rows;

  /**
   * @param rowsPerSecond 0 for no limit
   */
  Pace(long rowsPerSecond) {
    this.rowsPerSecond = rowsPerSecond;
  }

  boolean isLimited() {
    return rowsPerSecond > 0;
  }

  /** Waits until so many more rows were due. */
  void passed(long more) throws InterruptedException {
    if (rowsPerSecond == 0) {
      return;
    }
    long due;
    synchronized (this) {
      rows += more;
      due = (long) (rows * NANOS / rowsPerSecond);
    }
    long early = due - (System.nanoTime() - began);
    if (early > 0) {
      Thread.sleep(early / 1_000_000, (int) (early % 1_000_000));
    }
  }
}
