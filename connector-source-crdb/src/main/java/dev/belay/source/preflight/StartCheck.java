package dev.belay.source.preflight;

import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.config.Encryption;
import dev.belay.source.config.ExternalConnection;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import dev.belay.source.feed.TableName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What validation has refused is refused at a start as well, in both deliveries: files and config
 * providers, grants and settings of the cluster may have changed since.
 */
public final class StartCheck {
  private static final Logger LOG = LoggerFactory.getLogger(StartCheck.class);

  private StartCheck() {}

  /**
   * Looks at the configuration alone.
   *
   * @throws ConnectException if rows or passwords could be read on their ways, or if what is to
   *     protect them would be dropped without a word
   */
  public static void configuration(SourceConfig config) {
    refuse(SourceKeys.URL, Encryption.toCluster(config));
    if (config.delivery() == SourceConfig.Delivery.KAFKA) {
      refuse(SourceKeys.SINK_URI, Encryption.toKafka(config, config.sinkUri()));
      ExternalConnection.check(config, (key, why) -> refuse(key, Optional.of(why)));
    }
  }

  private static void refuse(String key, Optional<String> why) {
    if (why.isPresent()) {
      throw new ConnectException(key + ": " + why.get());
    }
  }

  /**
   * Asks the cluster. What a person should know goes to the log, and so does that the cluster lets
   * this user look at nothing: the feed itself has the last word then.
   *
   * @return what the feed must not begin with
   * @throws ClusterException if the cluster does not answer, or if jobs of this feed have yet to
   *     end before tasks may read in their place; it is asked again
   */
  public static List<Finding> cluster(
      SourceConfig config, Cluster cluster, Collection<TableName> tables) throws ClusterException {
    try {
      awaitJobs(config, cluster);
      List<Finding> findings = cluster.ask(session -> Preflight.run(config, session, tables));
      findings.forEach(finding -> LOG.warn("{}: {}", finding.key(), finding.text()));
      return findings.stream().filter(Finding::stops).toList();
    } catch (ClusterException e) {
      if (e.kind() != ClusterException.Kind.REFUSED) {
        throw e;
      }
      LOG.warn("The preflight cannot see everything: {}", e.getMessage());
      return List.of();
    }
  }

  /** Those of a feed whose delivery was changed. */
  private static void awaitJobs(SourceConfig config, Cluster cluster) throws ClusterException {
    if (config.delivery() == SourceConfig.Delivery.SINKLESS
        && cluster.ask(session -> LiveJobs.of(config, session)).stream()
            .anyMatch(job -> job.state().isEnding())) {
      throw new ClusterException(
          ClusterException.Kind.BUSY, "", "Jobs of this feed are ending; it begins after them.");
    }
  }
}
