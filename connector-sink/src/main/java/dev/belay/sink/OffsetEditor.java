package dev.belay.sink;

import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes positions that a person sets into the target's checkpoint. */
final class OffsetEditor {
  private static final Logger LOG = LoggerFactory.getLogger(OffsetEditor.class);

  private final SinkConfig config;

  OffsetEditor(SinkConfig config) {
    this.config = config;
  }

  /**
   * @param offsets null for a partition that is to start over; if the map is empty, all do
   * @return true: the position is in the target now
   * @throws ConnectException if the target does not take it
   */
  boolean alter(Map<TopicPartition, Long> offsets) {
    Map<TopicPartition, Optional<Long>> positions = new HashMap<>();
    offsets.forEach(
        (partition, offset) -> {
          if (offset != null && offset < 0) {
            throw new ConnectException("Offset " + offset + " of " + partition + " is negative.");
          }
          positions.put(partition, Optional.ofNullable(offset));
        });
    Databases database =
        Databases.of(config.url())
            .orElseThrow(
                () -> new ConnectException("target.connection.url is of no known database"));
    Target target = database.target();
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
      checkpoints.alter(connection, positions);
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
}
