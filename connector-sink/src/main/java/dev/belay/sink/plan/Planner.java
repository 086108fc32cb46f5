package dev.belay.sink.plan;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.TableName;
import dev.belay.sink.plan.FoldedRow.IfAbsent;
import dev.belay.sink.plan.Plan.Memory;
import dev.belay.sink.plan.Plan.Misfit;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns the changes of a window into a plan: drops what is older than the row already is, folds
 * what is left by row, and orders it by foreign key. Same changes, same memory, same shapes: same
 * plan; nothing here has effects.
 */
public final class Planner {
  private final RowBinder binder;
  private final StepOrder steps;

  public Planner(RowBinder binder, StepOrder steps) {
    this.binder = binder;
    this.steps = steps;
  }

  /**
   * @param changes in the order in which they arrived
   * @param newest what was applied ahead of the resolved time
   * @param left indexes of changes that are not to be written this time
   */
  public Plan plan(List<PlanInput> changes, Newest newest, Set<Integer> left) {
    return plan(changes, newest, left, Memory.NONE);
  }

  /**
   * @param before what is being written, and will be in {@code newest} if it is committed
   */
  public Plan plan(List<PlanInput> changes, Newest newest, Set<Integer> left, Memory before) {
    List<Misfit> misfits = new ArrayList<>();
    BoundChange[] bound = bind(changes, left, misfits);
    Map<Newest.Id, Newest.Version> memory = new HashMap<>();
    // what took effect before is remembered before anything new is judged by it
    for (BoundChange change : bound) {
      if (change != null && changes.get(change.index()).known()) {
        remember(memory, change);
      }
    }
    Applied applied = new Applied(newest, memory, before.versions());
    Map<RowId, List<BoundChange>> byRow = new LinkedHashMap<>();
    List<Integer> replays = new ArrayList<>();
    for (BoundChange change : bound) {
      if (change == null || changes.get(change.index()).known()) {
        continue;
      }
      if (applied.covers(change)) {
        replays.add(change.index());
      } else {
        byRow.computeIfAbsent(change.row(), row -> new ArrayList<>(1)).add(change);
      }
    }
    List<FoldedRow> rows = new ArrayList<>(byRow.size());
    List<BoundChange> written = new ArrayList<>(bound.length);
    for (List<BoundChange> versions : byRow.values()) {
      rows.add(
          isOfWholeRows(versions) ? fold(versions, replays) : FamilyFold.of(versions, replays));
      written.addAll(versions);
    }
    return new Plan(rows, replays, misfits, steps.ladder(rows), new Memory(memory, written));
  }

  private static boolean isOfWholeRows(List<BoundChange> versions) {
    for (BoundChange version : versions) {
      if (version.kin() != Kin.NONE) {
        return false;
      }
    }
    return true;
  }

  /**
   * A plan with other rows in place of its own, once the target was asked about them.
   *
   * @param rows of the same changes, or fewer
   */
  public Plan replan(Plan plan, List<FoldedRow> rows) {
    return new Plan(rows, plan.replays(), plan.misfits(), steps.ladder(rows), plan.memory());
  }

  /**
   * Where a change belongs.
   *
   * @param row the same for all changes of a row
   */
  public record Place(TableShape table, RowId row) {}

  /** Finds the row of a change; upserts teach how the keys of deletes are to be read. */
  public Place place(Change change) throws UnboundException {
    BoundChange bound = binder.bind(0, change);
    return new Place(bound.table(), bound.row());
  }

  /** The tables, each after all that it references; those of a cycle in any order. */
  public static List<TableName> parentsFirst(Collection<TableShape> tables) {
    return TableOrder.parentsFirst(tables).stream().flatMap(List::stream).toList();
  }

  /** Null for what is left out or cannot be bound. */
  private BoundChange[] bind(List<PlanInput> changes, Set<Integer> left, List<Misfit> misfits) {
    BoundChange[] bound = new BoundChange[changes.size()];
    // Upserts first: they show how unnamed keys are to be read, which deletes do not. Nor do parts
    // of rows (column families), so those that cannot be read yet come after all other upserts.
    List<Integer> again = new ArrayList<>();
    List<Integer> deletes = new ArrayList<>();
    for (int i = 0; i < bound.length; i++) {
      if (left.contains(i)) {
        continue;
      }
      if (changes.get(i).change() instanceof Delete) {
        deletes.add(i);
      } else {
        try {
          bound[i] = binder.bind(i, changes.get(i).change());
        } catch (UnboundException notYet) {
          again.add(i);
        }
      }
    }
    for (Collection<Integer> late : List.of(again, deletes)) {
      for (int i : late) {
        try {
          bound[i] = binder.bind(i, changes.get(i).change());
        } catch (UnboundException e) {
          if (!changes.get(i).known()) {
            misfits.add(new Misfit(i, e));
          }
        }
      }
    }
    return bound;
  }

  /** Forgets the target's shapes, because its catalog was read again. */
  public void forgetShapes() {
    binder.forget();
  }

  private static void remember(Map<Newest.Id, Newest.Version> memory, BoundChange change) {
    if (change.version().isKnown()) {
      memory.merge(
          new Newest.Id(change.row(), change.family()),
          Newest.Version.of(change),
          Newest.Version::and);
    }
  }

  /** Folds the versions of one row; exact repetitions among them are replays. */
  private static FoldedRow fold(List<BoundChange> arrived, List<Integer> replays) {
    if (arrived.size() == 1) {
      BoundChange only = arrived.get(0);
      return new FoldedRow(
          only.table(),
          only.row(),
          only.version(),
          only.delete(),
          ifAbsent(only),
          only.key(),
          only.columns(),
          List.of(),
          only.values(),
          List.of(only.index()),
          only.prior());
    }
    List<BoundChange> versions = new ArrayList<>(arrived);
    // stable: among equal versions (or without any) the order of arrival stands
    versions.sort(Comparator.comparing(BoundChange::version));
    if (versions.get(0).prior().isAsked()) {
      return compared(versions, replays);
    }
    return folded(versions, replays);
  }

