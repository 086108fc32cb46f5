package dev.belay.sink.plan;

import dev.belay.sink.change.ConflictPolicy;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Origin;
import dev.belay.sink.shape.ColumnShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a change says of the row before it, by which one tells that the target has changed the row
 * as well.
 *
 * @param anew whether the row is made where the target does not have it: it is new at the source,
 *     or was read from its table. If not, a row that is not there was deleted in the target
 * @param columns of the image, in which the key's may be; empty if there is none
 * @param values one for each column, as they are bound; null is SQL NULL
 * @param origin of the change
 * @param committed when it was committed at the source
 * @param version the column that says which of two rows is the newer; empty to go by the time
 * @param timesDeletes whether the target remembers when it deleted rows, so that deletes are
 *     compared by the time as well
 * @param next what is to be done with the row after that, in the same transaction: changes that do
 *     not go on from what it was after these, since the source had taken over a change of the
 *     target's in between
 */
@SuppressWarnings("ArrayRecordComponent")
public record Prior(
    ConflictPolicy policy,
    Kind kind,
    boolean anew,
    List<ColumnShape> columns,
    String[] values,
    Origin origin,
    HlcTimestamp committed,
    Optional<ColumnShape> version,
    boolean timesDeletes,
    Optional<FoldedRow> next) {

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
          new Origin("", 0, 0),
          HlcTimestamp.NONE,
          Optional.empty(),
          false,
          Optional.empty());

  /** Whether the row is to be compared with the target's. */
  public boolean isAsked() {
    return kind != Kind.UNASKED;
  }

  /** The same with the image. */
  Prior with(List<ColumnShape> image, String[] imageValues) {
    return new Prior(
        policy, kind, anew, image, imageValues, origin, committed, version, timesDeletes, next);
  }

  /** The same, before something else. */
  Prior then(FoldedRow following) {
    return new Prior(
        policy,
        kind,
        anew,
        columns,
        values,
        origin,
        committed,
        version,
        timesDeletes,
        Optional.of(following));
  }

  /**
   * Cuts the changes of a row where one does not go on from what the row was after the one before.
   * Folded over such a place they would claim what the target had written itself, and the source
   * only taken over, for the source's own.
   *
   * @param versions the oldest first
   */
  static List<List<BoundChange>> unbroken(List<BoundChange> versions) {
    List<List<BoundChange>> pieces = new ArrayList<>();
    BoundChange last = null;
    for (BoundChange version : versions) {
      if (last == null || !goesOn(last, version)) {
        pieces.add(new ArrayList<>());
      }
      pieces.get(pieces.size() - 1).add(version);
      last = version;
    }
    return pieces;
  }

  private static boolean goesOn(BoundChange earlier, BoundChange later) {
    Prior prior = later.prior();
    if (prior.kind() != Kind.ROW) {
      return earlier.delete() && prior.kind() == Kind.NONE;
    }
    for (int c = 0; c < prior.columns().size(); c++) {
      int at = earlier.columns().indexOf(prior.columns().get(c));
      if (at >= 0 && !Objects.equals(earlier.values()[at], prior.values()[c])) {
        return false;
      }
    }
    return !earlier.delete();
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
    Prior last = versions.get(versions.size() - 1).prior();
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
        last.origin(),
        last.committed(),
        image.version(),
        image.timesDeletes(),
        Optional.empty());
  }
}
