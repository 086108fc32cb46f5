package dev.belay.sink.apply;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.plan.ColumnPolicy;
import dev.belay.sink.plan.DeletePolicy;
import dev.belay.sink.plan.FamilyColumns;
import dev.belay.sink.plan.KeyColumns;
import dev.belay.sink.plan.Planner;
import dev.belay.sink.plan.RowBinder;
import dev.belay.sink.plan.StepOrder;
import dev.belay.sink.plan.TableMap;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.oracle.OracleTarget;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A statement that Oracle's driver cancels each time would be tried for ever. */
class CancelledStatementsTest {
  private static final SQLException CANCELLED =
      new SQLException("ORA-01013: user requested cancel of current operation", "72000", 1013);

  @Test
  void whatIsCancelledAgainAndAgainStopsTheTaskAndSaysWhatToDo() {
    OracleTarget target = new OracleTarget("");
    TargetConnection nowhere =
        new TargetConnection(
            () -> {
              throw new SQLException("nowhere", "08001");
            },
            target,
            new SessionLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), "test"));
    WindowTransaction transaction =
        new WindowTransaction(
            target,
            nowhere,
            new CheckpointStore(target.checkpointSql(), "test"),
            new Judge(
                target,
                new Planner(
                    new RowBinder(
                        new TableMap(Map.of(), ""),
                        new KeyColumns(Map.of()),
                        FamilyColumns.NONE,
                        new ColumnPolicy(Set.of(), Map.of(), false, Optional.empty()),
                        DeletePolicy.DELETE,
                        table -> Optional.empty()),
                    new StepOrder(1, target.writesTogether(), target::canPark)),
                false,
                false,
                ConflictLog.NONE,
                Optional.empty()));

    for (int i = 1; i < WindowTransaction.MOST_CANCELLED; i++) {
      assertThatThrownBy(() -> transaction.objectionOrOutage(CANCELLED))
          .isInstanceOf(OutageException.class);
    }
    assertThatThrownBy(() -> transaction.objectionOrOutage(CANCELLED))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("ORA-01013")
        .hasMessageContaining("cancelled 10 times in a row")
        .hasMessageContaining("target.lock.timeout.ms")
        .hasMessageContaining("index on its columns");
  }
}
