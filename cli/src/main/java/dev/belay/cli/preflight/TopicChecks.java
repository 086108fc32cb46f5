package dev.belay.cli.preflight;

import dev.belay.cli.status.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Whether topics keep what a sink that is away for a while needs. */
final class TopicChecks {
  private static final String PATIENCE = "15000";

  private final Map<String, String> client;
  private final Duration outage;

  /**
   * @param client settings of a Kafka client
   * @param outage how long the sink must be able to be away
   */
  TopicChecks(Map<String, String> client, Duration outage) {
    this.client = client;
    this.outage = outage;
  }

  List<Check> run(Collection<String> topics) throws InterruptedException {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE);
    List<Check> checks = new ArrayList<>();
    Set<Integer> partitions = new TreeSet<>();
    try (Admin admin = Admin.create(settings)) {
      Map<String, KafkaFuture<TopicDescription>> described =
          admin.describeTopics(topics).topicNameValues();
      for (String topic : new TreeSet<>(topics)) {
        try {
          TopicDescription found = described.get(topic).get();
          partitions.add(found.partitions().size());
          ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
          keeps(
              topic,
              found,
              admin.describeConfigs(List.of(resource)).values().get(resource).get(),
              checks);
        } catch (ExecutionException e) {
          checks.add(unread(topic, e.getCause()));
        }
      }
    }
    if (partitions.size() > 1) {
      checks.add(
          Check.warning(
              "topics",
              "they have different numbers of partitions: " + partitions,
              "It works, and the frontier waits for the slowest of all of them."));
    }
    return checks;
  }

  private static Check unread(String topic, Throwable cause) {
    return cause instanceof UnknownTopicOrPartitionException
        ? Check.warning(
            topic,
            "the topic is not there yet",
            "CockroachDB makes it with the broker's defaults, if the broker lets it: make it yourself"
                + " for the number of partitions and the retention that you want.")
        : Check.stop(
            topic,
            "the topic cannot be described: " + cause.getClass().getSimpleName(),
            "Grant the user of kafka.admin.* DESCRIBE and DESCRIBE_CONFIGS on it.");
  }

  private void keeps(String topic, TopicDescription found, Config config, List<Check> checks) {
    String policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
    if (policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
      checks.add(
          Check.stop(
              topic,
              "cleanup.policy is " + policy,
              "Compaction takes away versions of rows that a transaction has written, and resolved"
                  + " times: set cleanup.policy=delete."));
    }
    long retention = Long.parseLong(config.get(TopicConfig.RETENTION_MS_CONFIG).value());
    long bytes = Long.parseLong(config.get(TopicConfig.RETENTION_BYTES_CONFIG).value());
    if (retention >= 0 && retention < outage.toMillis()) {
      checks.add(
          Check.stop(
              topic,
              "retention.ms keeps records for " + Words.of(Duration.ofMillis(retention)),
              "A sink that is away for longer loses them: set it above the outage to be survived, "
                  + Words.of(outage)
                  + " (--outage)."));
    } else if (bytes >= 0) {
      checks.add(
          Check.warning(
              topic,
              "retention.bytes is " + bytes,
              "Records are deleted by size too, however long the sink is away: set it to -1, or be"
                  + " sure that it holds "
                  + Words.of(outage)
                  + "."));
    } else {
      checks.add(
          Check.ok(
              topic,
              found.partitions().size()
                  + " partitions, kept "
                  + (retention < 0
                      ? "for ever"
                      : "for " + Words.of(Duration.ofMillis(retention)))));
    }
    int replicas =
        found.partitions().stream().mapToInt(each -> each.replicas().size()).min().orElse(0);
    if (replicas == 1) {
      checks.add(
          Check.warning(
              topic,
              "it has one replica",
              "A broker that is lost takes the records with it: use three, and"
                  + " min.insync.replicas=2."));
    }
  }
}
