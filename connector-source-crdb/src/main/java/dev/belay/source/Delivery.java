package dev.belay.source;

import dev.belay.source.config.SourceConfig;
import dev.belay.source.preflight.StartCheck;
import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;

/**
 * How a task gets rows into Kafka. Connect's task thread calls; {@link #close} comes from another,
 * and ends a call that waits.
 */
interface Delivery extends AutoCloseable {

  /** Before a task is started. */
  Delivery NONE =
      new Delivery() {
        @Override
        public List<SourceRecord> poll() {
          return List.of();
        }

        @Override
        public void close() {
          // there is nothing
        }
      };

  static Delivery of(SourceConfig config, SourceTaskContext context) {
    StartCheck.configuration(config);
    return switch (config.delivery()) {
      case KAFKA -> new SupervisedFeed(config, context);
      case SINKLESS -> ReadFeed.of(config, context);
    };
  }

  /**
   * Records to write; null where there are none for a while, as Connect has it.
   *
   * @throws org.apache.kafka.connect.errors.ConnectException to fail the task
   */
  List<SourceRecord> poll() throws InterruptedException;

  /** A record is in Kafka. */
  default void written(SourceRecord record) {}

  @Override
  void close();
}
