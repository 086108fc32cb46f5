package dev.belay.sink.plan;

import java.util.List;

/**
 * How a change of a split feed stands to the other column families of its row. The family with the
 * key's columns, the primary one, has a row for as long as the row exists; every other is a part of
 * it, and says nothing of whether there is a row.
 *
 * @param part whether the change is of a family other than the primary one
 * @param others families known so far whose versions bear on it: of a part the primary one, of the
 *     primary one the parts
 * @param movable whether a delete and an upsert of one time may be both halves of a move: the
 *     feed's key has a part that the target's lacks, a region for example
 */
record Kin(boolean part, List<String> others, boolean movable) {

  /** Of a feed with whole rows. */
  static final Kin NONE = new Kin(false, List.of(), false);

  /**
   * Whether a part of a row was written while the row still existed that a delete took away; if
   * not, it is of a later row of the same key.
   *
   * @param order of the part's time to the delete's
   */
  boolean isOfTheRowDeleted(int order) {
    return order < 0 || (order == 0 && !movable);
  }
}
