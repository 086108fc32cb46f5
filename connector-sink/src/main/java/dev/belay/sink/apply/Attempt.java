package dev.belay.sink.apply;

import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.plan.Plan;
import dev.belay.sink.plan.Plan.Rung;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.OrphanedRowsException;
import dev.belay.sink.target.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tries things inside a transaction under savepoints. An SQLException leaves it for what is no
 * row's fault: an outage, a deadlock, a statement that can never run.
 */
final class Attempt {
  private final Target target;
  private final StepWriter steps;
  private final Connection connection;
  private final Set<TableName> takingChildrenAlong;

  /**
   * @param takingChildrenAlong tables whose deletes delete or change rows of others
   */
  Attempt(
      Target target, StepWriter steps, Connection connection, Set<TableName> takingChildrenAlong) {
    this.target = target;
    this.steps = steps;
    this.connection = connection;
    this.takingChildrenAlong = takingChildrenAlong;
  }

  /** Writes all of it, constraints checked; on failure nothing of it. */
  Optional<TargetFault> tryAll(Rung rung) throws SQLException {
    return under(
        () -> {
          for (List<Step> stage : rung.stages()) {
            write(rung, stage);
          }
          target.checkConstraints(connection);
          // back to waiting, for the next attempt
          target.defer(connection);
        });
  }

  private void write(Rung rung, List<Step> stage) throws SQLException {
    if (rung.isCircle(stage)) {
      steps.writeCircle(connection, stage);
    } else {
      steps.write(connection, stage);
    }
  }

  /**
   * Finds rows that cannot be written even when each is tried by itself, after all others. Leaves
   * what it wrote in the transaction, to be rolled back.
   *
   * @return those that can never be written; only if there are none, those that miss others, which
   *     may be for want of the former
   */
  Map<Integer, TargetFault> culprits(Plan plan) throws SQLException {
    // immediate, so that a violation shows at the statement of its row
    target.checkConstraints(connection);
    Map<Integer, Failed> failed = new LinkedHashMap<>();
    List<List<Step>> last = new ArrayList<>();
    for (List<Step> stage : plan.oneByOne().stages()) {
      if (!failed.isEmpty() && stage.stream().anyMatch(this::takesChildrenAlong)) {
        // one of the rows that failed may be a child about to leave; what hangs on it would be lost
        last.add(stage);
        continue;
      }
      tryStage(stage, failed);
    }
    retry(failed);
    if (!failed.isEmpty() && plan.closed().isPresent()) {
      closeCircles(plan.closed().get(), failed);
      retry(failed);
    }
    for (List<Step> stage : last) {
      if (failed.isEmpty()) {
        tryStage(stage, failed);
      }
    }
    Map<Integer, TargetFault> never = new LinkedHashMap<>();
    Map<Integer, TargetFault> notYet = new LinkedHashMap<>();
    failed
        .values()
        .forEach(
            row ->
                (row.fault().verdict() == Verdict.DEFERRABLE ? notYet : never)
                    .put(row.index(), row.fault()));
    return never.isEmpty() ? notYet : never;
  }

  private boolean takesChildrenAlong(Step step) {
    return step instanceof Step.Delete && takingChildrenAlong.contains(step.table().name());
  }

  private void tryStage(List<Step> stage, Map<Integer, Failed> failed) throws SQLException {
    if (stage.stream().allMatch(step -> step instanceof Step.Park)) {
      // a help for others; where it does not work, no row is to blame for it
      under(() -> steps.write(connection, stage));
      return;
    }
    List<Step> open = failed.isEmpty() ? stage : withoutFailed(stage, failed);
    if (!open.isEmpty()) {
      halve(open, failed);
    }
  }

  /** What comes later for a row that failed is done when that is done. */
  private static List<Step> withoutFailed(List<Step> stage, Map<Integer, Failed> failed) {
    List<Step> open = new ArrayList<>();
    for (Step step : stage) {
      List<StepRow> rows = new ArrayList<>(step.rows().size());
      for (StepRow row : step.rows()) {
        Failed before = failed.get(row.change());
        if (before == null) {
          rows.add(row);
        } else {
          before.steps().add(step.withRows(List.of(row)));
        }
      }
      if (!rows.isEmpty()) {
        open.add(rows.size() == step.rows().size() ? step : step.withRows(rows));
      }
    }
    return open;
  }

  /** A row may have waited for one that came after it, or some for each other. */
  private void retry(Map<Integer, Failed> failed) throws SQLException {
    boolean progress = true;
    while (progress && !failed.isEmpty()) {
      progress = false;
      List<Failed> waiting =
          failed.values().stream().filter(r -> r.fault().verdict() == Verdict.DEFERRABLE).toList();
      for (Failed row : waiting) {
        Optional<TargetFault> again =
            under(
                () -> {
                  for (Step step : row.steps()) {
                    steps.write(connection, List.of(step));
                  }
                });
        if (again.isEmpty()) {
          failed.remove(row.index());
          progress = true;
        }
      }
      if (!progress && waiting.size() > 1 && target.writesTogether()) {
        List<Step> together = together(waiting);
        if (under(() -> steps.write(connection, together)).isEmpty()) {
          waiting.forEach(row -> failed.remove(row.index()));
        }
      }
    }
  }

