package dev.belay.sink.metrics;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the meters in JMX by ourselves, for workers without metrics for plugins: {@code
 * dev.belay:type=sink-task,connector=NAME,task=N} and {@code
 * dev.belay:type=sink-partition,connector=NAME,task=N,topic=T,partition=P}.
 */
final class JmxBoard implements MeterBoard {
  private static final Logger LOG = LoggerFactory.getLogger(JmxBoard.class);

  /** Whose each name is: a successor may have it before its predecessor has ended. */
  private static final Map<ObjectName, JmxBoard> OWNERS = new HashMap<>();

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final String tags;
  private final Map<String, ObjectName> shown = new HashMap<>();

  JmxBoard(String connector, String task, SinkMetrics metrics) {
    this.tags = ",connector=" + ObjectName.quote(connector) + ",task=" + task;
    Map<String, MeterBean.Attribute> attributes = new LinkedHashMap<>();
    for (SinkMeter meter : SinkMeter.values()) {
      Supplier<Object> value = () -> meter.value(metrics);
      attributes.put(meter.shown(), new MeterBean.Attribute(meter.meaning(), value));
    }
    register("task", "type=sink-task" + tags, new MeterBean("A Belay sink task", attributes));
  }

  @Override
  public void show(TopicPartition partition, PartitionMeter.Reading reading) {
    Map<String, MeterBean.Attribute> attributes = new LinkedHashMap<>();
    for (PartitionMeter meter : PartitionMeter.values()) {
      Supplier<Object> value = () -> meter.value(reading);
      attributes.put(meter.shown(), new MeterBean.Attribute(meter.meaning(), value));
    }
    register(
        partition.toString(),
        "type=sink-partition"
            + tags
            + ",topic="
            + ObjectName.quote(partition.topic())
            + ",partition="
            + partition.partition(),
        new MeterBean("A partition of a Belay sink task", attributes));
  }

  /** Nothing to do: names are taken from whoever has them. */
  @Override
  public void refresh() {}

  @Override
  public void hide(TopicPartition partition) {
    unregister(partition.toString());
  }

  @Override
  public void close() {
    for (String key : shown.keySet().toArray(String[]::new)) {
      unregister(key);
    }
  }

  private void register(String key, String properties, MeterBean bean) {
    try {
      ObjectName name = new ObjectName("dev.belay:" + properties);
      synchronized (OWNERS) {
        if (server.isRegistered(name)) {
          // of a predecessor that was abandoned, or has not ended yet
          server.unregisterMBean(name);
        }
        server.registerMBean(bean, name);
        OWNERS.put(name, this);
      }
      shown.put(key, name);
    } catch (JMException e) {
      LOG.warn("Metrics are not in JMX: {}", e.getMessage());
    }
  }

  private void unregister(String key) {
    ObjectName name = shown.remove(key);
    try {
      synchronized (OWNERS) {
        if (name != null && OWNERS.remove(name, this)) {
          server.unregisterMBean(name);
        }
      }
    } catch (JMException e) {
      LOG.debug("Leaving JMX: {}", e.getMessage());
    }
  }
}
