package dev.belay.sink.apply;

import static java.util.stream.Collectors.joining;

import dev.belay.sink.apply.Settlement.Postscript;
import dev.belay.sink.change.TableName;
import dev.belay.sink.checkpoint.Advance;
import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.FenceException;
import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.plan.FoldedRow;
import dev.belay.sink.plan.Plan;
import dev.belay.sink.plan.Plan.Rung;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.Command;
import dev.belay.sink.target.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoint, rows and COMMIT, one try at a time. Used by one thread at a time: the task's, or the
 * {@link Writer}'s while the task leaves the connection to it.
 */
final class WindowTransaction {
  private static final Logger LOG = LoggerFactory.getLogger(WindowTransaction.class);

  /** What was in the way may pass by itself; after so many tries a person has to look. */
  static final int MOST_CANCELLED = 10;

  private final Target target;
  private final StepWriter steps;
  private final TargetConnection connection;
  private final CheckpointStore checkpoints;
  private final Judge judge;

  /** Tries that a statement's time limit has ended, since the last COMMIT. */
  private int cancelled;

  WindowTransaction(
      Target target, TargetConnection connection, CheckpointStore checkpoints, Judge judge) {
    this.target = target;
    this.steps = new StepWriter(target);
    this.connection = connection;
    this.checkpoints = checkpoints;
    this.judge = judge;
  }

  /**
   * The usual way: the cheapest rung, no savepoints.
   *
   * @param whole whether nothing is to be done if a row that is only to be updated is not there
   * @param end when the rows are written and before they are committed
   * @return false if nothing was done
   */
  boolean straight(Outcome outcome, Advance advance, boolean whole, Postscript end)
      throws OutageException, InDoubtException, FenceException, Objection, ContestedException {
    if (judge.isAskedAbout(outcome.plan())) {
      return judged(outcome, advance, whole, end);
    }
    Connection open = connection.get();
    try {
      boolean found = write(open, advance, outcome.plan());
      if (whole && !found) {
        connection.rollback();
        return false;
      }
      end(open, end);
      target.beforeCommit(open, tables(outcome.plan()));
    } catch (SQLException e) {
      throw objectionOrOutage(e);
    } catch (FenceException | RuntimeException e) {
      connection.rollback();
      throw e;
    }
    commit(open, advance, outcome);
    return true;
  }

  /** The same, where rows are to be compared first. */
  private boolean judged(Outcome outcome, Advance advance, boolean whole, Postscript end)
      throws OutageException, InDoubtException, FenceException, Objection, ContestedException {
    Connection open = connection.get();
    List<Judge.Settled> settled = new ArrayList<>();
    try {
      // others wait for the checkpoint's rows, not for those of the tables
      advance(open, advance);
      boolean found = true;
      Optional<Judge.Pass> pass = Optional.of(Judge.Pass.of(outcome.plan()));
      while (pass.isPresent()) {
        Judge.Settled next = judge.settle(open, pass.get());
        settled.add(next);
        found &= stages(open, next.plan());
        pass = judge.after(pass.get());
      }
      if (whole && !found) {
        connection.rollback();
        return false;
      }
      end(open, end);
      target.beforeCommit(open, tables(outcome.plan()));
    } catch (SQLException e) {
      throw objectionOrOutage(e);
    } catch (FenceException | ContestedException | RuntimeException e) {
      connection.rollback();
      throw e;
    }
    commit(open, advance, outcome);
    judge.committed(settled);
    return true;
  }

  /** Returns whether all rows were there that wait if they are not. */
  private boolean write(Connection open, Advance advance, Plan plan)
      throws SQLException, FenceException {
    try {
      return together(open, advance, plan, stagesOf(plan));
    } catch (SQLException e) {
      TargetFault fault = target.judge(e);
      if (fault.connectionLost() || fault.verdict() == Verdict.TRANSIENT) {
        throw e;
      }
      // It does not tell which statement met it. One by one they will.
      open.rollback();
      return oneByOne(open, advance, plan);
    }
  }

