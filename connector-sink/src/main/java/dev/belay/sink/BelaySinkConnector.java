package dev.belay.sink;

import dev.belay.sink.config.DeliveryMode;
import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.config.SinkKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/**
 * Applies the records of a CockroachDB changefeed to a database. Positions are kept in that
 * database, so {@code PATCH} and {@code DELETE /connectors/NAME/offsets} go there (KIP-875).
 */
public final class BelaySinkConnector extends SinkConnector {
  private Map<String, String> settings = Map.of();

  @Override
  public String version() {
    return Version.text();
  }

  @Override
  public ConfigDef config() {
    return SinkKeys.definition();
  }

  @Override
  public Class<? extends Task> taskClass() {
    return BelaySinkTask.class;
  }

  @Override
  public void start(Map<String, String> given) {
    settings = Map.copyOf(given);
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    // consistent and best-effort need the frontier of the whole feed: one task has it
    int tasks = new SinkConfig(settings).mode() == DeliveryMode.IMMEDIATE ? maxTasks : 1;
    List<Map<String, String>> configs = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      Map<String, String> config = new HashMap<>(settings);
      config.put(Wiring.TASK_NUMBER, Integer.toString(task));
      configs.add(config);
    }
    return configs;
  }

  @Override
  public void stop() {
    settings = Map.of();
  }

  /**
   * Field by field; a target that does not answer is an error on its fields, never an exception.
   */
  @Override
  public Config validate(Map<String, String> given) {
    return new Validation(super.validate(given), given).run();
  }

  /**
   * Moves the checkpoint.
   *
   * @param offsets where to go on; null for a partition that is to start over
   */
  @Override
  public boolean alterOffsets(
      Map<String, String> connectorConfig, Map<TopicPartition, Long> offsets) {
    return new OffsetEditor(new SinkConfig(connectorConfig)).alter(offsets);
  }
}
