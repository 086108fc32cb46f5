package dev.belay.sink.failure;

/** What a failure means for the one who must go on. */
public enum Verdict {
  /** Try the same again, after the connection was seen to: the fault lies in the circumstances. */
  TRANSIENT,
  /** Try after others: a parent is missing, or a unique value is still held by another row. */
  DEFERRABLE,
  /** This record can never be applied as it is; the others can. */
  POISON,
  /** Nothing can be applied until a person has changed something. */
  FATAL
}
