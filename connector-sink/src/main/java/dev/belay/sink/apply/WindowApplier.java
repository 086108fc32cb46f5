package dev.belay.sink.apply;

import dev.belay.sink.change.TableName;
import dev.belay.sink.checkpoint.Advance;
import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.Checkpoints;
import dev.belay.sink.checkpoint.FenceException;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.plan.FoldedRow;
import dev.belay.sink.plan.Newest;
import dev.belay.sink.plan.Plan;
import dev.belay.sink.plan.Plan.Rung;
import dev.belay.sink.plan.PlanInput;
import dev.belay.sink.plan.Planner;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.target.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one window in one transaction, together with the checkpoint (invariant I1 ExactlyOnce).
 *
 * <p>The usual way is straight: checkpoint, rows, COMMIT. Where the database objects, the window is
 * tried again by the further rungs of the plan's ladder, and if none fits, row by row in halves
 * under savepoints, to find those that can never be applied. An outage in the midst of that search
 * is still an outage: nobody is blamed for it. One thread.
 */
public final class WindowApplier {
  private static final Logger LOG = LoggerFactory.getLogger(WindowApplier.class);

  /** How often a fault that may be over at once is tried against at once. */
  private static final int PATIENCE = 2;

  private final Target target;
  private final TargetConnection connection;
  private final CheckpointStore checkpoints;
  private final Planner planner;
  private final Runnable rereadCatalog;
  private final Predicate<TableName> takesChildrenAlong;
  private final boolean rejectWholeTransactions;

  /**
   * @param rereadCatalog makes the next look at a table's shape a fresh one
   * @param takesChildrenAlong whether deletes in a table delete or change rows of others
   * @param rejectWholeTransactions whether a rejected change takes along all of its source
   *     transaction
   */
  public WindowApplier(
      Target target,
      TargetConnection connection,
      CheckpointStore checkpoints,
      Planner planner,
      Runnable rereadCatalog,
      Predicate<TableName> takesChildrenAlong,
      boolean rejectWholeTransactions) {
    this.target = target;
    this.connection = connection;
    this.checkpoints = checkpoints;
    this.planner = planner;
    this.rereadCatalog = rereadCatalog;
    this.takesChildrenAlong = takesChildrenAlong;
    this.rejectWholeTransactions = rejectWholeTransactions;
  }

  /**
   * Applies what can be applied of the changes.
   *
   * @param mayHold whether a change that fails for want of another may wait, or is rejected
   * @param ahead whether changes may follow that belong before these. A delete that would take
   *     children along then waits: one of them may be about to move to another parent, and its own
   *     children would never come back
   * @throws OutageException nothing was written; try again later
   * @throws InDoubtException ask {@link #standing} before anything else
   * @throws FenceException the checkpoint rows are not as left; ask {@link #standing}
   * @throws StopException a person has to mend something
   */
  public Outcome apply(
      List<PlanInput> changes, Newest newest, boolean mayHold, boolean ahead, Settlement settlement)
      throws OutageException, InDoubtException, FenceException {
    Exclusions out = new Exclusions(target, changes, mayHold, rejectWholeTransactions);
    boolean reread = false;
    boolean careful = false;
    boolean lookForAbsent = false;
    int passing = 0;
    while (true) {
      Plan plan;
      Set<Integer> tooEarly = new HashSet<>();
      try {
        plan = planner.plan(changes, newest, out.changes());
        if (ahead) {
          plan.rows().stream()
              .filter(row -> row.delete() && takesChildrenAlong.test(row.table().name()))
              .forEach(row -> tooEarly.addAll(row.changes()));
        }
      } catch (TargetCatalog.CatalogAwayException e) {
        throw e.outage();
      }
      if (!plan.misfits().isEmpty()) {
        if (!reread && plan.misfits().stream().anyMatch(m -> m.reason().mayBeDrift())) {
          reread = true;
          rereadShapes();
        } else {
          out.rejectMisfits(plan);
        }
        continue;
      }
      if (!tooEarly.isEmpty()) {
        out.hold(tooEarly);
        continue;
      }
      Outcome outcome = new Outcome(plan, out.rejected(), out.held());
      Map<Integer, TargetFault> culprits;
      try {
        if ((careful || lookForAbsent) && out.excludeAbsent(absent(plan), plan)) {
          continue;
        }
        if (!careful) {
          if (straight(outcome, settlement, !lookForAbsent)) {
            return outcome;
          }
          lookForAbsent = true;
          continue;
        }
        culprits = carefully(outcome, settlement);
        if (culprits.isEmpty()) {
          return outcome;
        }
      } catch (Objection objection) {
        if (objection.isPassing()) {
          if (++passing > PATIENCE) {
            throw new OutageException(target.name() + ", applying: " + objection.fault.describe());
          }
          continue;
        }
        if (!reread && objection.fault.code().startsWith("42")) {
          // undefined column, table, type ...: the catalog may have changed under us
          reread = true;
          rereadShapes();
          continue;
        }
        if (objection.fault.verdict() == Verdict.FATAL) {
          throw new StopException(
              target.name()
                  + ": "
                  + objection.fault.describe()
                  + ". Nothing is applied until this is mended.");
        }
        LOG.debug("A window of {} rows meets {}", plan.rows().size(), objection.fault.describe());
        careful = true;
        continue;
      }
      out.exclude(culprits, plan);
    }
  }

