package dev.belay.sink.step;

import dev.belay.sink.shape.ColumnShape;
import java.util.List;

/**
 * What the target has of a row that was compared; rows it does not have have no finding.
 *
 * @param change the row's {@link StepRow#change}
 * @param asBefore whether the row is as it was at the source
 * @param asAfter whether it is as it is to be
 * @param changedBySource of {@link Comparison#common}, those that the source changed
 * @param changedByTarget of them, those that the target has otherwise than they were at the source
 * @param age how the target's row stands to the one that is to be, by the version column
 * @param committed when the target's row was committed, as the text of an HLC; empty if nobody
 *     knows or asked
 */
public record Finding(
    int change,
    boolean asBefore,
    boolean asAfter,
    List<ColumnShape> changedBySource,
    List<ColumnShape> changedByTarget,
    Age age,
    String committed) {

  /** Of the target's row. */
  public enum Age {
    OLDER,
    SAME,
    NEWER,
    /** Nobody asked. */
    UNASKED
  }
}
