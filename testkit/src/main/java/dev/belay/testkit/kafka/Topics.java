package dev.belay.testkit.kafka;

import dev.belay.testkit.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The topics of a broker. Every change is in effect when its method returns. Errors of the broker
 * come out as its own {@link KafkaException}s. May be called from any thread.
 */
public final class Topics implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Admin admin;

  public Topics(String bootstrapServers) {
    this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
  }

  /**
   * A topic as the broker has it.
   *
   * @param id changes when a topic is deleted and made again
   */
  public record Topic(String name, Uuid id, int partitions) {}

  public Topic create(String name, int partitions) {
    return create(name, partitions, Map.of());
  }

  /**
   * @param config topic properties, as {@code cleanup.policy}
   */
  public Topic create(String name, int partitions, Map<String, String> config) {
    if (describe(name).isPresent()) {
      throw new TopicExistsException("Topic " + name + " is there already");
    }
    NewTopic wanted = new NewTopic(name, partitions, (short) 1).configs(config);
    try {
      get(admin.createTopics(List.of(wanted)).all());
    } catch (TopicExistsException e) {
      // Not there a moment ago: the client has sent its request again, after an answer too late.
      awaitPartitions(name, partitions);
    }
    awaitPartitions(name, partitions);
    return describe(name).orElseThrow();
  }

  /** Deletes a topic with all its records; does nothing if there is none. */
  public void delete(String name) {
    try {
      get(admin.deleteTopics(List.of(name)).all());
    } catch (UnknownTopicOrPartitionException e) {
      return;
    }
    Deadline.in(PATIENCE).await("topic " + name + " is deleted", () -> describe(name).isEmpty());
  }

  /** Raises the number of partitions to a total; Kafka refuses to lower it. */
  public void addPartitions(String name, int total) {
    get(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(total))).all());
    awaitPartitions(name, total);
  }

  /** Empty if there is no such topic. */
  public Optional<Topic> describe(String name) {
    try {
      TopicDescription found = get(admin.describeTopics(List.of(name)).allTopicNames()).get(name);
      return Optional.of(new Topic(name, found.topicId(), found.partitions().size()));
    } catch (UnknownTopicOrPartitionException e) {
      return Optional.empty();
    }
  }

  /** Names of all topics but the broker's internal ones. */
  public Set<String> names() {
    return get(admin.listTopics().names());
  }

  @Override
  public void close() {
    admin.close();
  }

  private void awaitPartitions(String name, int partitions) {
    Deadline.in(PATIENCE)
        .await(
            "topic " + name + " has " + partitions + " partitions",
            () -> describe(name).filter(topic -> topic.partitions() == partitions).isPresent());
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("Interrupted while waiting for the broker", e);
    }
  }
}
