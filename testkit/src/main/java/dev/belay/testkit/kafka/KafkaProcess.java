package dev.belay.testkit.kafka;

import dev.belay.testkit.ChildJvm;
import dev.belay.testkit.ClassPath;
import dev.belay.testkit.LoopbackPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The broker of {@link EmbeddedKafka} in a JVM of its own, for tests that kill it. It ends with
 * this JVM. One thread at a time.
 */
public final class KafkaProcess implements AutoCloseable {

  private static final Duration START_WAIT = Duration.ofSeconds(60);
  private static final Duration STOP_WAIT = Duration.ofSeconds(15);

  private final Path dir;
  private final int port;
  private final Map<String, String> settings;
  private ChildJvm jvm;

  private KafkaProcess(Path dir, int port, Map<String, String> settings) throws IOException {
    this.dir = dir;
    this.port = port;
    this.settings = new TreeMap<>(settings);
    this.jvm = launch();
  }

  /** Starts on a free port; see {@link #start(Path, int)}. */
  public static KafkaProcess start(Path dir) throws IOException {
    return start(dir, LoopbackPort.free());
  }

  /** Starts with the default settings; see {@link #start(Path, int, Map)}. */
  public static KafkaProcess start(Path dir, int port) throws IOException {
    return start(dir, port, Map.of());
  }

  /**
   * Starts a broker and returns when clients can use it.
   *
   * @param dir where it keeps everything, its {@link #logFile()} too; created if missing
   * @param settings broker properties that win over those of {@link EmbeddedKafka}
   * @throws IllegalStateException with the end of its log if it does not start
   */
  public static KafkaProcess start(Path dir, int port, Map<String, String> settings)
      throws IOException {
    Files.createDirectories(dir);
    return new KafkaProcess(dir, port, settings);
  }

  /** Starts it again on the same port and folder, after it was stopped, killed, or neither. */
  public void restart() throws IOException {
    stop();
    jvm = launch();
  }

  /** Where clients connect, {@code host:port}; the same after a restart. */
  public String bootstrapServers() {
    return LoopbackPort.HOST + ":" + port;
  }

  public int port() {
    return port;
  }

  public long pid() {
    return jvm.pid();
  }

  public boolean isAlive() {
    return jvm.isAlive();
  }

  public Path logFile() {
    return dir.resolve("kafka.log");
  }

  /** Ends it with {@code kill -9}; what a client was not told to be written may be lost. */
  public void kill9() {
    jvm.kill9();
  }

  /** Shuts it down in order. Does nothing if it has ended. */
  public void stop() {
    jvm.stop(STOP_WAIT);
  }

  @Override
  public void close() {
    stop();
  }

  private ChildJvm launch() throws IOException {
    List<String> options = new ArrayList<>(ChildJvm.logging("info"));
    options.add("-Xmx256m");
    List<String> arguments = new ArrayList<>(List.of(dir.toString(), Integer.toString(port)));
    settings.forEach((key, value) -> arguments.add(key + "=" + value));
    ChildJvm started =
        ChildJvm.start(
            KafkaMain.class,
            arguments,
            ClassPath.ofThisJvm(),
            options,
            dir.resolve("address"),
            logFile());
    started.awaitAnnouncement(START_WAIT);
    return started;
  }
}
