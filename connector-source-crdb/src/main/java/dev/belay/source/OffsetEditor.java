package dev.belay.source;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.Jobs;
import dev.belay.source.cluster.Secrets;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.JobState;
import dev.belay.source.feed.TableName;
import dev.belay.source.report.SourceOffsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code PATCH} and {@code DELETE /connectors/NAME/offsets} mean: everything is checked before
 * anything is done. A cursor that is moved takes effect when the connector starts. A reset cancels
 * the feed's jobs at once: it is a person's way to say that the feed has ended.
 */
final class OffsetEditor {
  private static final Logger LOG = LoggerFactory.getLogger(OffsetEditor.class);
  private static final String SPARE =
      "{\"partition\": {\"feed\": ..., \"table\": ...}, \"offset\": {\"cursor\":"
          + " \"1701102296662969433.0000000000\"}}";

  private final SourceConfig config;

  OffsetEditor(SourceConfig config) {
    this.config = config;
  }

  /**
   * @param offsets null for a table that is to start anew
   * @return true: the connector knows its offsets
   * @throws ConnectException if one of them cannot be, with the reason; nothing was done then
   */
  boolean alter(Map<Map<String, ?>, Map<String, ?>> offsets) {
    Map<TableName, HlcTimestamp> moved = new TreeMap<>();
    Set<TableName> reset = new HashSet<>();
    offsets.forEach(
        (partition, offset) -> {
          requireShape(partition);
          if (offset == null && !isOurs(partition)) {
            // a reset names all that Connect has stored, what is left of a former feed.id too,
            // which
            // has no jobs here
            return;
          }
          TableName table = table(partition);
          if (offset == null) {
            reset.add(table);
          } else {
            moved.put(table, cursor(table, offset));
          }
        });
    boolean hasJobs = config.delivery() == SourceConfig.Delivery.KAFKA;
    if (hasJobs && moved.isEmpty() && reset.isEmpty()) {
      // nothing of ours was stored yet, and all that there may be is a worker's word
      takeBack(table -> true);
    }
    if (moved.isEmpty() && reset.isEmpty()) {
      return true;
    }
    try (Cluster cluster = new Cluster(Addresses.of(config), new Secrets(config.secrets()))) {
      checkTimes(cluster, moved);
      end(cluster, reset, hasJobs);
    } catch (ClusterException e) {
      throw new ConnectException(
          "CockroachDB must be asked before offsets are changed, and it answers: "
              + e.getMessage()
              + ". Nothing was changed in Connect.");
    }
    if (hasJobs && !reset.isEmpty()) {
      takeBack(reset::contains);
    }
    return true;
  }

  /** What cannot be read here was seldom said: who may not read the topic does not agree by it. */
  private void takeBack(Predicate<TableName> tables) {
    try {
      StatusTopic.make(config);
      AgreedTimes.takeBack(config, tables);
    } catch (StatusTopic.KafkaAwayException e) {
      LOG.warn(
          "Offsets are deleted, and the status topic cannot be asked whether a worker has died before"
              + " it made its job: {}. If one has within the last 30 minutes, the fresh start may"
              + " begin at the time that it had named",
          e.getMessage());
    }
  }

  private static void requireShape(Map<String, ?> partition) {
    if (partition.size() != 2
        || !(partition.get(SourceOffsets.FEED) instanceof String)
        || !(partition.get(SourceOffsets.TABLE) instanceof String)) {
      throw new ConnectException(
          "A partition has the fields " + partition.keySet() + ". Each is " + SPARE + ".");
    }
  }

  private boolean isOurs(Map<String, ?> partition) {
    return config.feedId().equals(partition.get(SourceOffsets.FEED));
  }

  private TableName table(Map<String, ?> partition) {
    if (!isOurs(partition)) {
      throw new ConnectException(
          "A partition is of feed "
              + partition.get(SourceOffsets.FEED)
              + ", and this connector's is "
              + config.feedId()
              + ".");
    }
    String name = String.valueOf(partition.get(SourceOffsets.TABLE));
    return TableName.parse(name, "")
        .filter(read -> !read.database().isEmpty() && read.toString().equals(name))
        .orElseThrow(
            () ->
                new ConnectException(
                    "A partition names table "
                        + name
                        + ", which is not written as database.schema.table. GET shows how each is."));
  }

