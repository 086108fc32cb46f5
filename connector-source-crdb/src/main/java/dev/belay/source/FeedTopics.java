package dev.belay.source;

import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.TopicNames;
import dev.belay.source.preflight.Finding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics of a feed, and what Kafka has of them held against what the feed needs. Immutable. */
final class FeedTopics {
  private static final Logger LOG = LoggerFactory.getLogger(FeedTopics.class);

  private final SourceConfig config;
  private final SortedMap<String, TableName> tables = new TreeMap<>();

  private FeedTopics(SourceConfig config) {
    this.config = config;
  }

  /**
   * @param families column families of the tables that have several
   */
  static FeedTopics of(
      SourceConfig config, Collection<TableName> tables, Map<TableName, List<String>> families) {
    FeedTopics topics = new FeedTopics(config);
    for (TableName table : tables) {
      List<String> several =
          config.splitsColumnFamilies() ? families.getOrDefault(table, List.of()) : List.of();
      if (several.isEmpty()) {
        topics.tables.put(
            TopicNames.of(table, config.fullTableName(), config.topicPrefix()), table);
      }
      for (String family : several) {
        topics.tables.put(
            TopicNames.of(table, family, config.fullTableName(), config.topicPrefix()), table);
      }
    }
    return topics;
  }

  SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(tables.keySet()));
  }

  /**
   * Asks Kafka.
   *
   * @return what the feed should not begin with
   */
  List<Finding> findings() throws StatusTopic.KafkaAwayException {
    List<Finding> findings = new ArrayList<>();
    StatusTopic.cleanupPolicies(config, tables.keySet())
        .forEach(
            (topic, policy) -> {
              if (policy.contains("compact")) {
                findings.add(compacted(topic));
              }
            });
    if (config.topicPartitions() > 0) {
      Map<String, Integer> found = StatusTopic.partitions(config, tables.keySet());
      tables
          .keySet()
          .forEach(
              topic ->
                  partitions(topic, Optional.ofNullable(found.get(topic)))
                      .ifPresent(findings::add));
    }
    return findings;
  }

  private Finding compacted(String topic) {
    return Finding.stop(
        config.hasFilters() ? SourceKeys.TABLE_FILTER : SourceKeys.TABLES,
        "Topic "
            + topic
            + " of table "
            + tables.get(topic)
            + " is compacted, which takes versions of rows and resolved times out before the sink has"
            + " read them.",
        "Set its cleanup.policy=delete.");
  }

  /** Whoever asks for a number of partitions expects it, whoever makes the topic. */
  private Optional<Finding> partitions(String topic, Optional<Integer> found) {
    int wanted = config.topicPartitions();
    if (found.isEmpty() && config.delivery() == SourceConfig.Delivery.KAFKA) {
      return Optional.of(
          Finding.stop(
              SourceKeys.TOPIC_PARTITIONS,
              "Topic "
                  + topic
                  + " of table "
                  + tables.get(topic)
                  + " is not there, and with feed.delivery=kafka the brokers make it with as many"
                  + " partitions as they like.",
              "Create it first (kafka-topics.sh --create --topic "
                  + topic
                  + " --partitions "
                  + wanted
                  + "), or take topic.partitions out."));
    } else if (found.isPresent() && found.get() < wanted) {
      return Optional.of(
          Finding.stop(
              SourceKeys.TOPIC_PARTITIONS,
              "Topic "
                  + topic
                  + " of table "
                  + tables.get(topic)
                  + " is there with "
                  + found.get()
                  + " partitions, fewer than the "
                  + wanted
                  + " that are asked for, and it keeps them.",
              "Set topic.partitions="
                  + found.get()
                  + "; or, before the feed begins, run kafka-topics.sh --alter --topic "
                  + topic
                  + " --partitions "
                  + wanted
                  + ", which moves keys to other partitions."));
    }
    return Optional.empty();
  }

  /**
   * Says in the log what is wrong with them; nothing if Kafka does not answer. A feed that is there
   * goes on: its topics were as they are when it was allowed.
   */
  void warn() {
    try {
      findings().forEach(finding -> LOG.warn("{}: {}", finding.key(), finding.text()));
    } catch (StatusTopic.KafkaAwayException e) {
      LOG.info("The topics of the feed were not looked at: {}", e.getMessage());
    }
  }
}