  /**
   * Learns from changes that took effect before; writes nothing.
   *
   * @throws OutageException if the target's catalog cannot be read now
   */
  public void remember(List<PlanInput> known, Newest newest) throws OutageException {
    try {
      planner.plan(known, newest, Set.of()).memory().keepIn(newest);
    } catch (TargetCatalog.CatalogAwayException e) {
      throw e.outage();
    }
  }

  private void rereadShapes() {
    rereadCatalog.run();
    planner.forgetShapes();
  }

  /** Rows, by index in the plan, that are to wait since the target does not have them. */
  private Set<Integer> absent(Plan plan) throws OutageException, Objection {
    Set<Integer> absent = new HashSet<>();
    for (Step.Update update : plan.waiting()) {
      try {
        target.absent(connection.get(), update).forEach(row -> absent.add(row.change()));
      } catch (SQLException e) {
        throw objectionOrOutage(e);
      }
    }
    return absent;
  }

  /**
   * Checkpoint, rows, COMMIT.
   *
   * @param whole whether nothing is to be done if a row to be updated is not there
   * @return false if nothing was done
   */
  private boolean straight(Outcome outcome, Settlement settlement, boolean whole)
      throws OutageException, InDoubtException, FenceException, Objection {
    Advance advance = settlement.advance(outcome);
    Connection open = connection.get();
    try {
      // first, so that a task that was fenced learns it before it has done any work
      checkpoints.advance(open, advance);
      if (!outcome.plan().isEmpty()) {
        if (hasDeferrable(outcome.plan())) {
          target.deferConstraints(open);
        }
        boolean found = write(open, outcome.plan());
        if (whole && !found) {
          connection.rollback();
          return false;
        }
      }
      settlement.report(outcome.rejected());
    } catch (SQLException e) {
      throw objectionOrOutage(e);
    } catch (FenceException e) {
      connection.rollback();
      throw e;
    } catch (RuntimeException e) {
      connection.rollback();
      throw e;
    }
    commit(open, advance, outcome);
    return true;
  }

