package dev.belay.source.feed;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the configuration asks for.
 *
 * @param positions of every wanted table
 * @param scans whether a table without a position begins with all its rows
 * @param cursor where a table without a position begins if it does not scan; empty for now
 * @param tablesPerJob at most; 0 for any number
 * @param gone those of the wanted tables that cannot be had, with what was found of each: a job
 *     that sends one of them is still this feed's, and no other is made of it
 */
public record WantedFeed(
    FeedMark mark,
    Map<TableName, Position> positions,
    boolean scans,
    Optional<HlcTimestamp> cursor,
    int tablesPerJob,
    SortedMap<TableName, String> gone) {

  public WantedFeed {
    positions = Map.copyOf(positions);
    gone = Collections.unmodifiableSortedMap(new TreeMap<>(gone));
  }

  /** All of whose tables are there. */
  public WantedFeed(
      FeedMark mark,
      Map<TableName, Position> positions,
      boolean scans,
      Optional<HlcTimestamp> cursor,
      int tablesPerJob) {
    this(mark, positions, scans, cursor, tablesPerJob, new TreeMap<>());
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
    return new WantedFeed(mark, reached, scans, cursor, tablesPerJob, gone);
  }
}
