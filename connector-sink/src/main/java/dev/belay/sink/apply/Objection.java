package dev.belay.sink.apply;

import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import java.util.List;

/** The database objects to something in the window; the transaction is rolled back. */
final class Objection extends Exception {
  private static final long serialVersionUID = 1;
  private final transient TargetFault fault;
  private final transient List<TableName> tables;

  /**
   * @param tables those of the steps that met it, empty if it was none
   */
  Objection(TargetFault fault, List<TableName> tables) {
    super(fault.code(), null, false, false);
    this.fault = fault;
    this.tables = List.copyOf(tables);
  }

  TargetFault fault() {
    return fault;
  }

  List<TableName> tables() {
    return tables;
  }

  /** Whether the same may well succeed at once. */
  boolean isPassing() {
    return fault.connectionLost() || fault.verdict() == Verdict.TRANSIENT;
  }

  /** Whether the target's catalog may have changed: undefined column, table, type and the like. */
  boolean mayBeDrift() {
    return fault.isAboutTables();
  }
}
