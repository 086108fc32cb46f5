package dev.belay.source;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.Secrets;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.TableName;
import dev.belay.source.report.SourceOffsets;
import dev.belay.source.report.StatusRecords;
import dev.belay.source.report.TaskMetrics;
import dev.belay.source.sinkless.Setup;
import dev.belay.source.sinkless.SinklessFeed;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** {@code feed.delivery=sinkless}: the task reads the feed and writes its rows. */
final class ReadFeed implements Delivery {
  /** Connect wants its thread back now and then. */
  private static final long PATIENCE_MILLIS = 500;

  private final SourceConfig config;
  private final TableShare share;
  private final StatusRecords status;
  private final SinklessFeed feed;
  private final FeedTopics topics;
  private final MadeTopic statusTopic;
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean topicsWereLookedAt;

  /** For the share that the connector gave to a task. */
  static Delivery of(SourceConfig config, SourceTaskContext context) {
    TableShare share = TableShare.parse(config.share());
    StatusRecords status =
        new StatusRecords(
                config.connector(),
                config.feedId(),
                "sinkless",
                config.statusTopic(),
                config.statusInterval(),
                Clock.systemUTC())
            .ofTask(share.task());
    return share.refusal().isEmpty()
        ? new ReadFeed(config, context, share, status)
        : new RefusedFeed(config, share, status);
  }

  private ReadFeed(
      SourceConfig config, SourceTaskContext context, TableShare share, StatusRecords status) {
    this.config = config;
    this.share = share;
    this.status = status;
    this.topics = FeedTopics.of(config, share.tables(), Map.of());
    this.statusTopic = new MadeTopic(config);
    this.feed =
        new SinklessFeed(
            Setup.of(config, share.task(), share.tables(), Addresses.of(config)),
            tables -> offsets(config, context, tables),
            new EndedJobs(config),
            status,
            metrics ->
                TaskMetrics.show(
                    context,
                    metrics,
                    Map.of(
                        "connector",
                        ObjectName.quote(config.connector()),
                        "task",
                        Integer.toString(share.task()))),
            () -> open(config));
  }

  /** What Kafka's own exception says at last is in its causes. */
  private static Admin open(SourceConfig config) {
    try {
      return Admin.create(config.admin());
    } catch (KafkaException e) {
      throw new KafkaException("Kafka, connecting: " + StatusTopic.rootOf(e));
    }
  }

  private static Map<TableName, Map<String, Object>> offsets(
      SourceConfig config, SourceTaskContext context, SortedSet<TableName> tables) {
    List<Map<String, String>> partitions =
        tables.stream().map(table -> SourceOffsets.partition(config.feedId(), table)).toList();
    Map<Map<String, String>, Map<String, Object>> stored =
        context.offsetStorageReader().offsets(partitions);
    Map<TableName, Map<String, Object>> found = new HashMap<>();
    for (TableName table : tables) {
      Map<String, Object> offset = stored.get(SourceOffsets.partition(config.feedId(), table));
      found.put(table, offset == null ? Map.of() : offset);
    }
    return found;
  }

  /**
   * The tables of each task, which needs a look at the cluster. Where that is refused, or a table
   * is missing, one task is there to say so: a connector without any looks as if it ran.
   *
   * @param stored Connect's offsets
   * @throws ConnectException if the cluster, or Kafka, does not answer; Connect asks again
   */
  static List<TableShare> shares(
      SourceConfig config, int maxTasks, Supplier<OffsetStorageReader> stored) {
    SortedSet<TableName> before = ToldTables.of(config);
    try (Cluster cluster = new Cluster(Addresses.of(config), new Secrets(config.secrets()))) {
      TableChoice.There there =
          cluster.ask(
              session ->
                  new TableChoice.There(
                      Catalog.database(session), Catalog.tables(session), Catalog.others(session)));
      TableChoice choice = TableChoice.with(config, there, withOffset(config, stored, before));
      before.addAll(choice.tables());
      return choice.gone().isEmpty()
          ? TableShare.spread(choice.tables(), maxTasks)
          : List.of(TableShare.refused(absence(choice), before));
    } catch (ConfigException e) {
      return List.of(TableShare.refused(e.getMessage(), before));
    } catch (ClusterException e) {
      if (e.isForGood()) {
        return List.of(TableShare.refused("CockroachDB refuses: " + e.getMessage() + ".", before));
      }
      throw new ConnectException("Cannot ask CockroachDB for the tables: " + e.getMessage());
    }
  }

  /** A table whose offset a person has deleted is forgotten. */
  private static SortedSet<TableName> withOffset(
      SourceConfig config, Supplier<OffsetStorageReader> stored, SortedSet<TableName> told) {
    if (told.isEmpty()) {
      return told;
    }
    Map<Map<String, String>, Map<String, Object>> offsets =
        stored
            .get()
            .offsets(
                told.stream()
                    .map(table -> SourceOffsets.partition(config.feedId(), table))
                    .toList());
    SortedSet<TableName> remembered = new TreeSet<>(told);
    remembered.removeIf(
        table -> offsets.get(SourceOffsets.partition(config.feedId(), table)) == null);
    return remembered;
  }

  private static String absence(TableChoice choice) {
    return String.join(" ", choice.gone().values())
        + " No table of this feed is read until that is settled: give it back its name, or this user"
        + " its rights on it; or take it out of feed.tables, or let feed.table.exclusion.filter take"
        + " it.";
  }

  /** Nothing is read while Kafka, which takes the rows as well, is away from the start. */
  @Override
  public List<SourceRecord> poll() throws InterruptedException {
    if (!statusTopic.isThere()) {
      if (statusTopic.hopeless().isPresent()) {
        throw new ConnectException(
            statusTopic.hopeless().get() + ". Correct the settings of kafka.admin.*");
      }
      closed.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      return null;
    }
    if (!topicsWereLookedAt) {
      topics.warn();
      topicsWereLookedAt = true;
      List<SourceRecord> forgotten = status.forgetTasks(FormerTasks.of(config, share));
      if (!forgotten.isEmpty()) {
        return forgotten;
      }
    }
    return feed.poll();
  }

  @Override
  public void close() {
    closed.countDown();
    feed.close();
  }
}
