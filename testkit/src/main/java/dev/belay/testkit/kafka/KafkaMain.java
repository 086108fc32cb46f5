package dev.belay.testkit.kafka;

import dev.belay.testkit.ChildLife;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The broker as a program of its own: {@code ANNOUNCEMENT-FILE DIR PORT [KEY=VALUE]...}. Ends on
 * TERM.
 */
public final class KafkaMain {

  private KafkaMain() {}

  public static void main(String[] args) {
    Map<String, String> settings = new HashMap<>();
    for (String setting : List.of(args).subList(3, args.length)) {
      int equals = setting.indexOf('=');
      settings.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    ChildLife.run(
        () -> serve(Path.of(args[0]), Path.of(args[1]), Integer.parseInt(args[2]), settings));
  }

  /** Returns when the broker is up; its own threads keep the JVM alive. */
  private static void serve(Path announcement, Path dir, int port, Map<String, String> settings)
      throws IOException {
    EmbeddedKafka kafka = EmbeddedKafka.start(dir, port, settings);
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "kafka-close"));
    ChildLife.announce(announcement, kafka.bootstrapServers());
  }
}
