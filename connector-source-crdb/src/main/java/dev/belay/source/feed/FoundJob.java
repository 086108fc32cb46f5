package dev.belay.source.feed;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A changefeed job of ours as the cluster shows it.
 *
 * @param runningStatus what the cluster says of its progress, perhaps empty
 * @param error why it failed; empty if it did not
 * @param highWater everything up to it has been sent; empty until the first checkpoint, which is
 *     after the initial scan
 * @param cursor the time that it was told to begin at; empty if it began at its own moment
 * @param scans whether it began by sending all rows, as of the cursor
 * @param finished when it came to its end; the epoch if it has not
 */
public record FoundJob(
    long id,
    FeedMark mark,
    JobState state,
    String runningStatus,
    String error,
    Set<TableName> tables,
    Optional<HlcTimestamp> highWater,
    Optional<HlcTimestamp> cursor,
    boolean scans,
    Instant finished) {

  private static final String PAUSED_BY_ERROR = "on_error=pause";

  public FoundJob {
    tables = Set.copyOf(tables);
  }

  /**
   * Whether an error, and not a person, has paused it: CockroachDB's {@code on_error=pause}. Its
   * versions differ in the column that says so.
   */
  public boolean isPausedByError() {
    return state == JobState.PAUSED
        && (runningStatus.contains(PAUSED_BY_ERROR) || error.contains(PAUSED_BY_ERROR));
  }

  /** Whether the cluster has nothing to say of an error any more. */
  public boolean isFreeOfError() {
    return !runningStatus.contains(PAUSED_BY_ERROR) && !error.contains(PAUSED_BY_ERROR);
  }

  /** What went wrong, in CockroachDB's words; empty if nothing did. */
  public String trouble() {
    return isPausedByError() && runningStatus.contains(PAUSED_BY_ERROR) ? runningStatus : error;
  }

  /** Where another job goes on without a gap. */
  public Beginning continuation(HlcTimestamp now) {
    if (highWater.isPresent()) {
      return new Beginning.After(highWater.get());
    }
    HlcTimestamp from = cursor.orElse(now);
    return scans ? new Beginning.Scan(from) : new Beginning.After(from);
  }
}