  private static List<List<Step>> stagesOf(Plan plan) {
    return plan.isEmpty() ? List.of() : plan.ladder().get(0).stages();
  }

  /** Everything in one round trip. The checkpoint first: others wait for its rows, not for ours. */
  private boolean together(Connection open, Advance advance, Plan plan, List<List<Step>> stages)
      throws SQLException, FenceException {
    List<Command> first = new ArrayList<>(checkpoints.advancing(advance));
    if (hasDeferrable(plan)) {
      target.deferConstraints().ifPresent(first::add);
    }
    Target.Counts counts = target.write(open, first, stages);
    checkpoints.requireAsLeft(advance, counts.commands());
    boolean found = true;
    for (int i = 0; i < stages.size(); i++) {
      found &= areFound(plan, stages.get(i), counts.steps().get(i));
    }
    return found;
  }

  private boolean oneByOne(Connection open, Advance advance, Plan plan)
      throws SQLException, FenceException {
    advance(open, advance);
    return stages(open, plan);
  }

  private boolean stages(Connection open, Plan plan) throws SQLException {
    if (hasDeferrable(plan)) {
      target.defer(open);
    }
    boolean found = true;
    for (List<Step> stage : stagesOf(plan)) {
      found &= areFound(plan, stage, steps.write(open, stage));
    }
    return found;
  }

  private static boolean areFound(Plan plan, List<Step> stage, long[] written) {
    boolean found = true;
    for (int i = 0; i < written.length; i++) {
      found &= written[i] == stage.get(i).rows().size() || !plan.mayWait(stage.get(i));
    }
    return found;
  }

  /**
   * Tries the rungs under savepoints, then looks for culprits.
   *
   * @param takingChildrenAlong tables whose deletes delete or change rows of others
   * @return empty if the window is committed, else the rows (by index in the plan) that stand in
   *     the way, with nothing written
   */
  Map<Integer, TargetFault> carefully(
      Outcome outcome, Settlement settlement, Set<TableName> takingChildrenAlong)
      throws OutageException, InDoubtException, FenceException, Objection, ContestedException {
    Connection open = connection.get();
    Attempt attempt = new Attempt(target, steps, open, takingChildrenAlong);
    try {
      target.defer(open);
      List<Judge.Settled> settled = new ArrayList<>();
      Optional<Judge.Pass> pass = Optional.of(Judge.Pass.of(outcome.plan()));
      while (pass.isPresent()) {
        Judge.Settled next = judge.settle(open, pass.get());
        settled.add(next);
        Map<Integer, TargetFault> culprits = fit(attempt, next.plan());
        if (!culprits.isEmpty()) {
          connection.rollback();
          return next.placed(culprits);
        }
        pass = judge.after(pass.get());
      }
      settle(open, outcome, settlement);
      judge.committed(settled);
      return Map.of();
    } catch (SQLException e) {
      throw objectionOrOutage(e);
    } catch (FenceException | OutageException | ContestedException | RuntimeException e) {
      connection.rollback();
      throw e;
    }
  }

  /** Returns the rows in the way; if there are none, all of them are written. */
  private static Map<Integer, TargetFault> fit(Attempt attempt, Plan plan) throws SQLException {
    for (Rung rung : plan.ladder()) {
      if (attempt.tryAll(rung).isEmpty()) {
        LOG.debug("A window of {} rows fits by rung {}", plan.rows().size(), rung.name());
        return Map.of();
      }
    }
    // one by one they may all fit
    return plan.isEmpty() ? Map.of() : attempt.culprits(plan);
  }

  private void settle(Connection open, Outcome outcome, Settlement settlement)
      throws SQLException, OutageException, InDoubtException, FenceException, Objection {
    Advance advance = settlement.advance(outcome);
    advance(open, advance);
    settlement.report(outcome.rejected());
    end(open, settlement.remember(outcome));
    target.beforeCommit(open, tables(outcome.plan()));
    commit(open, advance, outcome);
  }

