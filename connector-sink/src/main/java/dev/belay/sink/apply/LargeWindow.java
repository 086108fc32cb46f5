package dev.belay.sink.apply;

import dev.belay.sink.change.TableName;
import dev.belay.sink.checkpoint.Advance;
import dev.belay.sink.checkpoint.FenceException;
import dev.belay.sink.plan.Newest;
import dev.belay.sink.plan.Plan;
import dev.belay.sink.plan.PlanInput;
import dev.belay.sink.plan.Planner;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.target.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a window that is larger than memory in one transaction, piece by piece: upserts table by
 * table, parents first, then deletes, children first. That is the first rung of the ladder and the
 * only one here: a window that needs more (unique values that move between rows, a table that
 * references itself across pieces, a row that is refused) does not fit.
 */
public final class LargeWindow {

  /** A part of the window. All changes of a row are in one piece. */
  public interface Piece {
    TableShape table();

    boolean hasDeletes();

    /** Read anew at each call, so that one piece at a time is in memory. */
    List<PlanInput> changes();
  }

  /** What was written. */
  public record Written(long rows, long folded, long replays) {}

  /** Nothing was written: the window has to go another way. */
  public static final class UnfitException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * @param message without row values
     */
    public UnfitException(String message) {
      super(message, null, false, false);
    }
  }

  private final Target target;
  private final TargetConnection connection;
  private final WindowTransaction transaction;
  private final Planner planner;
  private final Newest newest;

  LargeWindow(
      Target target,
      TargetConnection connection,
      WindowTransaction transaction,
      Planner planner,
      Newest newest) {
    this.target = target;
    this.connection = connection;
    this.transaction = transaction;
    this.planner = planner;
    this.newest = newest;
  }

  /**
   * @param end written last
   * @throws OutageException nothing was written; try again later
   * @throws InDoubtException the checkpoint rows tell whether it was
   * @throws FenceException the checkpoint rows are not as left
   * @throws UnfitException nothing was written, and nothing will be this way
   */
  public Written write(List<Piece> pieces, Advance advance, Settlement.Postscript end)
      throws OutageException, InDoubtException, FenceException, UnfitException {
    Map<TableName, List<Piece>> byTable = new LinkedHashMap<>();
    Map<TableName, TableShape> shapes = new LinkedHashMap<>();
    for (Piece piece : pieces) {
      byTable.computeIfAbsent(piece.table().name(), t -> new ArrayList<>()).add(piece);
      shapes.put(piece.table().name(), piece.table());
    }
    List<TableName> order = new ArrayList<>(Planner.parentsFirst(shapes.values()));
    Connection open = connection.get();
    Written written = new Written(0, 0, 0);
    try {
      transaction.advance(open, advance);
      target.defer(open);
      for (TableName table : order) {
        for (Piece piece : byTable.get(table)) {
          Plan plan = plan(piece);
          write(open, plan, Step.Upsert.class);
          written = and(written, plan);
        }
      }
      Collections.reverse(order);
      for (TableName table : order) {
        for (Piece piece : byTable.get(table)) {
          if (piece.hasDeletes()) {
            write(open, plan(piece), Step.Delete.class);
          }
        }
      }
      target.checkConstraints(open);
      transaction.end(open, end);
      target.beforeCommit(open, shapes.values());
      transaction.commit(open, advance, Outcome.NOTHING);
      return written;
    } catch (SQLException e) {
      throw unfitOrOutage(e);
    } catch (Objection e) {
      throw unfitOrOutage(e);
    } catch (TargetCatalog.CatalogAwayException e) {
      throw e.outage();
    } catch (FenceException | UnfitException | RuntimeException e) {
      connection.rollback();
      throw e;
    }
  }

  private Plan plan(Piece piece) throws UnfitException {
    Plan plan = planner.plan(piece.changes(), newest, Set.of());
    if (!plan.misfits().isEmpty()) {
      throw new UnfitException(plan.misfits().get(0).reason().getMessage());
    }
    if (!plan.waiting().isEmpty()) {
      throw new UnfitException("it has parts of rows (column families), which may have to wait");
    }
    if (transaction.isAskedAbout(plan)) {
      throw new UnfitException("it has rows of tables with a conflict.policy, which are compared");
    }
    return plan;
  }

  private void write(Connection open, Plan plan, Class<? extends Step> kind) throws SQLException {
    if (plan.isEmpty()) {
      return;
    }
    for (List<Step> stage : plan.ladder().get(0).stages()) {
      List<Step> some = stage.stream().filter(kind::isInstance).toList();
      if (!some.isEmpty()) {
        target.write(open, some);
      }
    }
  }

  private static Written and(Written before, Plan plan) {
    return new Written(
        before.rows() + plan.rows().size(),
        before.folded() + plan.rows().stream().mapToLong(r -> r.changes().size() - 1).sum(),
        before.replays() + plan.replays().size());
  }

  private UnfitException unfitOrOutage(SQLException e) throws OutageException {
    return unfitOrOutage(transaction.objectionOrOutage(e));
  }

  private UnfitException unfitOrOutage(Objection objection) throws OutageException {
    String text = target.name() + ", applying: " + objection.fault().describe();
    if (objection.isPassing()) {
      throw new OutageException(text);
    }
    return new UnfitException(text);
  }
}
