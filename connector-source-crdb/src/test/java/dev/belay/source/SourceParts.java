package dev.belay.source;

import dev.belay.testkit.Trees;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One broker, one stand-in, and one worker with the zip that is shipped, for all test classes of
 * this JVM; started when first needed and stopped at its end.
 */
final class SourceParts implements BeforeAllCallback {
  private Running running;

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.GLOBAL)
            .computeIfAbsent(Running.class, key -> new Running(), Running.class);
  }

  EmbeddedKafka kafka() {
    return running.kafka;
  }

  StandIn standIn() {
    return running.standIn;
  }

  /** Shared: a test that kills it waits until it is up again. */
  ConnectWorker worker() {
    return running.worker;
  }

  /** Names that the worker can resolve, as lines of {@code /etc/hosts}; read at each look-up. */
  Path hosts() {
    return running.hosts;
  }

  private static final class Running implements AutoCloseable {
    private final Path dir;
    private final Path hosts;
    private final EmbeddedKafka kafka;
    private final StandIn standIn;
    private final ConnectWorker worker;

    Running() {
      try {
        dir = Files.createTempDirectory("belay-source-");
        String self = InetAddress.getLocalHost().getHostName();
        hosts = Files.writeString(dir.resolve("hosts"), "127.0.0.1 localhost " + self + "\n");
        kafka = EmbeddedKafka.start(dir.resolve("kafka"));
        standIn = StandIn.start();
        worker =
            ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
                .plugins(List.of(Path.of(System.getProperty("belay.source.zip"))))
                .jvmOptions(
                    List.of(
                        "-Djdk.net.hosts.file=" + hosts,
                        "-Dsun.net.inetaddr.ttl=0",
                        "-Dsun.net.inetaddr.negative.ttl=0"))
                .start();
        worker.awaitHealthy(Duration.ofSeconds(90));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() throws IOException {
      worker.close();
      standIn.close();
      kafka.close();
      Trees.delete(dir);
    }
  }
}
