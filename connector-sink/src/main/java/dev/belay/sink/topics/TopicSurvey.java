package dev.belay.sink.topics;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/**
 * The subscribed topics as the cluster's metadata had them at one moment.
 *
 * @param missing subscribed by name, and not there
 */
public record TopicSurvey(Map<String, Facts> topics, List<String> missing) {

  /**
   * @param id Kafka's own; a topic made anew has another
   */
  public record Facts(String id, int partitions) {}

  public Set<TopicPartition> partitions() {
    Set<TopicPartition> all =
        new TreeSet<>(
            java.util.Comparator.comparing(TopicPartition::topic)
                .thenComparingInt(TopicPartition::partition));
    topics.forEach(
        (topic, facts) -> {
          for (int p = 0; p < facts.partitions(); p++) {
            all.add(new TopicPartition(topic, p));
          }
        });
    return all;
  }
}
