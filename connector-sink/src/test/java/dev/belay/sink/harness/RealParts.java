package dev.belay.sink.harness;

import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.Trees;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One broker and one database server for all test classes of this JVM, started when first needed
 * and stopped at its end:
 *
 * <pre>
 *   {@literal @}RegisterExtension static final RealParts PARTS = new RealParts();
 * </pre>
 */
public final class RealParts implements BeforeAllCallback {
  private static final int CONNECTIONS = 100;

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

  public String bootstrapServers() {
    return running.kafka.bootstrapServers();
  }

  public Topics topics() {
    return running.topics;
  }

  /**
   * An empty database on a server that is shared: a test that stops or changes a server starts one
   * of its own.
   */
  public TargetDatabase newDatabase() throws SQLException {
    return running.newDatabase();
  }

  private interface Maker {
    TargetDatabase make() throws SQLException;
  }

  private static final class Running implements AutoCloseable {
    private final Path dir;
    private final EmbeddedKafka kafka;
    private final Topics topics;
    private final Maker maker;
    private final Runnable stopServer;

    Running() {
      try {
        dir = Files.createTempDirectory("belay-harness-");
        kafka = EmbeddedKafka.start(dir.resolve("kafka"));
        topics = new Topics(kafka.bootstrapServers());
        if (TargetKind.ofThisRun() == TargetKind.COCKROACHDB) {
          StandIns standIns = new StandIns();
          stopServer = standIns::close;
          maker = () -> TargetDatabase.on(standIns.next());
        } else {
          DatabaseServer started = TargetKind.ofThisRun().startAudited(CONNECTIONS);
          stopServer = started::close;
          maker = () -> TargetDatabase.on(started);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    TargetDatabase newDatabase() throws SQLException {
      return maker.make();
    }

    /**
     * Each database of a stand-in is captured, which costs it a reader of the whole log: after some
     * databases another one is taken. The one before it stays, for the test that is under way.
     */
    private static final class StandIns {
      private static final int DATABASES = 30;

      private final Deque<StandIn> running = new ArrayDeque<>();
      private int databases;

      StandIn next() {
        if (databases++ % DATABASES == 0) {
          try {
            running.addFirst(StandIn.start());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
          while (running.size() > 2) {
            running.removeLast().close();
          }
        }
        return running.getFirst();
      }

      void close() {
        running.forEach(StandIn::close);
      }
    }

    @Override
    public void close() throws IOException {
      topics.close();
      stopServer.run();
      kafka.close();
      Trees.delete(dir);
    }
  }
}
