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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;

/** {@code feed.delivery=sinkless}: the task reads the feed and writes its rows. */
final class ReadFeed implements Delivery {
  /** Connect wants its thread back now and then. */
  private static final long PATIENCE_MILLIS = 500;

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
        : new RefusedFeed(config, share.refusal(), status);
  }

  private ReadFeed(
      SourceConfig config, SourceTaskContext context, TableShare share, StatusRecords status) {
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
   * The tables of each task, which needs a look at the cluster. Where that is refused, or there are
   * no such tables, one task is there to say so: a connector without any looks as if it ran.
   *
   * @throws ConnectException if the cluster does not answer; Connect asks again
   */
  static List<TableShare> shares(SourceConfig config, int maxTasks) {
    try (Cluster cluster = new Cluster(Addresses.of(config), new Secrets(config.secrets()))) {
      return TableShare.spread(
          cluster.ask(
              session ->
                  TableChoice.of(config, Catalog.database(session), Catalog.tables(session))),
          maxTasks);
    } catch (ConfigException e) {
      return List.of(TableShare.refused(e.getMessage()));
    } catch (ClusterException e) {
      if (e.isForGood()) {
        return List.of(TableShare.refused("CockroachDB refuses: " + e.getMessage() + "."));
      }
      throw new ConnectException("Cannot ask CockroachDB for the tables: " + e.getMessage());
    }
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
    }
    return feed.poll();
  }

  @Override
  public void close() {
    closed.countDown();
    feed.close();
  }
}
