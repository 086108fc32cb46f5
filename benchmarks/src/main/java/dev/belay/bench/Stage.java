package dev.belay.bench;

import dev.belay.testkit.Trees;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * The servers that all contestants share: a broker in a JVM of its own and a durable PostgreSQL.
 * They and their folder are gone after {@link #close}. One thread at a time.
 */
final class Stage implements AutoCloseable {

  /** Said in the report. Room enough that no contestant meets a checkpoint that another caused. */
  static final Map<String, String> SERVER_SETTINGS =
      Map.of(
          "shared_buffers", "1GB",
          "max_wal_size", "16GB",
          "checkpoint_timeout", "1h",
          "wal_compression", "off",
          "max_connections", "50");

  private final Path dir;
  private final KafkaProcess kafka;
  private final PostgresServer server;
  private int databases;

  private Stage(Path dir, KafkaProcess kafka, PostgresServer server) {
    this.dir = dir;
    this.kafka = kafka;
    this.server = server;
  }

  /** Starts both in a new folder among the temporary files. */
  static Stage start() throws IOException {
    Path dir = Files.createTempDirectory("belay-bench-");
    try {
      KafkaProcess kafka = KafkaProcess.start(dir.resolve("kafka"));
      PostgresServer server =
          PostgresServer.start(
              PostgresServer.Version.NEW, dir.resolve("postgresql"), 0, true, SERVER_SETTINGS);
      return new Stage(dir, kafka, server);
    } catch (IOException | RuntimeException e) {
      // The broker ends with this JVM at the latest; its folder is not worth keeping.
      Trees.delete(dir);
      throw e;
    }
  }

  KafkaProcess kafka() {
    return kafka;
  }

  PostgresServer server() {
    return server;
  }

  /** A folder of its own for a contestant's files. */
  Path folder(String name) throws IOException {
    return Files.createDirectories(dir.resolve(name));
  }

  /** Makes an empty database, and the server as if it had just started: nothing left to write. */
  String freshDatabase() throws SQLException {
    String name = "bench_" + ++databases;
    server.createDatabase(name);
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT");
    }
    return name;
  }

  /** Drops it with all its sessions, so that autovacuum leaves it alone. */
  void drop(String database) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP DATABASE " + database + " WITH (FORCE)");
    }
  }

  @Override
  public void close() {
    server.close();
    kafka.kill9();
    try {
      Trees.delete(dir);
    } catch (IOException e) {
      System.err.println("belay bench: " + dir + " is left behind: " + e.getMessage());
    }
  }
}
