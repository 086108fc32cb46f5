package dev.belay.source.preflight;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Jobs;
import dev.belay.source.config.SinkUri;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import dev.belay.source.feed.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Live jobs of other feeds that write where this feed's rows go. */
final class OtherFeeds {
  private OtherFeeds() {}

  /** What stands in the way, and what may. */
  static List<Finding> findings(
      SourceConfig config, Connection session, Collection<TableName> tables) throws SQLException {
    List<Finding> findings = new ArrayList<>();
    for (Jobs.Other other :
        Jobs.ofOtherFeeds(session, config.feedId(), Catalog.database(session))) {
      boolean sharesTables = other.job().tables().stream().anyMatch(tables::contains);
      boolean mayBeOfBefore = other.job().mark().feed().equals(config.connector());
      boolean isKafka = config.delivery() == SourceConfig.Delivery.KAFKA;
      boolean sharesTopics =
          isKafka
              ? config.sinkUri().sharesTopicsWith(other.sink())
              : isOurKafka(config, other.sink());
      boolean mayShareTopics =
          isKafka
              ? config.sinkUri().mayShareTopicsWith(other.sink())
              : mayBeOurs(config, other.sink());
      if (sharesTables && (sharesTopics || mayBeOfBefore && (isKafka || mayShareTopics))) {
        findings.add(isKafka ? stop(config, other) : besideSinkless(config, other));
      } else if (sharesTables && mayShareTopics) {
        findings.add(warning(config, other));
      } else if (mayBeOfBefore) {
        findings.add(ofTheSameName(config, other));
      }
    }
    return findings;
  }

  /** By the addresses of the task's own client, which may be others than those of CockroachDB. */
  private static boolean isOurKafka(SourceConfig config, String sink) {
    Object brokers = config.admin().get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
    return SinkUri.shares(sink, String.valueOf(brokers))
        && SinkUri.prefix(sink).equals(config.topicPrefix());
  }

  /** An external connection does not show its prefix. */
  private static boolean mayBeOurs(SourceConfig config, String sink) {
    return SinkUri.isExternal(sink) || SinkUri.prefix(sink).equals(config.topicPrefix());
  }

  private static Finding stop(SourceConfig config, Jobs.Other other) {
    String feed = other.job().mark().feed();
    return Finding.stop(
        SourceKeys.FEED_ID,
        "Job "
            + other.job().id()
            + " of feed "
            + feed
            + " has not ended and sends tables of this connector's feed, "
            + config.feedId()
            + ": nobody would watch a job of a former feed.id, and the sink stops where two write to"
            + " one topic. The offsets of the other feed do not count here either.",
        "If it is a job of this connector: Set feed.id="
            + feed
            + " again, or end it (CANCEL JOB "
            + other.job().id()
            + ") and begin anew. If it is another's (user_name in SHOW JOBS says whose), leave it, and"
            + " give this connector another name, other tables, or another feed.topic.prefix.");
  }

  private static Finding besideSinkless(SourceConfig config, Jobs.Other other) {
    return Finding.stop(
        SourceKeys.DELIVERY,
        "Job "
            + other.job().id()
            + " of feed "
            + other.job().mark().feed()
            + " has not ended and writes to the topics of this feed, "
            + config.feedId()
            + ", which the sink stops at.",
        "If the job is yours (user_name in SHOW JOBS says whose it is), end it (CANCEL JOB "
            + other.job().id()
            + ") or its connector's choice of these tables, or set feed.topic.prefix here and in the"
            + " sink.");
  }

  private static Finding warning(SourceConfig config, Jobs.Other other) {
    return Finding.warning(
        SourceKeys.TOPIC_PREFIX,
        "Job "
            + other.job().id()
            + " of feed "
            + other.job().mark().feed()
            + " sends tables of this feed, "
            + config.feedId()
            + ", to topics that may have the same names. Should it be the same Kafka by another"
            + " address, two feeds write to one topic, which the sink stops at.",
        "Then end the job (CANCEL JOB "
            + other.job().id()
            + ") if it is yours (user_name in SHOW JOBS says whose it is), or set feed.topic.prefix here"
            + " and in the sink.");
  }

  /** Another Connect may have a connector of this name, which is nothing to stop at. */
  private static Finding ofTheSameName(SourceConfig config, Jobs.Other other) {
    String feed = other.job().mark().feed();
    return Finding.warning(
        SourceKeys.FEED_ID,
        "Job "
            + other.job().id()
            + " is of feed "
            + feed
            + ", which is this connector's name, and sends nothing that this connector's feed, "
            + config.feedId()
            + ", sends as well. Should it be a job of before feed.id was set, nobody watches it.",
        "Then end it (CANCEL JOB "
            + other.job().id()
            + "). If it is of another Connect (user_name in SHOW JOBS says whose), leave it.");
  }
}
