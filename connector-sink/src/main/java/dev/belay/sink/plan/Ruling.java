package dev.belay.sink.plan;

import dev.belay.sink.change.ConflictPolicy;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.plan.FoldedRow.IfAbsent;
import dev.belay.sink.plan.Prior.Kind;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.step.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of a row that was compared with the target's. A row that the target has changed, and
 * that was deleted at the source, goes; one that the target has deleted stays away: so both sides
 * come to the same without knowing when a row was deleted, which no database tells. Where the
 * target remembers its deletes, they have a time like any other change, and the later stands.
 *
 * @param conflict what the comparison came to
 * @param write what is written of it; empty for nothing
 */
public record Ruling(Conflict conflict, Optional<FoldedRow> write) {

  /** Whether both databases changed the row, and who won. */
  public enum Conflict {
    /** They did not, or to the same. */
    NONE,
    SOURCE_WON,
    TARGET_WON,
    MERGED,
    REJECTED
  }

  private static final Ruling NOTHING_TO_DO = new Ruling(Conflict.NONE, Optional.empty());
  private static final Ruling TARGET_WON = new Ruling(Conflict.TARGET_WON, Optional.empty());
  private static final Ruling REJECTED = new Ruling(Conflict.REJECTED, Optional.empty());

  /**
   * Rules on a row whose policy compares.
   *
   * @param found empty if the target does not have the row
   * @param deleted when the target itself deleted it last, as the text of an HLC, which is empty if
   *     that is too long ago to tell; no text if it did not, or does not remember
   * @param tiesToSource which side's row stands where both are of the same time; the other sink
   *     must have the opposite
   */
  public static Ruling of(
      FoldedRow row, Optional<Finding> found, Optional<String> deleted, boolean tiesToSource) {
    Prior prior = row.prior();
    if (found.isEmpty()) {
      return deleted.isPresent() && !row.delete()
          ? ofDeleted(row, deleted.get(), tiesToSource)
          : ofAbsent(row);
    }
    Finding finding = found.get();
    if (prior.kind() == Kind.SCAN || finding.asAfter()) {
      return NOTHING_TO_DO;
    }
    if (finding.asBefore()) {
      return new Ruling(Conflict.NONE, Optional.of(row));
    }
    return switch (prior.policy()) {
      case SOURCE_WINS -> new Ruling(Conflict.SOURCE_WON, Optional.of(row));
      case TARGET_WINS -> TARGET_WON;
      case REJECT -> REJECTED;
      case NEWEST, MERGE_SOURCE_WINS, MERGE_TARGET_WINS -> {
        if (row.delete() && !prior.timesDeletes()) {
          // one that came and went at the source is not the one that is there
          yield prior.kind() == Kind.NONE ? TARGET_WON : sourceWon(row);
        }
        yield prior.policy() == ConflictPolicy.NEWEST
            ? newest(row, finding, tiesToSource)
            : merged(row, finding);
      }
    };
  }

  private static Ruling ofAbsent(FoldedRow row) {
    if (row.delete()) {
      return NOTHING_TO_DO;
    }
    if (row.prior().anew()) {
      return new Ruling(Conflict.NONE, Optional.of(row.ifAbsent(IfAbsent.INSERT_NEW)));
    }
    return row.prior().policy() == ConflictPolicy.REJECT ? REJECTED : TARGET_WON;
  }

  /** The row is made if it is newer than the delete; an update that lacks columns cannot be. */
  private static Ruling ofDeleted(FoldedRow row, String deleted, boolean tiesToSource) {
    boolean goesOn = row.prior().anew();
    if (!isSourceNewer(deleted, row.prior().committed(), tiesToSource)
        || !(goesOn || row.isMade())) {
      // a row that was read did not change
      return row.prior().kind() == Kind.SCAN ? NOTHING_TO_DO : TARGET_WON;
    }
    return new Ruling(
        goesOn ? Conflict.NONE : Conflict.SOURCE_WON,
        Optional.of(row.ifAbsent(IfAbsent.INSERT_NEW)));
  }

  private static Ruling sourceWon(FoldedRow row) {
    return new Ruling(Conflict.SOURCE_WON, Optional.of(row));
  }

  private static Ruling newest(FoldedRow row, Finding found, boolean tiesToSource) {
    boolean won =
        switch (found.age()) {
          case OLDER -> true;
          case SAME -> tiesToSource;
          case NEWER -> false;
          case UNASKED -> isSourceNewer(found.committed(), row.prior().committed(), tiesToSource);
        };
    return won ? sourceWon(row) : TARGET_WON;
  }

  /**
   * @param targets without a time it was written before the target began to note times
   */
  private static boolean isSourceNewer(String targets, HlcTimestamp sources, boolean tiesToSource) {
    int age = HlcTimestamp.parse(targets).map(time -> time.compareTo(sources)).orElse(-1);
    return age < 0 || (age == 0 && tiesToSource);
  }

  private static Ruling merged(FoldedRow row, Finding found) {
    boolean sourceWins = row.prior().policy() == ConflictPolicy.MERGE_SOURCE_WINS;
    if (row.prior().kind() == Kind.NONE) {
      // made on both sides: there is no image by which columns could be told apart
      return sourceWins ? sourceWon(row) : TARGET_WON;
    }
    List<ColumnShape> columns = new ArrayList<>();
    boolean changes = false;
    for (ColumnShape column : row.columns()) {
      boolean told = row.prior().columns().contains(column);
      boolean isOwn = !told || found.changedBySource().contains(column);
      boolean isKey = row.table().isKeyColumn(column.name());
      if (isKey || (isOwn && (sourceWins || !found.changedByTarget().contains(column)))) {
        columns.add(column);
        changes |= !isKey;
      }
    }
    return changes
        ? new Ruling(Conflict.MERGED, Optional.of(row.only(List.copyOf(columns))))
        : TARGET_WON;
  }
}
