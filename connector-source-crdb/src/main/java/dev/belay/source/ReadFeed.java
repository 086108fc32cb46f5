package dev.belay.source;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.Secrets;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.TableName;
import dev.belay.source.preflight.Finding;
import dev.belay.source.preflight.LiveJobs;
import dev.belay.source.preflight.Preflight;
import dev.belay.source.report.SourceOffsets;
import dev.belay.source.report.StatusRecords;
import dev.belay.source.report.TaskMetrics;
import dev.belay.source.sinkless.Setup;
import dev.belay.source.sinkless.SinklessFeed;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code feed.delivery=sinkless}: the task reads the feed and writes its rows. */
final class ReadFeed implements Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(ReadFeed.class);

  private final SinklessFeed feed;

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
    try {
      StatusTopic.make(config);
    } catch (StatusTopic.KafkaAwayException e) {
      // Connect's own producer makes it when Kafka is back, or waits for whoever does
      LOG.warn("The status topic could not be made: {}", e.getMessage());
    }
    return share.refusal().isEmpty()
        ? new ReadFeed(config, context, share, status)
        : new RefusedFeed(config, share.refusal(), status);
  }

  private ReadFeed(
      SourceConfig config, SourceTaskContext context, TableShare share, StatusRecords status) {
    this.feed =
        new SinklessFeed(
            Setup.of(config, share.task(), share.tables(), Addresses.of(config)),
            tables -> offsets(config, context, tables),
            cluster -> obstacle(config, share.tables(), cluster),
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

  /** What stands against a start, for people; empty if nothing does. */
  private static Optional<String> obstacle(
      SourceConfig config, SortedSet<TableName> tables, Cluster cluster) throws ClusterException {
    try {
      if (cluster.ask(session -> LiveJobs.of(config, session)).stream()
          .anyMatch(job -> job.state().isEnding())) {
        throw new ClusterException(
            ClusterException.Kind.BUSY, "", "Jobs of this feed are ending; it begins after them.");
      }
      List<Finding> findings = cluster.ask(session -> Preflight.run(config, session, tables));
      findings.stream()
          .filter(finding -> !finding.stops())
          .forEach(finding -> LOG.warn("{}", finding.text()));
      return findings.stream().filter(Finding::stops).map(Finding::text).findFirst();
    } catch (ClusterException e) {
      if (e.kind() != ClusterException.Kind.REFUSED) {
        throw e;
      }
      // what may not be looked at is not taken for wrong: the feed itself has the last word
      LOG.warn("The preflight cannot see everything: {}", e.getMessage());
      return Optional.empty();
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
