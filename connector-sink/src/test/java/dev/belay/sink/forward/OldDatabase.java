package dev.belay.sink.forward;

import dev.belay.testkit.DatabaseServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** A database that one migrates from, with Debezium's user made by the script of config/sql. */
interface OldDatabase extends AutoCloseable {
  /** Debezium's user, who has only the rights that the script gives. */
  String USER = "debezium";

  String DATABASE = "shop";

  /** The one that config/forward speaks of. */
  String PREFIX = "forward";

  DatabaseServer server();

  /** As an administrator, in {@link #DATABASE}. */
  default Connection connect() throws SQLException {
    return server().connect(DATABASE);
  }

  /** Runs the script after the tables were made. */
  void admitDebezium(List<String> tables) throws IOException, SQLException;

  /** The file of config/forward with the addresses of this place; TLS is off here. */
  Map<String, String> source(String bootstrapServers) throws IOException;

  /** What Debezium's users unpack into their plugin path. */
  Path plugin();

  @Override
  default void close() {
    server().close();
  }

  static Path plugin(String name) {
    return Path.of(System.getProperty("belay.debezium"), name + ".tar.gz");
  }

  static void execute(Connection connection, String... statements) throws SQLException {
    try (Statement sql = connection.createStatement()) {
      for (String statement : statements) {
        sql.execute(statement);
      }
    }
  }
}
