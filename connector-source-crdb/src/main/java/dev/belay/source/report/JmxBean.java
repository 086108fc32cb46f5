package dev.belay.source.report;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.Map;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bean in JMX, {@code dev.belay:type=...}. A task that Connect abandoned may end long after its
 * successor has begun: so a name is taken from whoever has it, and given back only by its last
 * owner. Any thread.
 */
public final class JmxBean implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JmxBean.class);
  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();
  private static final Map<ObjectName, JmxBean> OWNERS = new HashMap<>();

  private final String type;
  private final Map<String, String> properties;

  private JmxBean(String type, Map<String, String> properties) {
    this.type = type;
    this.properties = properties;
  }

  /**
   * Shows a bean from now on. Where JMX refuses it, the log says so and nothing else is lost.
   *
   * @param properties of the name beside the type, as they are written there
   */
  public static JmxBean show(Object bean, String type, Map<String, String> properties) {
    JmxBean shown = new JmxBean(type, properties);
    try {
      ObjectName name = shown.name();
      synchronized (OWNERS) {
        if (SERVER.isRegistered(name)) {
          SERVER.unregisterMBean(name);
        }
        SERVER.registerMBean(bean, name);
        OWNERS.put(name, shown);
      }
    } catch (JMException e) {
      LOG.warn("Metrics are not in JMX: {}", e.getMessage());
    }
    return shown;
  }

  private ObjectName name() throws JMException {
    Hashtable<String, String> all = new Hashtable<>(properties);
    all.put("type", type);
    return new ObjectName("dev.belay", all);
  }

  @Override
  public void close() {
    try {
      ObjectName name = name();
      synchronized (OWNERS) {
        if (OWNERS.remove(name, this)) {
          SERVER.unregisterMBean(name);
        }
      }
    } catch (JMException e) {
      LOG.debug("Leaving JMX: {}", e.getMessage());
    }
  }
}
