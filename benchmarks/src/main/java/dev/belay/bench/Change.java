package dev.belay.bench;

/** One change of the workload. */
sealed interface Change {

  /** The primary key. */
  long id();

  /** Commit time, nanoseconds since 1970; each change has its own, rising. */
  long nanos();

  /**
   * @param isNew whether the row was not there before
   */
  record Upsert(long nanos, Row row, boolean isNew) implements Change {
    @Override
    public long id() {
      return row.id();
    }
  }

  /** Of a row that was there. */
  record Delete(long nanos, long id) implements Change {}
}
