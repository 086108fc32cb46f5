package dev.belay.sink.harness;

import dev.belay.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One PostgreSQL of each version for all test classes of this JVM, started when first asked for and
 * stopped at its end. For tests that need no Kafka; those that do have {@link RealParts}.
 */
public final class Servers implements BeforeAllCallback {
  private ExtensionContext.Store store;

  @Override
  public void beforeAll(ExtensionContext context) {
    store = context.getRoot().getStore(ExtensionContext.Namespace.create(Servers.class));
  }

  public PostgresServer postgres(PostgresServer.Version version) {
    return store.computeIfAbsent(version, Servers::start, Running.class).server();
  }

  private static Running start(PostgresServer.Version version) {
    try {
      return new Running(PostgresServer.start(version));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Running(PostgresServer server) implements AutoCloseable {
    @Override
    public void close() {
      server.close();
    }
  }
}
