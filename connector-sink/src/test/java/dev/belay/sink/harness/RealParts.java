package dev.belay.sink.harness;

import dev.belay.testkit.Trees;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One broker and one PostgreSQL for all test classes of this JVM, started when first needed and
 * stopped at its end:
 *
 * <pre>
 *   {@literal @}RegisterExtension static final RealParts PARTS = new RealParts();
 * </pre>
 */
public final class RealParts implements BeforeAllCallback {
  private Running running;

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.GLOBAL)
            .computeIfAbsent(Running.class, key -> new Running(), Running.class);
  }

  public String bootstrapServers() {
    return running.kafka.bootstrapServers();
  }

  public Topics topics() {
    return running.topics;
  }

  /** Shared: a test that stops or changes a server starts one of its own. */
  public PostgresServer postgres() {
    return running.postgres;
  }

  private static final class Running implements AutoCloseable {
    private final Path dir;
    private final EmbeddedKafka kafka;
    private final Topics topics;
    private final PostgresServer postgres;

    Running() {
      try {
        dir = Files.createTempDirectory("belay-harness-");
        kafka = EmbeddedKafka.start(dir.resolve("kafka"));
        topics = new Topics(kafka.bootstrapServers());
        postgres = PostgresServer.start(PostgresServer.Version.NEW);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      topics.close();
      postgres.close();
      kafka.close();
      Trees.delete(dir);
    }
  }
}
