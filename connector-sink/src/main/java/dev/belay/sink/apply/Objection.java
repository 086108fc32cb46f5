package dev.belay.sink.apply;

import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;

/** The database objects to something in the window; the transaction is rolled back. */
final class Objection extends Exception {
  private static final long serialVersionUID = 1;
  private final transient TargetFault fault;

  Objection(TargetFault fault) {
    super(fault.code(), null, false, false);
    this.fault = fault;
  }

  TargetFault fault() {
    return fault;
  }

  /** Whether the same may well succeed at once. */
  boolean isPassing() {
    return fault.connectionLost() || fault.verdict() == Verdict.TRANSIENT;
  }

  /** Whether the target's catalog may have changed: undefined column, table, type and the like. */
  boolean mayBeDrift() {
    return fault.code().startsWith("42");
  }
}
