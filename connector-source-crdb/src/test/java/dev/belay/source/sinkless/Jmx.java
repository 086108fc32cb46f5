package dev.belay.source.sinkless;

import dev.belay.testkit.LoopbackPort;
import java.io.IOException;
import java.util.List;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** A worker's metrics, as somebody who watches it sees them. */
final class Jmx {
  private final int port = LoopbackPort.free();

  /** For the worker's JVM. */
  List<String> options() {
    return List.of(
        "-Dcom.sun.management.jmxremote.port=" + port,
        "-Dcom.sun.management.jmxremote.rmi.port=" + port,
        "-Dcom.sun.management.jmxremote.host=" + LoopbackPort.HOST,
        "-Djava.rmi.server.hostname=" + LoopbackPort.HOST,
        "-Dcom.sun.management.jmxremote.authenticate=false",
        "-Dcom.sun.management.jmxremote.ssl=false");
  }

  JMXConnector watch() throws IOException {
    return JMXConnectorFactory.connect(
        new JMXServiceURL(
            "service:jmx:rmi:///jndi/rmi://" + LoopbackPort.HOST + ":" + port + "/jmxrmi"));
  }

  /** A metric of a connector's first task. */
  Object metric(String connector, String name) throws Exception {
    try (JMXConnector watcher = watch()) {
      return watcher
          .getMBeanServerConnection()
          .getAttribute(
              new ObjectName("kafka.connect:type=plugins,connector=" + connector + ",task=0"),
              name);
    }
  }

  long count(String connector, String name) throws Exception {
    return ((Number) metric(connector, name)).longValue();
  }
}