  /**
   * Folds versions that are to be compared with the target's row, as far as they are one change.
   */
  private static FoldedRow compared(List<BoundChange> versions, List<Integer> replays) {
    List<BoundChange> different = new ArrayList<>(versions.size());
    for (BoundChange version : versions) {
      if (!different.isEmpty() && isRepetition(different.get(different.size() - 1), version)) {
        replays.add(version.index());
      } else {
        different.add(version);
      }
    }
    // A row that moved to another key of the feed is deleted and made at one time, told in any
    // order,
    // and has one key here.
    different.sort(
        Comparator.comparing(BoundChange::version)
            .thenComparing(version -> !version.delete() && !version.mark()));
    List<List<BoundChange>> pieces = Prior.unbroken(different);
    FoldedRow row = folded(pieces.get(pieces.size() - 1), replays);
    for (int i = pieces.size() - 2; i >= 0; i--) {
      row = folded(pieces.get(i), replays).before(row);
    }
    return row;
  }

  /**
   * @param versions the oldest first
   */
  private static FoldedRow folded(List<BoundChange> versions, List<Integer> replays) {
    if (haveSameColumns(versions)) {
      return newest(versions, replays);
    }
    Set<HlcTimestamp> made = new HashSet<>();
    versions.stream().filter(v -> !v.delete() && !v.mark()).forEach(v -> made.add(v.version()));
    Map<ColumnShape, String> values = new LinkedHashMap<>();
    List<Integer> folded = new ArrayList<>(versions.size());
    boolean deleted = false;
    boolean madeAnew = false;
    boolean hasRow = false;
    boolean hasPart = false;
    BoundChange last = null;
    for (BoundChange version : versions) {
      if (last != null && isRepetition(last, version)) {
        replays.add(version.index());
        continue;
      }
      if ((version.delete() || version.mark())
          && version.version().isKnown()
          && made.contains(version.version())) {
        // the row moved to another key of the feed, which is the same key here
        folded.add(0, version.index());
        continue;
      }
      folded.add(version.index());
      if (version.delete()) {
        values.clear();
        deleted = true;
        hasRow = false;
        hasPart = false;
      } else {
        madeAnew |= deleted;
        deleted = false;
        hasRow |= !version.mark() && version.whole();
        hasPart |= !version.mark() && !version.whole();
        for (int c = 0; c < version.columns().size(); c++) {
          values.put(version.columns().get(c), version.values()[c]);
        }
      }
      last = version;
    }
    BoundChange newest = last;
    if (deleted) {
      return new FoldedRow(
          newest.table(),
          newest.row(),
          newest.version(),
          true,
          IfAbsent.NOTHING,
          newest.key(),
          List.of(),
          List.of(),
          new String[0],
          folded,
          Prior.folded(versions));
    }
    List<ColumnShape> columns =
        sameColumns(newest, values) ? newest.columns() : List.copyOf(values.keySet());
    return new FoldedRow(
        newest.table(),
        newest.row(),
        newest.version(),
        false,
        hasRow ? IfAbsent.INSERT : hasPart ? IfAbsent.WAIT_FOR_ROW : IfAbsent.NOTHING,
        newest.key(),
        columns,
        madeAnew ? absent(newest.table(), columns) : List.of(),
        columns.stream().map(values::get).toArray(String[]::new),
        folded,
        Prior.folded(versions));
  }

  private static IfAbsent ifAbsent(BoundChange only) {
    if (only.delete() || only.mark()) {
      return IfAbsent.NOTHING;
    }
    return only.whole() ? IfAbsent.INSERT : IfAbsent.WAIT_FOR_ROW;
  }

  /** Whether each version overwrites all that those before it wrote. */
  private static boolean haveSameColumns(List<BoundChange> versions) {
    for (BoundChange version : versions) {
      // lists are shared between the rows of a table that have the same columns
      if (version.delete()
          || !version.whole()
          || version.mark() != versions.get(0).mark()
          || version.columns() != versions.get(0).columns()) {
        return false;
      }
    }
    return true;
  }

  /** Folds versions that overwrite each other. */
  private static FoldedRow newest(List<BoundChange> versions, List<Integer> replays) {
    List<Integer> folded = new ArrayList<>(versions.size());
    BoundChange last = null;
    for (BoundChange version : versions) {
      if (last != null && isRepetition(last, version)) {
        replays.add(version.index());
      } else {
        folded.add(version.index());
        last = version;
      }
    }
    return new FoldedRow(
        last.table(),
        last.row(),
        last.version(),
        false,
        last.mark() ? IfAbsent.NOTHING : IfAbsent.INSERT,
        last.key(),
        last.columns(),
        List.of(),
        last.values(),
        folded,
        Prior.folded(versions));
  }

  private static boolean sameColumns(BoundChange newest, Map<ColumnShape, String> values) {
    return newest.columns().size() == values.size();
  }

  static boolean isRepetition(BoundChange earlier, BoundChange later) {
    return later.version().isKnown()
        && later.version().equals(earlier.version())
        && later.family().equals(earlier.family())
        && later.delete() == earlier.delete()
        && later.columns().equals(earlier.columns())
        && Arrays.equals(later.values(), earlier.values());
  }

  private static List<ColumnShape> absent(TableShape table, List<ColumnShape> columns) {
    return table.columns().stream().filter(c -> !c.generated() && !columns.contains(c)).toList();
  }
}
