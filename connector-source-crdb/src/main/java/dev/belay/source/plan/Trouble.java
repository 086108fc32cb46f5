package dev.belay.source.plan;

import dev.belay.source.feed.TableName;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Errors after which another try cannot help, by CockroachDB's texts (changefeedccl and kv of v23.1
 * to v26.2), in which a table's name is in double quotes: brokers drop connections, too. All others
 * are worth another try. What is garbage-collected has one text and several cures; those without a
 * text are known from where it was met.
 */
public enum Trouble {
  GARBAGE_COLLECTED(
      List.of("must be after replica GC threshold", "protected timestamp record does not exist"),
      "What happened since the feed's position was garbage-collected, so going on would lose changes"
          + " in silence.",
      "Give the feed a fresh start with all rows (feed.initial.scan=yes, no feed.cursor): stop the"
          + " connector and the sink, delete the connector's offsets, move the sink's to the ends of"
          + " their topics, empty the target's tables (rows that were deleted meanwhile are told by"
          + " nobody), resume both. To be able to be away for longer, raise gc.ttlseconds of the"
          + " tables."),
  FEED_CURSOR_COLLECTED(
      List.of(),
      "What happened since feed.cursor was garbage-collected before the feed began, so beginning"
          + " there would lose changes in silence.",
      "Nothing was sent, so nothing is to be deleted or moved. If the target has these tables as they"
          + " were at a later time, set feed.cursor to that. Else empty them there, take feed.cursor"
          + " out and set feed.initial.scan=yes."),
  MOVED_COLLECTED(
      List.of(),
      "What happened since the time that the offset was moved to was garbage-collected, so going on"
          + " there would lose changes in silence.",
      "If the target has the table as it was at a later time, stop the connector, PATCH the offset to"
          + " that and resume. Else give the feed a fresh start with all rows, into a table that is"
          + " empty."),
  SCAN_COLLECTED(
      List.of(),
      "The scan takes longer than old versions of the table are kept: the rest of it was"
          + " garbage-collected and cannot be read as of its time any more.",
      "Raise gc.ttlseconds of the table above what its scan takes. Then stop the connector and the"
          + " sink, delete the table's offset, move those of its topic in the sink to their ends, empty"
          + " the target's table (rows that were deleted meanwhile are told by nobody), resume both."),
  TRUNCATED(
      List.of("\" was truncated", "\" was dropped or truncated"),
      "CockroachDB tells nobody which rows a TRUNCATE took, so a new feed would leave them in the"
          + " target.",
      "Truncate the target's table as well, stop the connector, delete its offsets, resume."),
  DROPPED(
      List.of("\" was dropped", "do the targets exist"),
      "A table that is gone cannot be watched, and its rows stay in the target.",
      "Take the table out of the configuration, or make it again and give the connector a fresh start"
          + " by deleting its offsets."),
  OFFLINE(
      List.of("cannot target offline table", "(offline reason:"),
      "A table is offline, which an IMPORT or RESTORE does; what it brings is sent by no feed.",
      "Wait until it is online, empty the target's table, stop the connector, delete its offsets,"
          + " resume."),
  SCHEMA_CHANGED(
      List.of("schema change occurred at"),
      "The schema changed, and schema_change_policy is stop.",
      "Make the same change on the target, then stop the connector, move its offsets to the time in"
          + " the error (PATCH), resume."),
  LICENCE(
      List.of("requires an enterprise license", "license expired", "license has expired"),
      "The cluster's licence does not allow changefeeds.",
      "SET CLUSTER SETTING enterprise.license to a valid one, then restart this connector's task."),
  NEW_FAMILY(
      List.of("with multiple column families requires", "created with a column family"),
      "The table has several column families, which a feed with resolved times cannot watch.",
      "Let each family have a topic of its own (feed.option.split_column_families=,"
          + " feed.option.resolved=unset, delivery.mode=immediate in the sink), or bring the table"
          + " back to one family.");

  /** Not the brokers' "topic or partition that does not exist", which passes. */
  private static final Pattern NO_TABLE =
      Pattern.compile("\\b(?:table|relation) \".*\" does not exist");

  private final List<String> texts;
  private final String why;
  private final String remedy;

  Trouble(List<String> texts, String why, String remedy) {
    this.texts = texts;
    this.why = why;
    this.remedy = remedy;
  }

  /** What an error of a changefeed is; empty if another try may help. */
  public static Optional<Trouble> of(String error) {
    return Arrays.stream(values())
        .filter(
            trouble ->
                trouble.texts.stream().anyMatch(error::contains)
                    || trouble == DROPPED && isAboutNoTable(error))
        .findFirst();
  }

  /** Whether it says that a table is not there, now or at the time that was asked for. */
  static boolean isAboutNoTable(String error) {
    return NO_TABLE.matcher(error).find();
  }

  /** The same of a feed that was to begin at feed.cursor and has sent nothing. */
  public Trouble ofFeedCursor() {
    return this == GARBAGE_COLLECTED ? FEED_CURSOR_COLLECTED : this;
  }

  /** The same of a table that was to go on from where a person had moved its offset to. */
  Trouble ofMove() {
    return this == GARBAGE_COLLECTED ? MOVED_COLLECTED : this;
  }

  /** The same of rows that are read over SQL as of one time. */
  public Trouble ofScan() {
    return this == GARBAGE_COLLECTED ? SCAN_COLLECTED : this;
  }

  /**
   * Whether a person mends it beside the feed. The job that it stopped keeps its text until
   * somebody tries it again, so the text alone does not tell that it is over.
   */
  boolean isMendedElsewhere() {
    return this == LICENCE;
  }

  /**
   * What has stopped a job as far as it stops some of its tables too: a job ends as a whole for one
   * table, and the others go on without that. A table that the error does not name may be any.
   *
   * @param all of the job
   * @param some of them
   */
  public static Optional<Trouble> ofTables(
      String error, Collection<TableName> all, Collection<TableName> some) {
    boolean namesAny = all.stream().anyMatch(table -> isNamed(table, error));
    boolean namesSome = some.stream().anyMatch(table -> isNamed(table, error));
    return of(error).filter(trouble -> !trouble.isOfOneTable() || !namesAny || namesSome);
  }

  private boolean isOfOneTable() {
    return this == DROPPED || this == TRUNCATED || this == OFFLINE;
  }

  /** By whatever its name is written with: in quotes, and of an offline table without. */
  private static boolean isNamed(TableName table, String error) {
    return Pattern.compile(
            "(?:[\".]|offline table: )" + Pattern.quote(table.name()) + "(?:\"| \\()")
        .matcher(error)
        .find();
  }

  /** Why it stops. */
  public String why() {
    return why;
  }

  /** What a person can do. */
  public String remedy() {
    return remedy;
  }
}
