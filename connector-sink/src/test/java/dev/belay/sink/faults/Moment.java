package dev.belay.sink.faults;

/** Where a sink can be held, so that a fault strikes it there and nowhere else. */
enum Moment {
  /** In the middle of a claim: {@code open} has come, the frontier's row is waited for. */
  CLAIMING,
  /** A window's transaction has begun, and nothing of it is written. */
  BEFORE_APPLY,
  /** Rows and checkpoint are half written: between apply and commit. */
  WRITING,
  /** All is written and COMMIT was sent; the database has not done it yet. */
  COMMITTING,
  /** The database has committed; its answer has not arrived, and no offset was reported. */
  COMMITTED
}
