package dev.belay.source.plan;

import dev.belay.source.feed.FeedAction.NeedsAction;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.Survey;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.WantedFeed;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the planner says where only a person can go on. Pure. */
final class Stops {
  private static final String GONE_REMEDY =
      "Give it back its name, or this user its rights on it. If it is gone for good, take it out of"
          + " feed.tables, or let feed.table.exclusion.filter take it. Then restart this connector's"
          + " task.";

  private final WantedFeed wanted;

  Stops(WantedFeed wanted) {
    this.wanted = wanted;
  }

  /** Whether a job sends a table that is gone. */
  boolean hasGone(FoundJob job) {
    return job.tables().stream().anyMatch(wanted.gone()::containsKey);
  }

  /** What is the matter with those of some tables that are gone; empty if none is. */
  String found(Collection<TableName> tables) {
    return new TreeSet<>(tables)
        .stream()
            .filter(wanted.gone()::containsKey)
            .map(wanted.gone()::get)
            .collect(Collectors.joining(" "));
  }

  /** A job of tables that are gone: it may be that only a name or a right is, and it sends on. */
  NeedsAction leftAlone(FoundJob job) {
    return new NeedsAction(
        job.tables(),
        "Job " + job.id() + " was left as it is: " + found(job.tables()),
        GONE_REMEDY);
  }

  /** A table that is gone and that no job sends. */
  NeedsAction gone(TableName table) {
    return new NeedsAction(Set.of(table), wanted.gone().get(table), GONE_REMEDY);
  }

  /** A job had begun the table, and nobody knows when. */
  static NeedsAction unlisted(TableName table) {
    return new NeedsAction(
        Set.of(table),
        "The job of table "
            + table
            + " had not come to its first checkpoint and is not listed any more, so nobody knows from"
            + " which time on its changes are wanted.",
        "Stop the connector and PATCH the table's offset to a cursor, or delete it for a fresh start,"
            + " and resume.");
  }

  /** What the table needs is not there any more. */
  static NeedsAction collected(
      TableName table, HlcTimestamp from, Survey survey, boolean wasMoved) {
    Trouble trouble = wasMoved ? Trouble.GARBAGE_COLLECTED.ofMove() : Trouble.GARBAGE_COLLECTED;
    return new NeedsAction(
        Set.of(table),
        "Table "
            + table
            + " would go on from "
            + from
            + ", "
            + from.until(survey.now()).toSeconds()
            + " s ago, and its old versions are kept for "
            + survey.gcTtl().get(table).toSeconds()
            + " s (gc.ttlseconds). "
            + trouble.why(),
        trouble.remedy());
  }

  NeedsAction canceled(TableName table, FoundJob job) {
    Optional<HlcTimestamp> cursor =
        job.highWater().or(() -> cursorOf(wanted.positions().get(table)));
    return new NeedsAction(
        Set.of(table),
        "Job " + job.id() + " was cancelled by a person, so it is not made again.",
        cursor
            .map(
                time ->
                    "To go on without a gap while garbage collection allows it, stop the connector,"
                        + " PATCH its offsets to cursor "
                        + time
                        + " and resume; for a fresh start, delete the offsets.")
            .orElse(
                "It had not come to its first checkpoint. For a fresh start, stop the connector, delete"
                    + " its offsets and resume."));
  }

  private static Optional<HlcTimestamp> cursorOf(Position position) {
    return position instanceof Position.Reached reached
        ? Optional.of(reached.cursor())
        : position instanceof Position.Moved moved ? Optional.of(moved.cursor()) : Optional.empty();
  }

  static NeedsAction hopeless(FoundJob job, Trouble trouble) {
    return new NeedsAction(
        job.tables(),
        "Job " + job.id() + " stopped: " + job.trouble() + ". " + trouble.why(),
        trouble.remedy());
  }
}
