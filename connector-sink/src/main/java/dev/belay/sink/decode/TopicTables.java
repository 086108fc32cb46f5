package dev.belay.sink.decode;

import dev.belay.sink.change.TableName;
import dev.belay.sink.decode.TopicNames.Named;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which table a record is about, with what is remembered for each topic. */
final class TopicTables {
  /** A feed has far fewer topics; this bounds what a stream of invented ones can take. */
  private static final int MAX_TOPICS = 10_000;

  private final TopicNames names;
  private final String sharedTopic;
  private final String prefixedSharedTopic;
  private final Map<String, Topic> topics = new HashMap<>();

  TopicTables(FeedFormat format) {
    this.names = new TopicNames(format);
    this.sharedTopic = format.topicName();
    this.prefixedSharedTopic = format.topicPrefix() + format.topicName();
  }

  /** Names seen in one topic, so that its rows share them. */
  static final class Topic {
    /** Stands for a topic before there is one. */
    static final Topic NONE = new Topic("");

    private final String name;
    private final RowReader after = new RowReader();
    private final RowReader before = new RowReader();
    private final RowReader key = new RowReader();
    private Optional<Named> named = Optional.empty();
    private final Map<String, Named> namedInValue = new HashMap<>();
    private TableName source = TableName.of("");

    private Topic(String name) {
      this.name = name;
    }

    RowReader after() {
      return after;
    }

    /** Apart from {@link #after()}: the before image of a feed with a query has other columns. */
    RowReader before() {
      return before;
    }

    RowReader key() {
      return key;
    }

    /** The same name object for as long as a topic's {@code source} stays the same. */
    TableName source(String database, String schema, String table) {
      if (!source.database().equals(database)
          || !source.schema().equals(schema)
          || !source.name().equals(table)) {
        source = new TableName(database, schema, table);
      }
      return source;
    }
  }

  Topic topic(String name) {
    Topic known = topics.get(name);
    if (known != null) {
      return known;
    }
    if (topics.size() == MAX_TOPICS) {
      topics.clear();
    }
    Topic topic = new Topic(name);
    topics.put(name, topic);
    return topic;
  }

  /**
   * The table of a record.
   *
   * @param inValue the field {@code topic} of the value; empty if it has none
   */
  Named table(Topic topic, String inValue) throws UnreadableException {
    if (sharedTopic.isEmpty()) {
      if (topic.named.isEmpty()) {
        topic.named = Optional.of(names.ofTopic(topic.name));
      }
      return topic.named.get();
    }
    requireShared(topic);
    if (inValue.isEmpty()) {
      throw new UnreadableException(
          "All tables share this topic, and the value does not name its table. Create the changefeed"
              + " with topic_in_value, or with envelope=enriched and enriched_properties=source.");
    }
    Named known = topic.namedInValue.get(inValue);
    if (known == null) {
      known = names.ofValue(inValue);
      if (topic.namedInValue.size() == MAX_TOPICS) {
        topic.namedInValue.clear();
      }
      topic.namedInValue.put(inValue, known);
    }
    return known;
  }

  /** The column family of a record whose table its {@code source} names; empty if none. */
  String familyBesideSource(Topic topic, String inValue) throws UnreadableException {
    if (!sharedTopic.isEmpty() && inValue.isEmpty()) {
      requireShared(topic);
      return "";
    }
    return table(topic, inValue).family();
  }

  private void requireShared(Topic topic) throws UnreadableException {
    if (!topic.name.equals(sharedTopic) && !topic.name.equals(prefixedSharedTopic)) {
      throw new UnreadableException(
          "The topic is not "
              + prefixedSharedTopic
              + ", which all of the feed's tables share, so its table is unknown. Subscribe to that"
              + " topic only, or correct the topic name.");
    }
  }
}
