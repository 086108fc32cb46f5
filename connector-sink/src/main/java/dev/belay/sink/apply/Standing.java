package dev.belay.sink.apply;

/** How the checkpoint rows stand to what a task last knew of them (invariant I2 Fenced). */
public enum Standing {
  /** As the task left them: the transaction did not happen. */
  AS_LEFT,
  /** One further: the transaction whose answer was lost did happen. */
  COMMITTED,
  /** A higher epoch: somebody else has taken over. */
  FENCED,
  /** Behind what was committed: the target was restored or failed over, and lost transactions. */
  RESTORED,
  /** Somewhere else, in our own epoch: somebody has changed them by hand. */
  CHANGED
}
