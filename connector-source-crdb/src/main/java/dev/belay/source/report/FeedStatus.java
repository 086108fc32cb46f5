package dev.belay.source.report;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The status of one job, or of tables that have none.
 *
 * @param id the job's; empty where there is none
 * @param cursor everything up to it is in Kafka
 * @param secondsBehind the cluster's clock minus the cursor
 * @param gcWindowLeft seconds until what the feed needs may be garbage-collected, which is how long
 *     a way back is left; empty if unknown
 * @param error what went wrong, empty if nothing did
 * @param remedy what a person can do, empty if nothing is needed
 * @param resumes by this task so far
 * @param recreations by this task so far
 * @param waiting tables that are ready and follow when the others have come to where they begin
 */
public record FeedStatus(
    Optional<Long> id,
    FeedState state,
    SortedSet<TableName> tables,
    Optional<HlcTimestamp> cursor,
    OptionalLong secondsBehind,
    OptionalLong gcWindowLeft,
    String error,
    String remedy,
    long resumes,
    long recreations,
    SortedSet<TableName> waiting) {

  /** Of a feed in which no table waits. */
  public FeedStatus(
      Optional<Long> id,
      FeedState state,
      SortedSet<TableName> tables,
      Optional<HlcTimestamp> cursor,
      OptionalLong secondsBehind,
      OptionalLong gcWindowLeft,
      String error,
      String remedy,
      long resumes,
      long recreations) {
    this(
        id,
        state,
        tables,
        cursor,
        secondsBehind,
        gcWindowLeft,
        error,
        remedy,
        resumes,
        recreations,
        new TreeSet<>());
  }

  /** What makes a new record worth writing before its time. */
  boolean saysTheSameAs(FeedStatus other) {
    return state == other.state
        && id.equals(other.id)
        && tables.equals(other.tables)
        && waiting.equals(other.waiting)
        && error.equals(other.error)
        && remedy.equals(other.remedy)
        && resumes == other.resumes
        && recreations == other.recreations;
  }
}
