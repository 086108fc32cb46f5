package dev.belay.sink.plan;

import java.util.Map;
import java.util.function.Predicate;

/**
 * What the target has of rows written ahead of the resolved time, or will have before the plan in
 * hand is written.
 *
 * @param newest what is committed
 * @param known what took effect before this task's time, and was read again with the window
 * @param underWay what is being written
 */
record Applied(
    Newest newest, Map<Newest.Id, Newest.Version> known, Map<Newest.Id, Newest.Version> underWay) {

  /** Whether a change is a repetition, or older than what there is. */
  boolean covers(BoundChange change) {
    if (newest.isEmpty() && known.isEmpty() && underWay.isEmpty()) {
      return false;
    }
    return isThere(change.row(), change.family(), v -> covers(v, change))
        || (!change.kin().others().isEmpty()
            && change.kin().others().stream()
                .anyMatch(other -> isThere(change.row(), other, v -> isOutdated(change, v))));
  }

  private boolean isThere(RowId row, String family, Predicate<Newest.Version> which) {
    Newest.Id id = new Newest.Id(row, family);
    return newest.of(id).filter(which).isPresent()
        || isIn(known, id, which)
        || isIn(underWay, id, which);
  }

  private static boolean isIn(
      Map<Newest.Id, Newest.Version> versions, Newest.Id id, Predicate<Newest.Version> which) {
    Newest.Version version = versions.get(id);
    return version != null && which.test(version);
  }

  /**
   * Whether another family's version tells that a change brings nothing. A part of a row does not
   * outlive the row. And a row of which a part was written later is there again: to delete it would
   * take that part along, which the feed does not send twice, while the version of the primary
   * family that made the row anew is still to come and overwrites all of its own.
   */
  private static boolean isOutdated(BoundChange change, Newest.Version other) {
    if (!change.version().isKnown() || change.kin().part() == change.delete()) {
      return false;
    }
    return change.kin().part()
        ? other.deleted()
            && change.kin().isOfTheRowDeleted(change.version().compareTo(other.version()))
        : !other.deleted()
            && !change.kin().isOfTheRowDeleted(other.version().compareTo(change.version()));
  }

  /**
   * Whether a change brings nothing new. One of an equal version does if it has other columns, or
   * if it makes the row that a delete took away: a row that moves to another region is deleted and
   * inserted at one time, under keys that are one key in the target, in any order.
   */
  private static boolean covers(Newest.Version known, BoundChange change) {
    int order = change.version().compareTo(known.version());
    // without versions nothing can be told to be old
    return change.version().isKnown()
        && (order < 0
            || (order == 0
                && (change.delete()
                    || (!known.deleted() && known.columns().containsAll(change.columns())))));
  }
}
