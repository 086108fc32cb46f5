package dev.belay.sink.apply;

import dev.belay.sink.checkpoint.ConflictEntry;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.plan.FoldedRow;
import dev.belay.sink.plan.FoldedRow.IfAbsent;
import dev.belay.sink.plan.Plan;
import dev.belay.sink.plan.PlanInput;
import dev.belay.sink.plan.Ruling;
import dev.belay.sink.plan.UnboundException;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.target.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The changes of one window that are not written: rejected or held, never both. */
final class Exclusions {
  private final Target target;
  private final List<PlanInput> window;
  private final boolean mayHold;
  private final boolean wholeTransactions;
  private final Map<Integer, Refusal> rejected = new LinkedHashMap<>();
  private final Set<Integer> held = new HashSet<>();
  private final List<ConflictEntry> contested = new ArrayList<>();

  /**
   * @param mayHold whether a change that fails for want of another may wait, or is rejected
   * @param wholeTransactions whether a rejected change takes along all of its source transaction
   */
  Exclusions(Target target, List<PlanInput> window, boolean mayHold, boolean wholeTransactions) {
    this.target = target;
    this.window = window;
    this.mayHold = mayHold;
    this.wholeTransactions = wholeTransactions;
  }

  /** Indexes of all that are excluded. */
  Set<Integer> changes() {
    Set<Integer> all = new HashSet<>(rejected.keySet());
    all.addAll(held);
    return all;
  }

  Map<Integer, Refusal> rejected() {
    return rejected;
  }

  Set<Integer> held() {
    return held;
  }

  void hold(Collection<Integer> some) {
    held.addAll(some);
  }

  /**
   * @throws StopException if nothing of a table can be applied
   */
  void rejectMisfits(Plan plan) {
    for (Plan.Misfit misfit : plan.misfits()) {
      if (misfit.reason().reach() == UnboundException.Reach.TABLE) {
        throw new StopException(
            "At "
                + window.get(misfit.change()).change().origin()
                + ": "
                + misfit.reason().getMessage());
      }
      Refusal refusal =
          new Refusal(
              window.get(misfit.change()).change().info().table(),
              List.of(),
              "",
              "",
              misfit.reason().getMessage());
      reject(misfit.change(), refusal);
    }
  }

  /**
   * Takes out rows of column families which only change a row, and wait where there is none.
   *
   * @param absent by index of the plan's row
   * @return whether anything is out now that was not before: when nothing may wait any more, a part
   *     of a row that is gone stays in, and comes to nothing
   */
  boolean excludeAbsent(Collection<Integer> absent, Plan plan) {
    int before = changes().size();
    for (int index : absent) {
      FoldedRow row = plan.rows().get(index);
      if (mayHold) {
        held.addAll(row.changes());
      } else if (row.ifAbsent() == IfAbsent.WAIT_FOR_COLUMNS) {
        reject(last(row), incomplete(row));
      }
    }
    return changes().size() > before;
  }

  private static int last(FoldedRow row) {
    return row.changes().get(row.changes().size() - 1);
  }

  private static Refusal incomplete(FoldedRow row) {
    return new Refusal(
        row.table().name(),
        row.table().key().stream().map(ColumnShape::name).toList(),
        "",
        "",
        "Target table "
            + row.table()
            + " does not take the row: columns that are NOT NULL there without a default ("
            + row.table().columns().stream()
                .filter(FoldedRow::isRequired)
                .filter(column -> !row.columns().contains(column))
                .map(ColumnShape::name)
                .collect(Collectors.joining(", "))
            + ") are not in the record, and no other column family brought them. Let them be NULL,"
            + " give them a default, or subscribe to the topics of all column families.");
  }

  /**
   * @param culprits by index of the plan's row
   */
  void exclude(Map<Integer, TargetFault> culprits, Plan plan) {
    culprits.forEach(
        (index, fault) -> {
          FoldedRow row = plan.rows().get(index);
          if (mayHold && fault.verdict() == Verdict.DEFERRABLE) {
            held.addAll(row.changes());
          } else {
            // only the newest version is at fault: an older one in the window may well fit
            reject(last(row), refusal(row, fault));
          }
        });
  }

  /**
   * Rejects rows that both databases have changed, with all that was folded into them: an older
   * version is no less contested.
   *
   * @param rows by index in the plan
   */
  void rejectContested(Collection<Integer> rows, Plan plan) {
    for (int index : rows) {
      FoldedRow row = plan.rows().get(index);
      contested.add(Judge.entry(row, Ruling.Conflict.REJECTED));
      Refusal refusal =
          new Refusal(
              row.table().name(),
              row.table().key().stream().map(ColumnShape::name).toList(),
              "",
              "",
              "Conflict: the row of target table "
                  + row.table()
                  + " was changed there as well, and conflict.policy=reject. Decide what the row is"
                  + " to be, and write it in both databases.");
      row.changes().forEach(change -> reject(change, refusal));
    }
  }

  /** Rows that were rejected since both databases have changed them. */
  List<ConflictEntry> contested() {
    return List.copyOf(contested);
  }

  private Refusal refusal(FoldedRow row, TargetFault fault) {
    return new Refusal(
        row.table().name(),
        row.table().key().stream().map(ColumnShape::name).toList(),
        fault.code(),
        fault.constraint(),
        "Target table "
            + row.table()
            + " does not take the row: "
            + fault.describe()
            + Remedies.forFault(target, row.table(), fault));
  }

  private void reject(int change, Refusal refusal) {
    rejected.put(change, refusal);
    held.remove(change);
    if (!wholeTransactions || !window.get(change).change().version().isKnown()) {
      return;
    }
    for (int i = 0; i < window.size(); i++) {
      if (!window.get(i).known()
          && window.get(i).change().version().equals(window.get(change).change().version())) {
        held.remove(i);
        rejected.putIfAbsent(
            i,
            new Refusal(
                window.get(i).change().info().table(),
                List.of(),
                "",
                "",
                "Another row of its source transaction is rejected ("
                    + window.get(change).change().origin()
                    + "), and reject.scope=transaction."));
      }
    }
  }
}
