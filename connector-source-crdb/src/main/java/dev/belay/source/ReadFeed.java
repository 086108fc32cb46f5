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
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code feed.delivery=sinkless}: the task reads the feed and writes its rows. */
final class ReadFeed implements Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(ReadFeed.class);

  private final SinklessFeed feed;

  ReadFeed(SourceConfig config, SourceTaskContext context) {
    TableShare share = TableShare.parse(config.share());
    StatusRecords status =
        new StatusRecords(
            config.connector(),
            config.feedId(),
            "sinkless",
            config.statusTopic(),
            config.statusInterval(),
            Clock.systemUTC());
    try {
      StatusTopic.make(config);
    } catch (StatusTopic.KafkaAwayException e) {
      // Connect's own producer makes it when Kafka is back, or waits for whoever does
      LOG.warn("The status topic could not be made: {}", e.getMessage());
    }
    this.feed =
        new SinklessFeed(
            Setup.of(config, share.task(), share.tables(), Addresses.of(config)),
            tables -> offsets(config, context, tables),
            status.ofTask(share.task()),
            metrics ->
                TaskMetrics.show(
                    context,
                    metrics,
                    Map.of(
                        "connector",
                        ObjectName.quote(config.connector()),
                        "task",
                        Integer.toString(share.task()))),
            Admin.create(config.admin()));
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
   * The tables of each task, which needs a look at the cluster.
   *
   * @throws ConnectException if it does not answer; Connect asks again
   */
  static List<TableShare> shares(SourceConfig config, int maxTasks) {
    try (Cluster cluster = new Cluster(Addresses.of(config), new Secrets(config.secrets()))) {
      return TableShare.spread(
          cluster.ask(
              session ->
                  TableChoice.of(config, Catalog.database(session), Catalog.tables(session))),
          maxTasks);
    } catch (ClusterException e) {
      throw new ConnectException("Cannot ask CockroachDB for the tables: " + e.getMessage());
    }
  }

  @Override
  public List<SourceRecord> poll() throws InterruptedException {
    return feed.poll();
  }

  @Override
  public void close() {
    feed.close();
  }
}
