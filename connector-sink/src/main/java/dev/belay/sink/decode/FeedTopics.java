package dev.belay.sink.decode;

import dev.belay.sink.change.TableName;
import java.util.Optional;

/** What a topic's name says before any record of it was read. */
public final class FeedTopics {
  private FeedTopics() {}

  /**
   * The table whose rows the topic carries.
   *
   * @return empty if only the records can tell, or the name is not one of such a feed
   */
  public static Optional<TableName> table(FeedFormat format, String topic) {
    if (!format.topicName().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new TopicNames(format).ofTopic(topic).table());
    } catch (UnreadableException notOfThisFeed) {
      return Optional.empty();
    }
  }
}