  private static Set<TableShape> tables(Plan plan) {
    Set<TableShape> tables = new LinkedHashSet<>();
    TableShape last = null;
    for (FoldedRow row : plan.rows()) {
      if (row.table() != last) {
        last = row.table();
        tables.add(last);
      }
    }
    return tables;
  }

  /** The rows of an update that the table does not have. */
  List<StepRow> absent(Step.Update update) throws OutageException, Objection {
    try {
      return steps.absent(connection.get(), update);
    } catch (SQLException e) {
      throw objectionOrOutage(e);
    }
  }

  /** Whether some rows of a plan are to be compared before they are written. */
  boolean isAskedAbout(Plan plan) {
    return judge.isAskedAbout(plan);
  }

  void advance(Connection open, Advance advance) throws SQLException, FenceException {
    try {
      checkpoints.advance(open, advance);
    } catch (SQLException e) {
      throw unlessTablesAreGone(e);
    }
  }

  void end(Connection open, Postscript end) throws SQLException {
    try {
      end.write(open);
    } catch (SQLException e) {
      throw unlessTablesAreGone(e);
    }
  }

  /**
   * The failure of a statement over the tables in schema {@code belay}, to be thrown.
   *
   * @throws StopException if the tables, or rights on them, vanished under the task
   */
  SQLException unlessTablesAreGone(SQLException e) {
    TargetFault fault = target.judge(e);
    if (fault.verdict() == Verdict.FATAL && fault.isAboutTables()) {
      connection.rollback();
      throw new StopException(
          target.name()
              + ", writing the checkpoint: "
              + fault.describe()
              + ". Nothing is applied. "
              + Remedies.forCheckpointTables(target));
    }
    return e;
  }

  void commit(Connection open, Advance advance, Outcome outcome)
      throws OutageException, InDoubtException, Objection {
    try {
      open.commit();
      cancelled = 0;
    } catch (SQLException e) {
      TargetFault fault = target.judge(e);
      if (fault.connectionLost()) {
        connection.drop();
        throw new InDoubtException(
            advance,
            outcome,
            "the connection was lost before COMMIT was answered: " + fault.describe());
      }
      throw objectionOrOutage(e);
    }
  }

  Objection objectionOrOutage(SQLException e) throws OutageException {
    TargetFault fault = target.judge(e);
    if (fault.connectionLost() || fault.verdict() == Verdict.TRANSIENT) {
      OutageException outage = connection.fail(e, "applying");
      if (fault.connectionLost() || fault.matter() == Matter.CONTENTION) {
        // a lost connection is often the only thing lost, and a deadlock is over once we are out
        return new Objection(fault, steps.tables(e));
      }
      if (fault.matter() == Matter.TIME && ++cancelled >= MOST_CANCELLED) {
        throw slow(fault, steps.tables(e));
      }
      throw outage;
    }
    connection.rollback();
    return new Objection(fault, steps.tables(e));
  }

  private StopException slow(TargetFault fault, List<TableName> tables) {
    return new StopException(
        target.name()
            + ", applying: "
            + fault.describe()
            + (tables.isEmpty()
                ? ""
                : ", writing " + tables.stream().map(TableName::toString).collect(joining(", ")))
            + ". A statement of this window was cancelled "
            + MOST_CANCELLED
            + " times in a row, so another try would not help. "
            + target.timeRemedy()
            + " Then restart the task; nothing of the window is lost.");
  }

  private static boolean hasDeferrable(Plan plan) {
    return plan.rows().stream()
        .map(FoldedRow::table)
        .distinct()
        .anyMatch(
            table ->
                table.isKeyDeferrable()
                    || table.uniques().stream().anyMatch(UniqueShape::deferrable)
                    || table.foreignKeys().stream().anyMatch(ForeignKeyShape::deferrable));
  }
}
