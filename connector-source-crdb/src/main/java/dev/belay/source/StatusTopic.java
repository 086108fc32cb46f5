package dev.belay.source;

import dev.belay.source.config.SourceConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Kafka about topics and makes the status topic. Each call opens a client of its own. */
final class StatusTopic {
  private static final Logger LOG = LoggerFactory.getLogger(StatusTopic.class);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration SEGMENT = Duration.ofHours(1);

  private StatusTopic() {}

  /** Kafka did not answer, or refused. */
  static final class KafkaAwayException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean hopeless;

    KafkaAwayException(String message) {
      this(message, false);
    }

    KafkaAwayException(String message, boolean hopeless) {
      super(message, null, false, true);
      this.hopeless = hopeless;
    }

    /** Whether the settings of the client are at fault, and asking again does not help. */
    boolean isHopeless() {
      return hopeless;
    }
  }

  /**
   * Makes the status topic, compacted, unless it is there. Who may not make topics may still write
   * to it.
   */
  static void make(SourceConfig config) throws KafkaAwayException {
    NewTopic topic =
        new NewTopic(config.statusTopic(), Optional.of(1), Optional.of(config.statusReplication()))
            .configs(
                Map.of(
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_COMPACT,
                    // what is being written is never compacted
                    TopicConfig.SEGMENT_MS_CONFIG,
                    Long.toString(SEGMENT.toMillis())));
    try (Admin admin = open(config)) {
      await(admin.createTopics(List.of(topic)).all(), "making topic " + config.statusTopic());
    } catch (TopicExistsException there) {
      // made before, or by another connector at this moment
    } catch (AuthorizationException refused) {
      // a kind of the next only from Kafka 4.1 on
      warnNotMade(config, refused);
    } catch (InvalidConfigurationException | PolicyViolationException refused) {
      warnNotMade(config, refused);
    }
  }

  /** However often it is asked: for want of rights, or because brokers want another topic. */
  private static void warnNotMade(SourceConfig config, KafkaException refused) {
    LOG.warn(
        "This user may not make topic {}, or not so. If it is not there, make it with"
            + " cleanup.policy=compact: {}",
        config.statusTopic(),
        refused.getMessage());
  }

  /** The cleanup policy of each of the topics that are there. */
  static Map<String, String> cleanupPolicies(SourceConfig config, Collection<String> topics)
      throws KafkaAwayException {
    Map<String, String> policies = new TreeMap<>();
    List<ConfigResource> resources =
        topics.stream().map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic)).toList();
    try (Admin admin = open(config)) {
      Map<ConfigResource, KafkaFuture<Config>> asked = admin.describeConfigs(resources).values();
      for (ConfigResource resource : resources) {
        try {
          Config found = await(asked.get(resource), "describing topic " + resource.name());
          policies.put(resource.name(), found.get(TopicConfig.CLEANUP_POLICY_CONFIG).value());
        } catch (UnknownTopicOrPartitionException notThere) {
          // the feed will make it
        } catch (AuthorizationException denied) {
          throw new KafkaAwayException(
              "Kafka, describing topic " + resource.name() + ": " + denied.getMessage());
        }
      }
    }
    return policies;
  }

  /** The number of partitions of each of the topics that are there. */
  static Map<String, Integer> partitions(SourceConfig config, Collection<String> topics)
      throws KafkaAwayException {
    Map<String, Integer> partitions = new TreeMap<>();
    try (Admin admin = open(config)) {
      Map<String, KafkaFuture<TopicDescription>> asked =
          admin.describeTopics(topics).topicNameValues();
      for (String topic : topics) {
        try {
          partitions.put(
              topic, await(asked.get(topic), "describing topic " + topic).partitions().size());
        } catch (UnknownTopicOrPartitionException notThere) {
          // for the caller to judge
        } catch (AuthorizationException denied) {
          throw new KafkaAwayException(
              "Kafka, describing topic " + topic + ": " + denied.getMessage(), true);
        }
      }
    }
    return partitions;
  }

  private static Admin open(SourceConfig config) throws KafkaAwayException {
    try {
      Map<String, Object> settings = new HashMap<>(config.admin());
      if (!settings.containsKey(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG)
          && !settings.containsKey(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG)) {
        // closing waits for calls under way, on the thread that looks after the jobs
        int patience = (int) PATIENCE.toMillis();
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, patience);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patience);
      }
      return Admin.create(settings);
    } catch (KafkaException e) {
      // a name that nobody knows now may be known later; nothing else about settings changes
      throw new KafkaAwayException(
          "Kafka, connecting: " + rootOf(e), !rootOf(e).contains("resolvable"));
    }
  }

  /** What the innermost cause says. */
  static String rootOf(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  private static <T> T await(KafkaFuture<T> future, String doing) throws KafkaAwayException {
    try {
      return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthenticationException) {
        // in newer clients a kind of InvalidConfigurationException, and nothing about a topic
        throw new KafkaAwayException("Kafka, " + doing + ": " + rootOf(e), true);
      } else if (e.getCause() instanceof TopicExistsException there) {
        throw there;
      } else if (e.getCause() instanceof UnknownTopicOrPartitionException missing) {
        throw missing;
      } else if (e.getCause() instanceof AuthorizationException denied) {
        throw denied;
      } else if (e.getCause() instanceof PolicyViolationException refused) {
        throw refused;
      } else if (e.getCause() instanceof InvalidConfigurationException refused) {
        throw refused;
      }
      throw new KafkaAwayException("Kafka, " + doing + ": " + rootOf(e));
    } catch (TimeoutException e) {
      throw new KafkaAwayException(
          "Kafka, "
              + doing
              + ": no answer within "
              + PATIENCE.toSeconds()
              + " s (kafka.admin.bootstrap.servers)");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaAwayException("Kafka, " + doing + ": interrupted");
    }
  }
}
