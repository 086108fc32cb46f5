package dev.belay.bench;

import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.Trees;
import dev.belay.testkit.kafka.KafkaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The servers that all contestants share: a broker in a JVM of its own and a durable database. They
 * and their folder are gone after {@link #close}. One thread at a time.
 */
final class Stage implements AutoCloseable {

  private final Path dir;
  private final KafkaProcess kafka;
  private final Engine engine;
  private final DatabaseServer server;
  private int databases;

  private Stage(Path dir, KafkaProcess kafka, Engine engine, DatabaseServer server) {
    this.dir = dir;
    this.engine = engine;
    this.kafka = kafka;
    this.server = server;
  }

  /** Starts both in a new folder among the temporary files. */
  static Stage start(Engine engine) throws IOException {
    Path dir = Files.createTempDirectory("belay-bench-");
    try {
      KafkaProcess kafka = KafkaProcess.start(dir.resolve("kafka"));
      DatabaseServer server = engine.start(dir.resolve("database"));
      return new Stage(dir, kafka, engine, server);
    } catch (IOException | RuntimeException e) {
      // The broker ends with this JVM at the latest; its folder is not worth keeping.
      Trees.delete(dir);
      throw e;
    }
  }

  KafkaProcess kafka() {
    return kafka;
  }

  Engine engine() {
    return engine;
  }

  DatabaseServer server() {
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
      engine.settle(statement);
    }
    return name;
  }

  /** Drops it with all its sessions, so that autovacuum leaves it alone. */
  void drop(String database) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      engine.drop(statement, database);
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
