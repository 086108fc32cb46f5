package dev.belay.sink.plan;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.plan.FoldedRow.IfAbsent;
import dev.belay.sink.shape.ColumnShape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Folds the changes of one row whose column families come as records of their own: each family to
 * its newest version, and the row is there if the primary family says so. What one family says of
 * the columns of another is nothing: a row that is made anew keeps what the other families wrote
 * since, and each of them says itself what of the former row is gone.
 */
final class FamilyFold {
  private final List<Integer> replays;
  private final List<BoundChange> primary = new ArrayList<>();
  private final List<BoundChange> parts = new ArrayList<>();
  private final Map<ColumnShape, String> values = new LinkedHashMap<>();

  private FamilyFold(List<Integer> replays) {
    this.replays = replays;
  }

  /**
   * @param arrived at least one
   * @param replays the changes are added that bring nothing; never all of them
   */
  static FoldedRow of(List<BoundChange> arrived, List<Integer> replays) {
    FamilyFold fold = new FamilyFold(replays);
    fold.sort(arrived);
    Optional<BoundChange> gone = fold.newestDelete();
    gone.ifPresent(fold::dropPartsOfTheRowDeleted);
    if (gone.isPresent() && fold.last(fold.primary) == gone.get()) {
      if (fold.parts.stream().allMatch(BoundChange::delete)) {
        return fold.deleted(gone.get());
      }
      // the row is there again, as a part of it tells; what made it so is still to come
      fold.primary.forEach(change -> replays.add(change.index()));
      fold.primary.clear();
    }
    return fold.written();
  }

  /** Oldest first, without exact repetitions and without the deletes that are halves of moves. */
  private void sort(List<BoundChange> arrived) {
    List<BoundChange> sorted = new ArrayList<>(arrived);
    // Stable: among equal versions the order of arrival stands. A null goes before a value: a row
    // that moves to another key of the feed may keep its key here.
    sorted.sort(
        Comparator.comparing(BoundChange::version)
            .thenComparing(change -> !change.delete() || !change.version().isKnown()));
    Map<String, BoundChange> last = new HashMap<>();
    for (BoundChange change : sorted) {
      BoundChange before = last.put(change.family(), change);
      if (before != null && Planner.isRepetition(before, change)) {
        replays.add(change.index());
      } else {
        (change.kin().part() ? parts : primary).add(change);
      }
    }
  }

  private BoundChange last(List<BoundChange> changes) {
    return changes.get(changes.size() - 1);
  }

  private Optional<BoundChange> newestDelete() {
    return primary.stream().filter(BoundChange::delete).reduce((older, newer) -> newer);
  }

  private void dropPartsOfTheRowDeleted(BoundChange gone) {
    parts.removeIf(
        part -> {
          boolean drop =
              !part.delete()
                  && part.version().isKnown()
                  && part.kin().isOfTheRowDeleted(part.version().compareTo(gone.version()));
          if (drop) {
            replays.add(part.index());
          }
          return drop;
        });
  }

  private FoldedRow deleted(BoundChange gone) {
    List<Integer> changes = new ArrayList<>();
    parts.forEach(part -> changes.add(part.index()));
    primary.forEach(change -> changes.add(change.index()));
    return new FoldedRow(
        gone.table(),
        gone.row(),
        newestVersion(),
        true,
        IfAbsent.NOTHING,
        gone.key(),
        List.of(),
        List.of(),
        new String[0],
        changes,
        Prior.UNASKED);
  }

  private FoldedRow written() {
    List<Integer> changes = new ArrayList<>();
    for (BoundChange change : primary) {
      changes.add(change.index());
      if (change.delete()) {
        values.clear();
      } else {
        take(change);
      }
    }
    for (BoundChange part : parts) {
      changes.add(part.index());
      take(part);
    }
    BoundChange any = primary.isEmpty() ? last(parts) : last(primary);
    // one list object where that is possible: rows of one statement find each other faster
    List<ColumnShape> columns =
        any.columns().size() == values.size() ? any.columns() : List.copyOf(values.keySet());
    return new FoldedRow(
        any.table(),
        any.row(),
        newestVersion(),
        false,
        ifAbsent(any, columns),
        any.key(),
        columns,
        List.of(),
        columns.stream().map(values::get).toArray(String[]::new),
        changes,
        Prior.UNASKED);
  }

  private void take(BoundChange change) {
    for (int c = 0; c < change.columns().size(); c++) {
      values.put(change.columns().get(c), change.values()[c]);
    }
  }

  private IfAbsent ifAbsent(BoundChange any, List<ColumnShape> columns) {
    if (primary.isEmpty()) {
      return parts.stream().allMatch(BoundChange::delete)
          ? IfAbsent.NOTHING
          : IfAbsent.WAIT_FOR_ROW;
    }
    // INSERT checks NOT NULL before it finds the row there, ON CONFLICT or not
    return any.table().columns().stream()
            .anyMatch(c -> FoldedRow.isRequired(c) && !columns.contains(c))
        ? IfAbsent.WAIT_FOR_COLUMNS
        : IfAbsent.INSERT;
  }

  private HlcTimestamp newestVersion() {
    HlcTimestamp newest = HlcTimestamp.NONE;
    for (List<BoundChange> changes : List.of(primary, parts)) {
      for (BoundChange change : changes) {
        newest = HlcTimestamp.max(newest, change.version());
      }
    }
    return newest;
  }
}
