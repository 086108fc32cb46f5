package dev.belay.testkit.kafka;

import dev.belay.testkit.LoopbackPort;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * One Kafka node, broker and controller, in this JVM. Topics that are not there are created when
 * first used, with one partition; {@link Topics} makes others. The folder keeps topics, offsets and
 * groups: a broker that starts on it again carries on, whichever ports it gets and however its
 * predecessor ended.
 *
 * <p>Several may live in one JVM. Methods may be called from any thread.
 */
public final class EmbeddedKafka implements AutoCloseable {

  private static final int ATTEMPTS = 3;

  private final KafkaRaftServer server;
  private final int port;

  private EmbeddedKafka(KafkaRaftServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /** Starts on a free port; see {@link #start(Path, int, Map)}. */
  public static EmbeddedKafka start(Path dir) throws IOException {
    return start(dir, 0);
  }

  /** Starts with the default settings; see {@link #start(Path, int, Map)}. */
  public static EmbeddedKafka start(Path dir, int port) throws IOException {
    return start(dir, port, Map.of());
  }

  /**
   * Starts a broker and returns when clients can use it, after about two seconds in a fresh JVM.
   *
   * @param dir where it keeps everything; created if missing
   * @param port of the broker; 0 for a free one
   * @param settings broker properties that win over those chosen here
   * @throws IOException if the folder cannot be prepared or the broker does not start, for instance
   *     because the port is taken; nothing of it runs on then
   */
  public static EmbeddedKafka start(Path dir, int port, Map<String, String> settings)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return startOnce(dir, port == 0 ? LoopbackPort.free() : port, settings);
      } catch (IOException e) {
        // Somebody may have taken one of the free ports, ours or the controller's, just before us.
        boolean another = port == 0 || LoopbackPort.isFree(port);
        if (attempt == ATTEMPTS || !another || !isPortTaken(e)) {
          throw e;
        }
      }
    }
  }

  private static EmbeddedKafka startOnce(Path dir, int port, Map<String, String> settings)
      throws IOException {
    Files.createDirectories(dir);
    Properties properties = properties(dir, port);
    properties.putAll(settings);
    format(dir, properties);
    KafkaRaftServer server =
        new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    try {
      server.startup();
    } catch (RuntimeException e) {
      // The half that did start would go on writing to the folder, under the feet of the next one.
      server.shutdown();
      server.awaitShutdown();
      throw new IOException("Kafka does not start on port " + port + " and folder " + dir, e);
    }
    return new EmbeddedKafka(server, port);
  }

  private static boolean isPortTaken(IOException e) {
    return Stream.iterate((Throwable) e, Objects::nonNull, Throwable::getCause)
        .anyMatch(BindException.class::isInstance);
  }

  /** Where clients connect, {@code host:port}. */
  public String bootstrapServers() {
    return LoopbackPort.HOST + ":" + port;
  }

  /** The port of the broker, to start it there again. */
  public int port() {
    return port;
  }

  /** Shuts down in order and returns when the broker is gone; the folder stays. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static Properties properties(Path dir, int port) {
    String host = LoopbackPort.HOST;
    int controller = LoopbackPort.free();
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", "1");
    // Voters named here, not in the log: the controller's port may differ at each start.
    p.put("controller.quorum.voters", "1@" + host + ":" + controller);
    p.put(
        "listeners",
        "PLAINTEXT://" + host + ":" + port + ",CONTROLLER://" + host + ":" + controller);
    p.put("advertised.listeners", "PLAINTEXT://" + host + ":" + port);
    p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("controller.listener.names", "CONTROLLER");
    p.put("inter.broker.listener.name", "PLAINTEXT");
    p.put("log.dirs", dir.toAbsolutePath().toString());
    p.put("auto.create.topics.enable", "true");
    p.put("num.partitions", "1");
    p.put("default.replication.factor", "1");
    p.put("min.insync.replicas", "1");
    p.put("offsets.topic.replication.factor", "1");
    p.put("offsets.topic.num.partitions", "1");
    p.put("transaction.state.log.replication.factor", "1");
    p.put("transaction.state.log.min.isr", "1");
    p.put("transaction.state.log.num.partitions", "1");
    p.put("share.coordinator.state.topic.replication.factor", "1");
    p.put("share.coordinator.state.topic.min.isr", "1");
    p.put("group.initial.rebalance.delay.ms", "0"); // else 3 s before each first assignment
    p.put("log.cleaner.dedupe.buffer.size", "2097152"); // else 128 MB of heap
    // A broker that was killed comes back only after its old session has run out: 9 s unless told.
    // Shorter than this, a busy machine lets sessions of the living run out.
    p.put("broker.session.timeout.ms", "3000");
    p.put("broker.heartbeat.interval.ms", "500");
    return p;
  }

  /** What {@code kafka-storage format} does, once for a folder. */
  private static void format(Path dir, Properties properties) throws IOException {
    Path file = dir.resolve("server.properties");
    try (OutputStream out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
    if (Files.exists(dir.resolve("meta.properties"))) {
      return;
    }
    String[] command = {
      "format", "--cluster-id", Uuid.randomUuid().toString(), "--config", file.toString()
    };
    int status = StorageTool.execute(command, new PrintStream(OutputStream.nullOutputStream()));
    if (status != 0) {
      throw new IOException("Cannot format " + dir + " for Kafka: status " + status);
    }
  }
}