  private static HlcTimestamp cursor(TableName table, Map<String, ?> offset) {
    if (!offset.keySet().equals(Set.of(SourceOffsets.CURSOR))
        || !(offset.get(SourceOffsets.CURSOR) instanceof String text)) {
      throw new ConnectException(
          "The offset of table "
              + table
              + " has the fields "
              + offset.keySet()
              + ". To move it, give the cursor alone, as text: "
              + SPARE
              + ".");
    }
    return HlcTimestamp.parse(text)
        .orElseThrow(
            () ->
                new ConnectException(
                    "The cursor of table "
                        + table
                        + " is no time of CockroachDB. It is nanoseconds, a dot and ten digits, as"
                        + " SELECT cluster_logical_timestamp() shows it."));
  }

  private void checkTimes(Cluster cluster, Map<TableName, HlcTimestamp> moved)
      throws ClusterException {
    if (moved.isEmpty()) {
      return;
    }
    HlcTimestamp now = cluster.ask(Catalog::now);
    List<TableName> there = cluster.ask(Catalog::tables);
    Map<TableName, Duration> kept = cluster.ask(s -> Catalog.gcTtl(s, moved.keySet()));
    moved.forEach(
        (table, cursor) -> {
          if (!there.contains(table)) {
            throw new ConnectException(
                "Table "
                    + table
                    + " is not in the database of source.connection.url, or this user may not see"
                    + " it, so its cursor cannot be moved. GET shows how each is written.");
          }
          if (cursor.isAfter(now)) {
            throw new ConnectException(
                "The cursor of table "
                    + table
                    + " is in the future: the cluster's clock is at "
                    + now
                    + ".");
          }
          Duration age = cursor.until(now);
          Duration ttl = kept.getOrDefault(table, age.plusSeconds(1));
          if (age.compareTo(ttl) >= 0) {
            throw new ConnectException(
                "The cursor of table "
                    + table
                    + " is "
                    + age.toSeconds()
                    + " s old, and old versions are kept for "
                    + ttl.toSeconds()
                    + " s (gc.ttlseconds): what happened since is not all there any more. Take a later"
                    + " one, or delete the offsets for a fresh start.");
          }
        });
    if (config.delivery() == SourceConfig.Delivery.SINKLESS) {
      for (Map.Entry<TableName, HlcTimestamp> table : moved.entrySet()) {
        requireThere(cluster, table.getKey(), table.getValue());
      }
    }
  }

  private static void requireThere(Cluster cluster, TableName table, HlcTimestamp cursor)
      throws ClusterException {
    if (!cluster.ask(session -> Catalog.wasThere(session, table, cursor))) {
      throw new ConnectException(
          "Table "
              + table
              + " was not made yet at its cursor, and a feed cannot begin there. Take a later one,"
              + " or delete the offset: then it begins with its rows.");
    }
  }

  /**
   * The note comes first: a job that is cancelled without it looks as if a person had done it. Jobs
   * of before, when the delivery was another, are noted as well, since a table that has no offset
   * goes on from its last job.
   *
   * @param cancels whether those that live are this connector's to cancel
   */
  private void end(Cluster cluster, Set<TableName> reset, boolean cancels) throws ClusterException {
    if (reset.isEmpty()) {
      return;
    }
    String database = cluster.ask(Catalog::database);
    List<FoundJob> ended =
        cluster.ask(s -> Jobs.of(s, config.feedId(), database)).stream()
            .filter(job -> job.tables().stream().anyMatch(reset::contains))
            .filter(job -> job.state() != JobState.SUCCEEDED)
            .toList();
    try {
      ResetNotes.write(config, ended);
    } catch (StatusTopic.KafkaAwayException e) {
      throw new ConnectException(
          "The status topic must keep a note of the jobs that end for this, and it does not: "
              + e.getMessage()
              + ". Nothing was changed.");
    }
    for (FoundJob job : ended) {
      if (cancels && !job.state().isFinal() && !job.state().isEnding()) {
        LOG.info("Cancelling job {}: the offsets of its tables were deleted", job.id());
        cluster.<Void>ask(
            session -> {
              Jobs.cancel(session, job.id());
              return null;
            });
      }
    }
  }
}
