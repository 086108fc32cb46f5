package dev.belay.sink.apply;

import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.target.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The shapes of the target's tables, read when first asked for and kept until told to look again.
 * One thread.
 */
public final class TargetCatalog {

  /** The catalog cannot be read now; tunnels through the pure planner to whoever applies. */
  public static final class CatalogAwayException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient OutageException outage;

    CatalogAwayException(OutageException outage) {
      super(outage.getMessage(), null, false, false);
      this.outage = outage;
    }

    OutageException outage() {
      return outage;
    }
  }

  private final Target target;
  private final TargetConnection connection;
  private final boolean refuseTriggers;
  private final boolean severalTasks;
  private final boolean refuseCascades;
  private final Map<TableName, Optional<TableShape>> shapes = new HashMap<>();
  private Optional<Set<TableName>> takingChildrenAlong = Optional.empty();

  /**
   * @param refuseTriggers whether a table with user triggers stops the task
   * @param severalTasks whether other tasks write the same tables, so that rows must not depend on
   *     each other
   * @param refuseCascades whether a table whose deletes take rows of others along stops the task:
   *     where the feed does not tell up to when all has come, a delete may come before the change
   *     that saves those rows from it
   */
  public TargetCatalog(
      Target target,
      TargetConnection connection,
      boolean refuseTriggers,
      boolean severalTasks,
      boolean refuseCascades) {
    this.target = target;
    this.connection = connection;
    this.refuseTriggers = refuseTriggers;
    this.severalTasks = severalTasks;
    this.refuseCascades = refuseCascades;
  }

  /**
   * A table's shape.
   *
   * @return empty if there is no such table
   * @throws CatalogAwayException if the target does not answer
   * @throws StopException if the table cannot be written as it is
   */
  public Optional<TableShape> shape(TableName table) {
    Optional<TableShape> known = shapes.get(table);
    if (known == null) {
      known = read(table);
      shapes.put(table, known);
    }
    return known;
  }

  private Optional<TableShape> read(TableName table) {
    try {
      Connection open = connection.get();
      try {
        Map<TableName, TableShape> found = target.describe(open, List.of(table));
        Optional<TableShape> shape = Optional.ofNullable(found.get(table));
        List<String> triggers =
            refuseTriggers && shape.isPresent()
                ? target.triggers(open, shape.get().name())
                : List.of();
        Optional<String> hidden =
            refuseTriggers && shape.isPresent()
                ? target.hiddenTriggers(open, shape.get().name())
                : Optional.empty();
        Optional<String> circle =
            shape.isPresent() ? target.circleObjection(open, shape.get()) : Optional.empty();
        open.rollback();
        if (!triggers.isEmpty()) {
          throw new StopException(Triggers.refusal(target, shape.get().name(), triggers));
        }
        for (Optional<String> objection : List.of(hidden, circle)) {
          if (objection.isPresent()) {
            throw new StopException(objection.get());
          }
        }
        if (refuseCascades && shape.isPresent() && takesChildrenAlong(shape.get().name())) {
          throw new StopException(
              "Deletes of target table "
                  + shape.get()
                  + " delete or change rows of other tables (ON DELETE CASCADE, SET NULL or SET"
                  + " DEFAULT). A feed of Debezium does not tell up to when all has come, so that a"
                  + " delete could take rows along which have moved to another parent meanwhile. Make"
                  + " those foreign keys of the target ON DELETE NO ACTION: what the source deletes"
                  + " with a parent, it tells itself. Or apply whole transactions: feed.transaction.topic"
                  + " with delivery.mode=consistent.");
        }
        if (severalTasks && shape.isPresent()) {
          Independence.refusal(shape.get())
              .ifPresent(
                  text -> {
                    throw new StopException(text);
                  });
        }
        return shape;
      } catch (SQLException e) {
        throw connection.fail(e, "reading the catalog of " + table);
      }
    } catch (OutageException e) {
      throw new CatalogAwayException(e);
    }
  }

  /**
   * Whether the target deletes or changes rows of other tables when it deletes a row of this one
   * (ON DELETE CASCADE, SET NULL, SET DEFAULT).
   *
   * @param table as its shape names it
   * @throws CatalogAwayException if the target does not answer
   */
  public boolean takesChildrenAlong(TableName table) {
    if (takingChildrenAlong.isEmpty()) {
      takingChildrenAlong = Optional.of(readTakingChildrenAlong());
    }
    return takingChildrenAlong.get().contains(table);
  }

  private Set<TableName> readTakingChildrenAlong() {
    try {
      Connection open = connection.get();
      try {
        Set<TableName> parents = target.takingChildrenAlong(open);
        open.rollback();
        return parents;
      } catch (SQLException e) {
        throw connection.fail(e, "reading the catalog's foreign keys");
      }
    } catch (OutageException e) {
      throw new CatalogAwayException(e);
    }
  }

  /** The tables that were asked for since the last {@link #reread}, by the names asked. */
  public Set<TableName> asked() {
    return Set.copyOf(shapes.keySet());
  }

  /** Makes the next look a fresh one. */
  public void reread() {
    shapes.clear();
    takingChildrenAlong = Optional.empty();
  }
}
