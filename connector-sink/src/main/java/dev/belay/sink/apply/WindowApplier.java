package dev.belay.sink.apply;

import dev.belay.sink.change.TableName;
import dev.belay.sink.checkpoint.Advance;
import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.Checkpoints;
import dev.belay.sink.checkpoint.ConflictStore;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.plan.Newest;
import dev.belay.sink.plan.Plan;
import dev.belay.sink.plan.Plan.Memory;
import dev.belay.sink.plan.PlanInput;
import dev.belay.sink.plan.Planner;
import dev.belay.sink.step.Step;
import dev.belay.sink.target.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Writes one window in one transaction, together with the checkpoint (invariant I1 ExactlyOnce).
 *
 * <p>The usual way is straight: checkpoint, rows, COMMIT. Where the database objects, the window is
 * tried again by the further rungs of the plan's ladder, and if none fits, row by row in halves
 * under savepoints, to find those that can never be applied. An outage in the midst of that search
 * is still an outage: nobody is blamed for it. One thread, but for what a {@link Flight} does on
 * its {@link Writer}.
 */
public final class WindowApplier {
  private final Target target;
  private final TargetConnection connection;
  private final CheckpointStore checkpoints;
  private final WindowTransaction transaction;
  private final Planner planner;
  private final Runnable rereadCatalog;
  private final Predicate<TableName> takesChildrenAlong;
  private final boolean rejectWholeTransactions;
  private final Judge judge;

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
    this(
        target,
        connection,
        checkpoints,
        planner,
        rereadCatalog,
        takesChildrenAlong,
        rejectWholeTransactions,
        new Conflicts(false, false, ConflictLog.NONE, Optional.empty()));
  }

  /**
   * How rows that both databases change are dealt with.
   *
   * @param compare whether some rows are compared with the target's
   * @param tiesToSource whose row stands where both were committed at the same time
   * @param history where each conflict is written down, if anywhere
   */
  public record Conflicts(
      boolean compare, boolean tiesToSource, ConflictLog log, Optional<ConflictStore> history) {}

  /** As the other, with tables that both databases change. */
  public WindowApplier(
      Target target,
      TargetConnection connection,
      CheckpointStore checkpoints,
      Planner planner,
      Runnable rereadCatalog,
      Predicate<TableName> takesChildrenAlong,
      boolean rejectWholeTransactions,
      Conflicts conflicts) {
    this.target = target;
    this.connection = connection;
    this.checkpoints = checkpoints;
    this.judge =
        new Judge(
            target,
            planner,
            conflicts.compare(),
            conflicts.tiesToSource(),
            conflicts.log(),
            conflicts.history());
    this.transaction = new WindowTransaction(target, connection, checkpoints, judge);
    this.planner = planner;
    this.rereadCatalog = rereadCatalog;
    this.takesChildrenAlong = takesChildrenAlong;
    this.rejectWholeTransactions = rejectWholeTransactions;
  }

  /**
   * A window on its way, not begun: {@link Flight#depart} sends it aside, {@link Flight#finish}
   * brings it to its end. The lists and the memory given must stay as they are until then.
   *
   * @param mayHold whether a change that fails for want of another may wait, or is rejected
   * @param ahead whether changes may follow that belong before these. A delete that would take
   *     children along then waits: one of them may be about to move to another parent, and its own
   *     children would never come back
   */
  public Flight flight(
      List<PlanInput> changes,
      Newest newest,
      boolean mayHold,
      boolean ahead,
      Settlement settlement) {
    Exclusions out = new Exclusions(target, changes, mayHold, rejectWholeTransactions);
    return new Flight(this, changes, newest, ahead, settlement, out);
  }

  /**
   * Plans a window while the one before it is being written, so that it can be sent by {@link
   * Flight#depart} as soon as that has landed as planned. Parameters as of {@link #flight}.
   *
   * @param memory whether the windows may have rows in common
   * @return empty if what it comes to has to be found out when the one before has landed
   */
  public Optional<Flight> prepare(
      List<PlanInput> changes,
      Newest newest,
      boolean mayHold,
      boolean ahead,
      Settlement settlement,
      Flight before,
      boolean memory) {
    Flight flight = flight(changes, newest, mayHold, ahead, settlement);
    return flight.isPlannedAfter(memory ? before.memory() : Memory.NONE)
        ? Optional.of(flight)
        : Optional.empty();
  }

  /** Rows, by index in the plan, that are to wait since the target does not have them. */
  Set<Integer> absent(Plan plan) throws OutageException, Objection {
    Set<Integer> absent = new HashSet<>();
    for (Step.Update update : plan.waiting()) {
      transaction.absent(update).forEach(row -> absent.add(row.change()));
    }
    return absent;
  }

  /** A window that is larger than memory, to be written by {@link LargeWindow#write}. */
  public LargeWindow large(Newest newest) {
    return new LargeWindow(target, connection, transaction, planner, newest);
  }

  WindowTransaction transaction() {
    return transaction;
  }

  Judge judge() {
    return judge;
  }

  Planner planner() {
    return planner;
  }

  /** What to do about a fault that only a person can mend; empty if nothing more is known. */
  String remedy(Objection objection) {
    return Remedies.forStatement(target, objection);
  }

  String targetName() {
    return target.name();
  }

  boolean takesChildrenAlong(TableName table) {
    return takesChildrenAlong.test(table);
  }

  void rereadShapes() {
    rereadCatalog.run();
    planner.forgetShapes();
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
      throw connection.fail(transaction.unlessTablesAreGone(e), "reading the checkpoint");
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
}
