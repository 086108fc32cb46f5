package dev.belay.cli.status;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The metrics of a connector's tasks, over all workers that were asked.
 *
 * @param numbers sums by the names of the reference page
 * @param stall why the frontier cannot move; empty if it can, or nobody says
 */
record Meters(Map<String, Double> numbers, String stall) {
  static final Meters NONE = new Meters(Map.of(), "");

  private static final Set<String> SUMMED =
      Set.of(
          "echoes-total",
          "conflicts-total",
          "conflicts-source-total",
          "conflicts-target-total",
          "conflicts-merged-total",
          "applied-total",
          "rejected-total",
          "window-records",
          "window-bytes",
          "spilled-bytes",
          "sequences-at-risk",
          "suspects-total",
          "lost-epochs-total");

  private static final String STALL = "stall";

  /**
   * Asks a worker for the metrics of every connector that it runs a sink task of, and adds them.
   *
   * @param address host and port of its JMX
   * @param into by the connector's name
   * @throws IOException if it does not answer; the message is for the user
   */
  static void read(String address, Map<String, Meters> into) throws IOException {
    try (JMXConnector open =
        JMXConnectorFactory.connect(
            new JMXServiceURL("service:jmx:rmi:///jndi/rmi://" + address + "/jmxrmi"))) {
      MBeanServerConnection beans = open.getMBeanServerConnection();
      // the same under two names, by the worker's version
      for (String pattern :
          new String[] {"kafka.connect:type=plugins,*", "dev.belay:type=sink-task,*"}) {
        for (ObjectName bean : beans.queryNames(new ObjectName(pattern), null)) {
          String connector = bean.getKeyProperty("connector");
          if (connector != null && bean.getKeyProperty("topic") == null) {
            String name = connector.startsWith("\"") ? ObjectName.unquote(connector) : connector;
            into.merge(name, of(beans, bean), Meters::plus);
          }
        }
      }
    } catch (IOException | JMException | SecurityException e) {
      throw new IOException(
          "JMX at " + address + " does not answer. Is it HOST:PORT of a worker's JMX?");
    }
  }

  private static Meters of(MBeanServerConnection beans, ObjectName bean)
      throws IOException, JMException {
    Map<String, Double> numbers = new TreeMap<>();
    for (Attribute each : beans.getAttributes(bean, SUMMED.toArray(String[]::new)).asList()) {
      if (each.getValue() instanceof Number number) {
        numbers.put(each.getName(), number.doubleValue());
      }
    }
    String stall = "";
    for (Attribute each : beans.getAttributes(bean, new String[] {STALL}).asList()) {
      stall = String.valueOf(each.getValue());
    }
    return new Meters(numbers, stall);
  }

  private Meters plus(Meters other) {
    Map<String, Double> sums = new TreeMap<>(numbers);
    other.numbers.forEach((name, value) -> sums.merge(name, value, Double::sum));
    return new Meters(sums, stall.isBlank() ? other.stall : stall);
  }
}
