package dev.belay.source.sinkless;

import dev.belay.source.report.FeedState;
import dev.belay.source.report.FeedStatus;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.Map;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows a task's figures in JMX. The task's thread writes, any thread reads. */
final class Figures implements FeedMXBean, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Figures.class);

  /** Whose each name is: a successor may have it before its predecessor has ended. */
  private static final Map<ObjectName, Figures> OWNERS = new HashMap<>();

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final Counters counters;
  private final String connector;
  private final int task;
  private volatile FeedState state = FeedState.STARTING;
  private volatile long secondsBehind = -1;
  private volatile long gcWindowLeft = -1;
  private volatile long heldBytes;

  Figures(String connector, int task, Counters counters) {
    this.connector = connector;
    this.task = task;
    this.counters = counters;
  }

  /** Begins to show them; a predecessor that has not ended yet gives its name up. */
  void show() {
    try {
      ObjectName name = name();
      synchronized (OWNERS) {
        if (server.isRegistered(name)) {
          server.unregisterMBean(name);
        }
        server.registerMBean(this, name);
        OWNERS.put(name, this);
      }
    } catch (JMException e) {
      LOG.warn("Metrics are not in JMX: {}", e.getMessage());
    }
  }

  private ObjectName name() throws JMException {
    Hashtable<String, String> properties = new Hashtable<>();
    properties.put("type", "source-feed");
    properties.put("connector", ObjectName.quote(connector));
    properties.put("task", Integer.toString(task));
    return new ObjectName("dev.belay", properties);
  }

  void now(FeedStatus status, long held) {
    state = status.state();
    secondsBehind = status.secondsBehind().orElse(-1);
    gcWindowLeft = status.gcWindowLeft().orElse(-1);
    heldBytes = held;
  }

  @Override
  public String getState() {
    return state.name();
  }

  @Override
  public long getSecondsBehind() {
    return secondsBehind;
  }

  @Override
  public long getGcWindowLeftSeconds() {
    return gcWindowLeft;
  }

  @Override
  public long getHeldBytes() {
    return heldBytes;
  }

  @Override
  public long getRowsTotal() {
    return counters.rows.sum();
  }

  @Override
  public long getWindowsTotal() {
    return counters.windows.sum();
  }

  @Override
  public long getRowsLeftOutTotal() {
    return counters.leftOut.sum();
  }

  @Override
  public long getRowsRepeatedTotal() {
    return counters.repeated.sum();
  }

  @Override
  public long getRowsEarlyTotal() {
    return counters.early.sum();
  }

  @Override
  public long getRowsSpilledTotal() {
    return counters.spilled.sum();
  }

  @Override
  public long getReconnectsTotal() {
    return counters.reconnects.sum();
  }

  @Override
  public void close() {
    try {
      synchronized (OWNERS) {
        if (OWNERS.remove(name(), this)) {
          server.unregisterMBean(name());
        }
      }
    } catch (JMException e) {
      LOG.debug("Leaving JMX: {}", e.getMessage());
    }
  }
}
