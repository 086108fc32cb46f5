package dev.belay.testkit.connect;

import dev.belay.testkit.ChildLife;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.connect.cli.ConnectDistributed;
import org.apache.kafka.connect.runtime.Connect;

/** The worker as a program of its own: {@code ANNOUNCEMENT-FILE PROPERTIES-FILE}. Ends on TERM. */
public final class ConnectMain {

  private ConnectMain() {}

  public static void main(String[] args) {
    ChildLife.run(() -> serve(Path.of(args[0]), Path.of(args[1])));
  }

  private static void serve(Path announcement, Path propertiesFile) throws IOException {
    Connect<?> connect = new ConnectDistributed().startConnect(read(propertiesFile));
    ChildLife.announce(announcement, connect.rest().advertisedUrl().toString());
    connect.awaitStop();
  }

  private static Map<String, String> read(Path file) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    }
    Map<String, String> settings = new HashMap<>();
    properties
        .stringPropertyNames()
        .forEach(name -> settings.put(name, properties.getProperty(name)));
    return settings;
  }
}
