package dev.belay.testkit.kafka;

import dev.belay.testkit.ChildLife;
import java.io.IOException;
import java.nio.file.Path;

/** The broker as a program of its own: {@code ANNOUNCEMENT-FILE DIR PORT}. Ends on TERM. */
public final class KafkaMain {

  private KafkaMain() {}

  public static void main(String[] args) {
    ChildLife.run(() -> serve(Path.of(args[0]), Path.of(args[1]), Integer.parseInt(args[2])));
  }

  /** Returns when the broker is up; its own threads keep the JVM alive. */
  private static void serve(Path announcement, Path dir, int port) throws IOException {
    EmbeddedKafka kafka = EmbeddedKafka.start(dir, port);
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "kafka-close"));
    ChildLife.announce(announcement, kafka.bootstrapServers());
  }
}
