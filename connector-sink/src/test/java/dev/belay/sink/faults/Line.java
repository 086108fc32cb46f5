package dev.belay.sink.faults;

import dev.belay.sink.harness.TargetKind;
import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.Trees;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.kafka.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Broker, worker with the shipped zips, and the database of this run, each in a process of its own
 * that may be killed. Started once for all tests of this room; {@link #mend} before each makes good
 * what the last one broke. Not {@code RealParts}, whose broker lives in the JVM of the tests.
 */
final class Line implements BeforeAllCallback {
  /**
   * How long a process that is gone keeps its place in its groups. Kafka's usual least is 6 s; less
   * only makes the tests faster, and spurious rebalances on a busy machine must harm nobody.
   */
  private static final String SESSION_MS = "3000";

  /** Few, so that a test can take them all. */
  static final int CONNECTIONS = 40;

  private Running running;

  @Override
  public void beforeAll(ExtensionContext context) {
    TargetKind.ofThisRun().assumeAvailable();
    running =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.GLOBAL)
            .computeIfAbsent(Running.class, key -> new Running(), Running.class);
  }

  KafkaProcess kafka() {
    return running.kafka;
  }

  Topics topics() {
    return running.topics;
  }

  DatabaseServer database() {
    return running.database;
  }

  ConnectWorker worker() {
    return running.worker;
  }

  /** Another worker of the same cluster; the caller closes it. */
  ConnectWorker anotherWorker() throws IOException {
    return running.worker("another");
  }

  /** Everything that was killed, stopped or frozen runs again. */
  void mend() throws IOException {
    if (!running.kafka.isAlive()) {
      running.kafka.restart();
    }
    if (!running.database.isAlive()) {
      running.database.restart();
    }
    running.worker.thaw();
    if (!running.worker.isAlive()) {
      running.worker.restart();
    }
  }

  private static final class Running implements AutoCloseable {
    private final Path dir;
    private final KafkaProcess kafka;
    private final Topics topics;
    private final DatabaseServer database;
    private final ConnectWorker worker;

    Running() {
      try {
        dir = Files.createTempDirectory("belay-line-");
        kafka =
            KafkaProcess.start(
                dir.resolve("kafka"),
                LoopbackPort.free(),
                // a topic that is deleted must not come back because a consumer asks for it
                Map.of(
                    "group.min.session.timeout.ms", "1000", "auto.create.topics.enable", "false"));
        topics = new Topics(kafka.bootstrapServers());
        database = TargetKind.ofThisRun().startAudited(CONNECTIONS);
        worker = worker("worker");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private ConnectWorker worker(String name) throws IOException {
      Map<String, String> properties = new HashMap<>();
      // Never within a test: what Kafka knows of the position must not matter.
      properties.put("offset.flush.interval.ms", "600000");
      for (String prefix : List.of("", "consumer.")) {
        properties.put(prefix + "session.timeout.ms", SESSION_MS);
        properties.put(prefix + "heartbeat.interval.ms", "500");
      }
      return ConnectWorker.in(dir.resolve(name), kafka.bootstrapServers())
          .plugin(zips())
          .properties(properties)
          .start();
    }

    /** The plugin's, and over it the one with the driver that users unpack there. */
    private static List<Path> zips() {
      Path plugin = Path.of(System.getProperty("belay.sink.zip"));
      String drivers = System.getProperty("belay.sink.driver.zips");
      return switch (TargetKind.ofThisRun()) {
        case POSTGRESQL, COCKROACHDB -> List.of(plugin);
        case MYSQL -> List.of(plugin, Path.of(drivers + "mysql.zip"));
        case MARIADB, MARIADB_OLD -> List.of(plugin, Path.of(drivers + "mariadb.zip"));
      };
    }

    @Override
    public void close() throws IOException {
      worker.close();
      topics.close();
      database.close();
      kafka.close();
      Trees.delete(dir);
    }
  }
}
