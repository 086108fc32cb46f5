package dev.belay.source;

import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.config.Encryption;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.TopicNames;
import dev.belay.source.preflight.Finding;
import dev.belay.source.preflight.Preflight;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What validation has refused is refused at a start as well, in both deliveries: files and config
 * providers, grants and settings of the cluster may have changed since.
 */
final class StartCheck {
  private static final Logger LOG = LoggerFactory.getLogger(StartCheck.class);

  private StartCheck() {}

  /**
   * Looks at the configuration alone.
   *
   * @throws ConnectException if rows or passwords could be read on their ways
   */
  static void encryption(SourceConfig config) {
    refuse(SourceKeys.URL, Encryption.toCluster(config));
    if (config.delivery() == SourceConfig.Delivery.KAFKA) {
      refuse(SourceKeys.SINK_URI, Encryption.toKafka(config, config.sinkUri()));
    }
  }

  private static void refuse(String key, Optional<String> why) {
    if (why.isPresent()) {
      throw new ConnectException(key + ": " + why.get());
    }
  }

  /** Says in the log which topics of the feed are compacted; nothing if Kafka does not answer. */
  static void topics(SourceConfig config, Collection<TableName> tables) {
    Map<String, TableName> feeds = new TreeMap<>();
    for (TableName table : tables) {
      feeds.put(TopicNames.of(table, config.fullTableName(), config.topicPrefix()), table);
    }
    try {
      StatusTopic.cleanupPolicies(config, feeds.keySet())
          .forEach(
              (topic, policy) -> {
                if (policy.contains("compact")) {
                  LOG.warn("{}", compacted(topic, feeds.get(topic)));
                }
              });
    } catch (StatusTopic.KafkaAwayException e) {
      LOG.info("The topics of the feed were not looked at: {}", e.getMessage());
    }
  }

  /** What is wrong with a topic of the feed that is compacted. */
  static String compacted(String topic, TableName table) {
    return "Topic "
        + topic
        + " of table "
        + table
        + " is compacted, which takes versions of rows and resolved times out before the sink has"
        + " read them. Set its cleanup.policy=delete.";
  }

  /**
   * Asks the cluster. What a person should know goes to the log.
   *
   * @return what the feed must not begin with
   */
  static List<Finding> cluster(SourceConfig config, Cluster cluster, Collection<TableName> tables)
      throws ClusterException {
    List<Finding> findings = cluster.ask(session -> Preflight.run(config, session, tables));
    findings.forEach(finding -> LOG.warn("{}: {}", finding.key(), finding.text()));
    return findings.stream().filter(Finding::stops).toList();
  }
}
