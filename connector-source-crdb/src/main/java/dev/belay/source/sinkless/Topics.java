package dev.belay.source.sinkless;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics that a task writes to: made if they are not there, and their numbers of partitions,
 * which are asked for again now and then because they may grow. The task's thread, but for {@link
 * #close}, which ends what that thread waits for.
 *
 * <p>Errors of the broker that another try may heal come out as {@link KafkaException}.
 */
final class Topics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Topics.class);
  private static final long REFRESH_NANOS = Duration.ofSeconds(30).toNanos();

  /**
   * Of topics that are not there.
   *
   * @param partitions -1 for the broker's own choice
   * @param replication -1 for the broker's own choice
   */
  record Shape(int partitions, short replication) {}

  private final Supplier<Admin> admins;
  private final Shape shape;
  private final LongSupplier nanos;
  private final Map<String, Integer> partitions = new HashMap<>();
  private Optional<KafkaFuture<Map<String, TopicDescription>>> refreshing = Optional.empty();
  private long refreshed;
  private Optional<Admin> opened = Optional.empty();
  private boolean closed;

  /**
   * @param admins opens a client when one is needed; that fails while no name of a broker is known,
   *     as when it cannot be reached, and is tried again
   * @param nanos a clock that only goes forward
   */
  Topics(Supplier<Admin> admins, Shape shape, LongSupplier nanos) {
    this.admins = admins;
    this.shape = shape;
    this.nanos = nanos;
  }

  /**
   * Makes topics that are not there, and checks those that are.
   *
   * @throws TopicTrouble if one cannot be used
   */
  void require(Collection<String> names) throws InterruptedException {
    Map<String, KafkaFuture<TopicDescription>> asked =
        admin().describeTopics(names).topicNameValues();
    Set<String> missing = new TreeSet<>();
    for (String name : new TreeSet<>(names)) {
      try {
        partitions.put(name, get(asked.get(name)).partitions().size());
      } catch (UnknownTopicOrPartitionException e) {
        missing.add(name);
      } catch (AuthorizationException e) {
        throw refused(name, "be described", "DESCRIBE");
      }
    }
    for (String name : missing) {
      create(name);
    }
    Set<String> there = new TreeSet<>(names);
    there.removeAll(missing);
    checkCompaction(there);
    refreshed = nanos.getAsLong();
  }

  private void create(String name) throws InterruptedException {
    NewTopic wanted =
        new NewTopic(
                name,
                shape.partitions() < 0 ? Optional.empty() : Optional.of(shape.partitions()),
                shape.replication() < 0 ? Optional.empty() : Optional.of(shape.replication()))
            // the broker's default may be another
            .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "delete"));
    var created = admin().createTopics(List.of(wanted));
    try {
      partitions.put(name, get(created.numPartitions(name)));
      LOG.info("Made topic {} with {} partitions", name, partitions.get(name));
    } catch (TopicExistsException e) {
      // another task or an earlier try of ours
      partitions.put(
          name,
          get(admin().describeTopics(List.of(name)).allTopicNames()).get(name).partitions().size());
    } catch (AuthorizationException e) {
      throw refused(name, "be made", "CREATE and DESCRIBE_CONFIGS");
    }
  }

  private void checkCompaction(Set<String> names) throws InterruptedException {
    List<ConfigResource> resources = new ArrayList<>();
    names.forEach(name -> resources.add(new ConfigResource(ConfigResource.Type.TOPIC, name)));
    var asked = admin().describeConfigs(resources).values();
    for (ConfigResource resource : resources) {
      Config config;
      try {
        config = get(asked.get(resource));
      } catch (AuthorizationException e) {
        throw refused(resource.name(), "be checked", "DESCRIBE_CONFIGS");
      }
      if (config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value().contains("compact")) {
        throw new TopicTrouble(
            "Topic "
                + resource.name()
                + " is compacted (cleanup.policy): Kafka would remove rows, and resolved messages have"
                + " no key, which it refuses there. Set cleanup.policy=delete on the topic, or another"
                + " feed.topic.prefix.");
      }
    }
  }

  private static TopicTrouble refused(String name, String what, String right) {
    return new TopicTrouble(
        "Topic "
            + name
            + " cannot "
            + what
            + ": the user of kafka.admin.* may not. Grant it "
            + right
            + " on the topic.");
  }

  /** How many a topic has; the topic is made if it is not known. */
  int partitions(String name) {
    Integer known = partitions.get(name);
    if (known == null) {
      try {
        require(List.of(name));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new KafkaException("interrupted while topic " + name + " was looked up");
      }
      known = partitions.get(name);
    }
    return known;
  }

  /** Looks, without waiting, whether topics have more partitions than they had. */
  void refresh() throws InterruptedException {
    if (refreshing.isPresent() && refreshing.get().isDone()) {
      apply(refreshing.get());
      refreshing = Optional.empty();
      refreshed = nanos.getAsLong();
    }
    if (refreshing.isEmpty() && nanos.getAsLong() - refreshed >= REFRESH_NANOS) {
      refreshing = Optional.of(admin().describeTopics(partitions.keySet()).allTopicNames());
    }
  }

  private void apply(KafkaFuture<Map<String, TopicDescription>> answer)
      throws InterruptedException {
    try {
      get(answer)
          .forEach(
              (name, topic) -> {
                int now = topic.partitions().size();
                int before = partitions.put(name, now);
                if (before != now) {
                  LOG.info("Topic {} has {} partitions now, {} before", name, now, before);
                }
              });
    } catch (KafkaException e) {
      // the broker is away, which the producer will say if it lasts; the next round asks again
      LOG.debug("Cannot look at the topics' partitions", e);
    }
  }

  private static <T> T get(KafkaFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    }
  }

  private synchronized Admin admin() {
    if (closed) {
      throw new KafkaException("closed");
    }
    if (opened.isEmpty()) {
      opened = Optional.of(admins.get());
    }
    return opened.get();
  }

  @Override
  public synchronized void close() {
    closed = true;
    opened.ifPresent(admin -> admin.close(Duration.ZERO));
  }
}
