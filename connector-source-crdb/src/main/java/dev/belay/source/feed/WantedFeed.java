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
}
