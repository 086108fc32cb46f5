package dev.belay.sink.plan;

import dev.belay.sink.change.ConflictPolicy;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.shape.ColumnShape;
import java.util.List;
import java.util.Optional;

/**
 * What a change says of the row before it, by which one tells that the target has changed the row
 * as well.
 *
 * @param anew whether the row is made where the target does not have it: it is new at the source,
 *     or was read from its table. If not, a row that is not there was deleted in the target
 * @param columns of the image, in which the key's may be; empty if there is none
 * @param values one for each column, as they are bound; null is SQL NULL
 * @param committed when the change was committed at the source
 * @param version the column that says which of two rows is the newer; empty to go by the time
 */
@SuppressWarnings("ArrayRecordComponent")
public record Prior(
    ConflictPolicy policy,
    Kind kind,
    boolean anew,
    List<ColumnShape> columns,
    String[] values,
    HlcTimestamp committed,
    Optional<ColumnShape> version) {

  /** What is known of the row before the change. */
  public enum Kind {
    /** Nobody asks: the table's policy compares nothing. */
    UNASKED,
    /** There was none. */
    NONE,
    /** It is told. */
    ROW,
    /** Nothing: the row was read from its table, and did not change. */
    SCAN
  }

  static final String[] NO_VALUES = new String[0];

  /** Of all rows of tables whose policy compares nothing. */
  static final Prior UNASKED =
      new Prior(
          ConflictPolicy.SOURCE_WINS,
          Kind.UNASKED,
          true,
          List.of(),
          NO_VALUES,
          HlcTimestamp.NONE,
          Optional.empty());

  /** Whether the row is to be compared with the target's. */
  public boolean isAsked() {
    return kind != Kind.UNASKED;
  }

  /** The same with the image. */
  Prior with(List<ColumnShape> image, String[] imageValues) {
    return new Prior(policy, kind, anew, image, imageValues, committed, version);
  }

  /**
   * Of changes of one row that are folded into the last: what was before the first, and when the
   * last was committed.
   *
   * @param versions at least one, the oldest first
   */
  static Prior folded(List<BoundChange> versions) {
    Prior first = versions.get(0).prior();
    if (!first.isAsked() || versions.size() == 1) {
      return first;
    }
    Prior image = first;
    boolean anew = false;
    for (BoundChange version : versions) {
      anew |= version.prior().anew();
      if (image.kind() == Kind.SCAN) {
        image = version.prior();
      }
    }
    return new Prior(
        image.policy(),
        image.kind(),
        anew,
        image.columns(),
        image.values(),
        versions.get(versions.size() - 1).prior().committed(),
        image.version());
  }
}
