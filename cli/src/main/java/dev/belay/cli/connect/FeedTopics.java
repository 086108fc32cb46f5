package dev.belay.cli.connect;

import dev.belay.sink.config.SinkConfig;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.TopicNames;
import java.util.Collection;

/** Which topics of a feed a sink reads. */
public final class FeedTopics {
  private FeedTopics() {}

  /**
   * Whether a topic has a table's changes.
   *
   * @param topic as Kafka has it
   */
  public static boolean isOf(String topic, TableName table, SourceConfig source, SinkConfig sink) {
    if (!sink.topicName().isBlank()) {
      // one for all tables
      return topic.equals(sink.topicPrefix() + sink.topicName());
    }
    String name = TopicNames.of(table, source.fullTableName(), source.topicPrefix());
    return topic.equals(name) || sink.splitColumnFamilies() && topic.startsWith(name + ".");
  }

  /**
   * Whether a sink reads a table's changes.
   *
   * @param topics that are known to be there, for column families
   */
  public static boolean reads(
      SinkConfig sink, Collection<String> topics, TableName table, SourceConfig source) {
    return topics.stream()
            .anyMatch(topic -> sink.isSubscribed(topic) && isOf(topic, table, source, sink))
        || sink.topics().stream().anyMatch(topic -> isOf(topic, table, source, sink))
        || sink.isSubscribed(TopicNames.of(table, source.fullTableName(), source.topicPrefix()));
  }
}
