package dev.belay.sample;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * A plugin for the tests of the worker: drops its records, or fails on demand. It is not in a
 * package of the testkit, so that the worker has it from its zip or not at all.
 */
public final class SampleSinkConnector extends SinkConnector {

  private Map<String, String> config = Map.of();

  @Override
  public void start(Map<String, String> props) {
    config = Map.copyOf(props);
  }

  @Override
  public Class<? extends Task> taskClass() {
    return SampleTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return List.of(config);
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    return new ConfigDef()
        .define(
            "mood",
            ConfigDef.Type.STRING,
            ConfigDef.NO_DEFAULT_VALUE,
            ConfigDef.ValidString.in("good", "bad"),
            ConfigDef.Importance.HIGH,
            "Whether the task starts.");
  }

  @Override
  public boolean alterOffsets(Map<String, String> props, Map<TopicPartition, Long> offsets) {
    return true;
  }

  @Override
  public String version() {
    return "1.2.3";
  }

  public static final class SampleTask extends SinkTask {

    @Override
    public void start(Map<String, String> props) {
      if (props.get("mood").equals("bad")) {
        throw new IllegalStateException("in a bad mood");
      }
    }

    @Override
    public void put(Collection<SinkRecord> records) {}

    @Override
    public void stop() {}

    @Override
    public String version() {
      return "1.2.3";
    }
  }
}
