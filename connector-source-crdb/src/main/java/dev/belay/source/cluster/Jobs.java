package dev.belay.source.cluster;

import dev.belay.source.feed.FeedMark;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.JobState;
import dev.belay.source.feed.TableName;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The changefeed jobs of a cluster: what there are, and telling one to go on or to end. */
public final class Jobs {
  private static final String LIST =
      "SELECT job_id, description, status, running_status, error, full_table_names,"
          + " high_water_timestamp, finished FROM [SHOW CHANGEFEED JOBS]";
  private static final Pattern CURSOR = Pattern.compile("\\bcursor = '([0-9.]+)'");
  private static final Pattern NO_SCAN =
      Pattern.compile("\\binitial_scan = 'no'|\\bno_initial_scan\\b");
  private static final Pattern SCAN = Pattern.compile("\\binitial_scan = 'yes'");
  private static final Pattern TARGETS =
      Pattern.compile("CREATE CHANGEFEED FOR (.*?) INTO ", Pattern.DOTALL);

  private static final Pattern SINK = Pattern.compile(" INTO '([^']*)'");

  private Jobs() {}

  /**
   * All jobs of a feed over one database that the user may see, finished ones as long as the
   * cluster lists them.
   *
   * @param feed the id in their mark
   * @param database in their mark, or of all their tables; and of tables in descriptions that name
   *     none
   */
  public static List<FoundJob> of(Connection session, String feed, String database)
      throws SQLException {
    List<FoundJob> jobs = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(LIST)) {
      while (row.next()) {
        String description = text(row, "description");
        Optional<FeedMark> mark =
            FeedMark.in(description).filter(found -> found.feed().equals(feed));
        if (mark.isPresent()) {
          FoundJob job = read(row, mark.get(), description, database);
          if (isOver(database, job)) {
            jobs.add(job);
          }
        }
      }
    }
    return jobs;
  }

  /**
   * A job that has not ended, of a feed with another id.
   *
   * @param sink where it writes to, as the cluster shows it
   */
  public record Other(FoundJob job, String sink) {}

  /** Jobs that a source connector has made for another feed over the same database. */
  public static List<Other> ofOtherFeeds(Connection session, String feed, String database)
      throws SQLException {
    List<Other> others = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(LIST)) {
      while (row.next()) {
        String description = text(row, "description");
        Optional<FeedMark> mark =
            FeedMark.in(description).filter(found -> !found.feed().equals(feed));
        if (mark.isPresent()) {
          FoundJob job = read(row, mark.get(), description, database);
          Matcher sink = SINK.matcher(description);
          if (!job.state().isFinal() && isOver(database, job) && sink.find()) {
            others.add(new Other(job, sink.group(1)));
          }
        }
      }
    }
    return others;
  }

  /** A mark of the older form does not say, but the names of the tables do. */
  private static boolean isOver(String database, FoundJob job) {
    return job.mark().database().isEmpty()
        ? job.tables().stream().allMatch(table -> table.database().equals(database))
        : job.mark().database().equals(database);
  }

  private static FoundJob read(ResultSet row, FeedMark mark, String description, String database)
      throws SQLException {
    BigDecimal highWater = row.getBigDecimal("high_water_timestamp");
    Timestamp finished = row.getTimestamp("finished");
    Matcher cursor = CURSOR.matcher(description);
    boolean hasCursor = cursor.find();
    return new FoundJob(
        row.getLong("job_id"),
        mark,
        JobState.of(text(row, "status")),
        text(row, "running_status"),
        text(row, "error"),
        tables(row.getArray("full_table_names"), description, database),
        highWater == null ? Optional.empty() : HlcTimestamp.of(highWater),
        hasCursor ? HlcTimestamp.parse(cursor.group(1)) : Optional.empty(),
        // without either option a feed scans unless it has a cursor
        hasCursor ? SCAN.matcher(description).find() : !NO_SCAN.matcher(description).find(),
        finished == null ? Instant.EPOCH : finished.toInstant());
  }

  /**
   * The names as the statement had them, in which ours are quoted: a table that was renamed since
   * keeps the topic and the name of before. The list of the cluster has names of today, without
   * quotes, and is empty on newer versions.
   */
  private static Set<TableName> tables(Array listed, String description, String database)
      throws SQLException {
    Set<TableName> tables = new LinkedHashSet<>();
    Matcher targets = TARGETS.matcher(description);
    if (targets.find()) {
      for (String target : targets.group(1).split(", (?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")) {
        TableName.parse(target.strip().replaceFirst("^TABLE ", ""), database)
            .ifPresent(tables::add);
      }
    }
    if (tables.isEmpty() && listed != null) {
      for (Object name : (Object[]) listed.getArray()) {
        String[] parts = String.valueOf(name).split("\\.", 3);
        if (parts.length == 3) {
          tables.add(new TableName(parts[0], parts[1], parts[2]));
        }
      }
    }
    return tables;
  }

  private static String text(ResultSet row, String column) throws SQLException {
    String text = row.getString(column);
    return text == null ? "" : text;
  }

  /** Asks a paused job to go on from its last checkpoint. */
  public static void resume(Connection session, long id) throws SQLException {
    control(session, "RESUME JOB ", id);
  }

  /** Asks a job to send nothing more until it is resumed. */
  public static void pause(Connection session, long id) throws SQLException {
    control(session, "PAUSE JOB ", id);
  }

  /** Asks a job to end for good. */
  public static void cancel(Connection session, long id) throws SQLException {
    control(session, "CANCEL JOB ", id);
  }

  private static void control(Connection session, String verb, long id) throws SQLException {
    try (PreparedStatement statement = session.prepareStatement(verb + id)) {
      statement.execute();
    }
  }
}