  /** Of the rows that failed, those of a circle that fit together. */
  private void closeCircles(Rung closed, Map<Integer, Failed> failed) throws SQLException {
    for (List<Step> stage : closed.stages()) {
      if (!closed.isCircle(stage)) {
        continue;
      }
      List<Step> waiting = only(stage, failed);
      if (waiting.stream().allMatch(step -> step instanceof Step.Park)) {
        under(() -> steps.writeCircle(connection, waiting));
      } else {
        closeCircle(waiting, failed);
      }
    }
  }

  /** A row that references nothing may be all that others reference: without it they go as well. */
  private void closeCircle(List<Step> stage, Map<Integer, Failed> failed) throws SQLException {
    List<Step> waiting = stage;
    while (!waiting.isEmpty()) {
      Savepoint savepoint = connection.setSavepoint();
      Set<Integer> orphans;
      try {
        steps.writeCircle(connection, waiting);
        target.release(connection, savepoint);
        waiting.forEach(step -> step.rows().forEach(row -> failed.remove(row.change())));
        return;
      } catch (OrphanedRowsException e) {
        connection.rollback(savepoint);
        orphans = e.changes();
      } catch (SQLException e) {
        undo(savepoint, e);
        return;
      }
      waiting = rows(waiting, row -> !orphans.contains(row.change()));
    }
  }

  /** Rows that failed for want of another. */
  private static List<Step> only(List<Step> stage, Map<Integer, Failed> failed) {
    return rows(
        stage,
        row ->
            failed.containsKey(row.change())
                && failed.get(row.change()).fault().verdict() == Verdict.DEFERRABLE);
  }

  private static List<Step> rows(List<Step> stage, Predicate<StepRow> which) {
    List<Step> steps = new ArrayList<>();
    for (Step step : stage) {
      List<StepRow> some = step.rows().stream().filter(which).toList();
      if (!some.isEmpty()) {
        steps.add(step.withRows(some));
      }
    }
    return steps;
  }

  /** Deletes first, and one step for all rows that one statement's part can write. */
  private static List<Step> together(List<Failed> waiting) {
    Map<Step, List<StepRow>> alike = new LinkedHashMap<>();
    for (boolean deletes : new boolean[] {true, false}) {
      for (Failed row : waiting) {
        // a database that writes together has one step for a row
        Step only = row.steps().get(0);
        if (only instanceof Step.Delete == deletes) {
          alike
              .computeIfAbsent(only.withRows(List.of()), step -> new ArrayList<>())
              .addAll(only.rows());
        }
      }
    }
    List<Step> joined = new ArrayList<>();
    alike.forEach((step, rows) -> joined.add(step.withRows(rows)));
    return joined;
  }

  /**
   * @param steps what is to be done for the row, in order; may grow
   */
  private record Failed(int index, List<Step> steps, TargetFault fault) {}

  private void halve(List<Step> stage, Map<Integer, Failed> failed) throws SQLException {
    Optional<TargetFault> fault = under(() -> steps.write(connection, stage));
    if (fault.isEmpty()) {
      return;
    }
    if (stage.size() > 1) {
      int middle = stage.size() / 2;
      halve(stage.subList(0, middle), failed);
      halve(stage.subList(middle, stage.size()), failed);
      return;
    }
    Step step = stage.get(0);
    List<StepRow> rows = step.rows();
    if (rows.size() == 1) {
      int index = rows.get(0).change();
      failed.putIfAbsent(index, new Failed(index, new ArrayList<>(List.of(step)), fault.get()));
      return;
    }
    int middle = rows.size() / 2;
    halve(List.of(step.withRows(new ArrayList<>(rows.subList(0, middle)))), failed);
    halve(List.of(step.withRows(new ArrayList<>(rows.subList(middle, rows.size())))), failed);
  }

  @FunctionalInterface
  private interface Work {
    void run() throws SQLException;
  }

  /** The fault of a row, if the work met one; it is undone then. */
  private Optional<TargetFault> under(Work work) throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    try {
      work.run();
      target.release(connection, savepoint);
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(undo(savepoint, e));
    }
  }

  /** Undoes what a row's fault has spoilt; what is no row's fault goes on. */
  private TargetFault undo(Savepoint savepoint, SQLException e) throws SQLException {
    TargetFault fault = target.judge(e);
    if (fault.connectionLost()
        || fault.verdict() == Verdict.TRANSIENT
        || fault.verdict() == Verdict.FATAL) {
      throw e;
    }
    connection.rollback(savepoint);
    return fault;
  }
}
