package dev.belay.sink.target;

import dev.belay.sink.failure.TargetFault;
import java.sql.SQLException;
import java.util.Set;

/** Rows of a circle that reference what is not there, found when all of it was written. */
public final class OrphanedRowsException extends SQLException {
  private static final long serialVersionUID = 1;

  private final transient TargetFault fault;
  private final transient Set<Integer> changes;

  /**
   * @param changes of the rows, see {@link dev.belay.sink.step.StepRow#change}; at least one
   */
  public OrphanedRowsException(TargetFault fault, Set<Integer> changes) {
    super(fault.summary());
    this.fault = fault;
    this.changes = Set.copyOf(changes);
  }

  public TargetFault fault() {
    return fault;
  }

  public Set<Integer> changes() {
    return changes;
  }
}