  private void commit(Connection open, Advance advance, Outcome outcome)
      throws OutageException, InDoubtException, Objection {
    try {
      open.commit();
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

  /** Returns whether all rows were there that wait if they are not. */
  private boolean write(Connection open, Plan plan) throws SQLException {
    boolean found = true;
    for (List<Step> stage : plan.ladder().get(0).stages()) {
      long[] written = target.write(open, stage);
      for (int i = 0; i < written.length; i++) {
        found &= written[i] == stage.get(i).rows().size() || !plan.mayWait(stage.get(i));
      }
    }
    return found;
  }

  /**
   * Tries the rungs under savepoints, then looks for culprits.
   *
   * @return empty if the window is committed, else the rows (by index in the plan) that stand in
   *     the way, with nothing written
   */
  private Map<Integer, TargetFault> carefully(Outcome outcome, Settlement settlement)
      throws OutageException, InDoubtException, FenceException, Objection {
    Connection open = connection.get();
    Attempt attempt = new Attempt(target, open);
    try {
      target.deferConstraints(open);
      for (Rung rung : outcome.plan().ladder()) {
        Optional<TargetFault> fault = attempt.tryAll(rung);
        if (fault.isEmpty()) {
          LOG.debug(
              "A window of {} rows fits by rung {}", outcome.plan().rows().size(), rung.name());
          settle(open, outcome, settlement);
          return Map.of();
        }
      }
      Map<Integer, TargetFault> culprits =
          outcome.plan().isEmpty() ? Map.of() : attempt.culprits(outcome.plan());
      if (!culprits.isEmpty()) {
        connection.rollback();
        return culprits;
      }
      // nothing but the checkpoint is left, or one by one they all fitted
      settle(open, outcome, settlement);
      return Map.of();
    } catch (SQLException e) {
      throw objectionOrOutage(e);
    } catch (FenceException e) {
      connection.rollback();
      throw e;
    } catch (OutageException | RuntimeException e) {
      connection.rollback();
      throw e;
    }
  }

  private void settle(Connection open, Outcome outcome, Settlement settlement)
      throws SQLException, OutageException, InDoubtException, FenceException, Objection {
    Advance advance = settlement.advance(outcome);
    checkpoints.advance(open, advance);
    settlement.report(outcome.rejected());
    commit(open, advance, outcome);
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

  private Objection objectionOrOutage(SQLException e) throws OutageException {
    TargetFault fault = target.judge(e);
    if (fault.connectionLost() || fault.verdict() == Verdict.TRANSIENT) {
      OutageException outage = connection.fail(e, "applying");
      if (fault.connectionLost() || fault.code().startsWith("40")) {
        // a lost connection is often the only thing lost, and a deadlock is over once we are out
        return new Objection(fault);
      }
      throw outage;
    }
    connection.rollback();
    return new Objection(fault);
  }

  /**
   * How the checkpoint rows stand to an advance that was attempted.
   *
   * @throws OutageException if they cannot be read now
   */
  public Standing standing(Advance attempted) throws OutageException {
    Connection open = connection.get();
    try {
      Checkpoints now = checkpoints.read(open);
      connection.rollback();
      Set<Standing> found = EnumSet.noneOf(Standing.class);
      for (PartitionCheckpoint expected : attempted.partitions()) {
        PartitionCheckpoint row = now.partitions().get(expected.partition());
        found.add(
            row == null
                ? Standing.RESTORED
                : standing(row.epoch(), row.sequence(), expected.epoch(), expected.sequence()));
      }
      attempted
          .frontier()
          .ifPresent(
              expected ->
                  found.add(
                      standing(
                          now.frontier().epoch(),
                          now.frontier().sequence(),
                          expected.epoch(),
                          expected.sequence())));
      return together(found);
    } catch (SQLException e) {
      throw connection.fail(e, "reading the checkpoint");
    }
  }

  private static Standing standing(
      long epoch, long sequence, long expectedEpoch, long expectedSequence) {
    if (epoch != expectedEpoch) {
      return epoch > expectedEpoch ? Standing.FENCED : Standing.RESTORED;
    }
    if (sequence < expectedSequence) {
      return Standing.RESTORED;
    }
    return sequence == expectedSequence
        ? Standing.AS_LEFT
        : sequence == expectedSequence + 1 ? Standing.COMMITTED : Standing.CHANGED;
  }

  /** One transaction moves all of its rows or none: anything in between was not us. */
  private static Standing together(Set<Standing> rows) {
    for (Standing decisive : List.of(Standing.FENCED, Standing.RESTORED)) {
      if (rows.contains(decisive)) {
        return decisive;
      }
    }
    return rows.size() == 1
        ? rows.iterator().next()
        : rows.isEmpty() ? Standing.AS_LEFT : Standing.CHANGED;
  }

  /** The database objects to something in the window. */
  private static final class Objection extends Exception {
    private static final long serialVersionUID = 1;
    private final transient TargetFault fault;

    Objection(TargetFault fault) {
      super(fault.code(), null, false, false);
      this.fault = fault;
    }

    boolean isPassing() {
      return fault.connectionLost() || fault.verdict() == Verdict.TRANSIENT;
    }
  }
}
