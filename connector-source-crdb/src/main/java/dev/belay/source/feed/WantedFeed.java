package dev.belay.source.feed;

import java.util.Map;
import java.util.Optional;

/**
 * What the configuration asks for.
 *
 * @param positions of every wanted table
 * @param scans whether a table without a position begins with all its rows
 * @param cursor where a table without a position begins if it does not scan; empty for now
 * @param tablesPerJob at most; 0 for any number
 */
public record WantedFeed(
    FeedMark mark,
    Map<TableName, Position> positions,
    boolean scans,
    Optional<HlcTimestamp> cursor,
    int tablesPerJob) {

  public WantedFeed {
    positions = Map.copyOf(positions);
  }

  /** Whether a job was made by this very configuration, and from where a person wants it. */
  public boolean isMetBy(FoundJob job) {
    return job.mark().fingerprint().equals(mark.fingerprint())
        && positions.keySet().containsAll(job.tables())
        && job.tables().stream().allMatch(table -> obeysMove(job, table));
  }

  /** Whether a table has not been moved, or the job began where it was moved to. */
  public boolean obeysMove(FoundJob job, TableName table) {
    return !(positions.get(table) instanceof Position.Moved moved)
        || job.cursor().equals(Optional.of(moved.cursor()));
  }

  /** The same feed, further on. */
  public WantedFeed at(Map<TableName, Position> reached) {
    return new WantedFeed(mark, reached, scans, cursor, tablesPerJob);
  }
}
