package dev.belay.sink.failure;

/** What a database's error is about, as far as that decides what is done next. */
public enum Matter {
  /** Another transaction was in the way, and this one is over: the same may succeed at once. */
  CONTENTION,
  /** Another row has the key or a unique value, or a row that is referenced is not there. */
  COLLISION,
  /**
   * A statement had no more time. Where the same comes again and again, it will not end by itself.
   */
  TIME,
  /** A right is missing. */
  RIGHTS,
  /** A table, a column or a type is not as it was described, or is not there. */
  DEFINITION,
  /** Anything else; the verdict says all. */
  OTHER
}
