package dev.belay.sink;

import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.LogRange;
import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.Target;
import dev.belay.sink.topics.TopicSurvey;
import dev.belay.sink.topics.TopicWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes positions that a person sets into the target's checkpoint. Connect looks at the topics
 * only after that, when nothing can be taken back any more: so all of them are held against Kafka
 * before any is written.
 */
final class OffsetEditor {
  private static final Logger LOG = LoggerFactory.getLogger(OffsetEditor.class);
  private static final Duration KAFKA_LIMIT = Duration.ofSeconds(10);

  private final SinkConfig config;

  OffsetEditor(SinkConfig config) {
    this.config = config;
  }

  /**
   * @param offsets null for a partition that is to start over; if the map is empty, all do
   * @return true: the position is in the target now
   * @throws ConnectException if one of them does not fit what Kafka has, if Kafka does not answer,
   *     or if the target does not take them: nothing is changed
   */
  boolean alter(Map<TopicPartition, Long> offsets) {
    Map<TopicPartition, Optional<Long>> positions = new HashMap<>();
    offsets.forEach((partition, offset) -> positions.put(partition, Optional.ofNullable(offset)));
    Set<TopicPartition> existing = checked(positions);
    Databases database =
        Databases.of(config.url())
            .orElseThrow(
                () ->
                    new ConnectException(
                        "The position is not changed. target.connection.url is of no known database"));
    database
        .driverIsMissing()
        .ifPresent(
            reason -> {
              throw new ConnectException("The position is not changed. " + reason);
            });
    Target target = database.target(config);
    try (Connection connection =
        database.connect(
            config.url(),
            config.driverProperties(),
            config.connectTimeout(),
            config.lockTimeout())) {
      target.prepare(
          connection,
          new SessionLimits(
              config.idleInTransactionTimeout(),
              config.lockTimeout(),
              "belay " + config.connector() + " offsets"));
      CheckpointStore checkpoints = new CheckpointStore(target.checkpointSql(), config.connector());
      if (config.createCheckpointTables()) {
        checkpoints.createTables(connection);
      }
      // what is gone from Kafka and was never in the target needs no row, which would stay for ever
      Set<TopicPartition> known = checkpoints.read(connection).partitions().keySet();
      positions.keySet().removeIf(p -> !existing.contains(p) && !known.contains(p));
      // no position at all would mean all of them
      if (!positions.isEmpty() || offsets.isEmpty()) {
        checkpoints.alter(connection, positions);
      }
      connection.commit();
      LOG.info("Positions of connector {} set by hand: {}", config.connector(), offsets);
      return true;
    } catch (StopException e) {
      throw new ConnectException("The position is not changed. " + e.getMessage());
    } catch (SQLException e) {
      // not chained: vendor texts may quote values
      throw new ConnectException(
          "The position is not changed. " + target.name() + ": " + target.judge(e).describe());
    }
  }

  /**
   * Holds the positions against what Kafka has.
   *
   * @return the partitions of their topics that exist
   */
  private Set<TopicPartition> checked(Map<TopicPartition, Optional<Long>> positions) {
    if (positions.isEmpty()) {
      // all of the connector's start over, wherever their logs do
      return Set.of();
    }
    Map<String, Object> admin = config.admin();
    // a task's own client may live in this worker: its meters have its id
    admin.merge("client.id", "-offsets", (id, suffix) -> String.valueOf(id) + suffix);
    List<String> names =
        positions.keySet().stream().map(TopicPartition::topic).distinct().sorted().toList();
    try (TopicWatch topics = new TopicWatch(() -> Admin.create(admin), names, Optional.empty())) {
      TopicSurvey survey = topics.surveyWithin(KAFKA_LIMIT);
      Map<TopicPartition, LogRange> logs = topics.logs(survey, KAFKA_LIMIT);
      List<String> objections =
          PositionCheck.objections(positions, survey, logs, config::isSubscribed);
      if (!objections.isEmpty()) {
        throw new ConnectException(
            "The position is not changed. "
                + String.join(" ", objections)
                + " Nothing was written, of no partition. Correct the request and send all of it again.");
      }
      return survey.partitions();
    } catch (TopicWatch.KafkaAwayException | StopException e) {
      throw new ConnectException("The position is not changed. " + e.getMessage());
    }
  }
}
