package dev.belay.source;

import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/**
 * Makes CockroachDB's changefeeds the responsibility of a Connect deployment: creates, watches and
 * heals them, or reads them over SQL.
 */
public final class CockroachSourceConnector extends SourceConnector {
  private Map<String, String> settings = Map.of();

  @Override
  public String version() {
    return Version.text();
  }

  @Override
  public ConfigDef config() {
    return SourceKeys.definition();
  }

  @Override
  public Class<? extends Task> taskClass() {
    return CockroachSourceTask.class;
  }

  @Override
  public void start(Map<String, String> given) {
    settings = Map.copyOf(given);
  }

  /** As they were given, so that Connect finds the places of its config providers again. */
  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    SourceConfig config = new SourceConfig(settings);
    if (config.delivery() == SourceConfig.Delivery.SINKLESS) {
      return ReadFeed.shares(config, maxTasks, () -> context().offsetStorageReader()).stream()
          .map(this::of)
          .toList();
    }
    // one supervisor: several would only watch each other
    return List.of(settings);
  }

  private Map<String, String> of(TableShare share) {
    Map<String, String> task = new HashMap<>(settings);
    task.put(SourceKeys.SHARE, share.text());
    return task;
  }

  @Override
  public void stop() {
    settings = Map.of();
  }

  /**
   * Field by field; a server that does not answer is an error on its fields, never an exception.
   */
  @Override
  public Config validate(Map<String, String> given) {
    return new Validation(super.validate(given), given).run();
  }

  /**
   * Moves or resets the position of tables.
   *
   * @param offsets null for a table that is to start anew
   */
  @Override
  public boolean alterOffsets(
      Map<String, String> connectorConfig, Map<Map<String, ?>, Map<String, ?>> offsets) {
    return new OffsetEditor(new SourceConfig(connectorConfig)).alter(offsets);
  }

  /** What this connector writes itself; CockroachDB's own writing is at least once. */
  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> given) {
    return new SourceConfig(given).delivery() == SourceConfig.Delivery.SINKLESS
        ? ExactlyOnceSupport.SUPPORTED
        : ExactlyOnceSupport.UNSUPPORTED;
  }
}
