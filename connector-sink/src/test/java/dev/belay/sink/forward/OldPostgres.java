package dev.belay.sink.forward;

import dev.belay.sink.target.postgres.PsqlScript;
import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.docs.ConnectorFile;
import dev.belay.testkit.docs.Repository;
import dev.belay.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** PostgreSQL 18, as a source. */
final class OldPostgres implements OldDatabase {
  private final PostgresServer server;

  private OldPostgres(PostgresServer server) {
    this.server = server;
  }

  static OldPostgres start() throws IOException, SQLException {
    PostgresServer server =
        PostgresServer.start(PostgresServer.Version.NEW, Map.of("wal_level", "logical"));
    server.createDatabase(DATABASE);
    return new OldPostgres(server);
  }

  @Override
  public DatabaseServer server() {
    return server;
  }

  @Override
  public void admitDebezium(List<String> tables) throws IOException, SQLException {
    try (Connection admin = connect()) {
      PsqlScript.run(
          admin,
          PsqlScript.file("debezium.sql"),
          Map.of("role", USER, "schema", "public", "tables", String.join(", ", tables)));
    }
  }

  @Override
  public Map<String, String> source(String bootstrapServers) throws IOException {
    Map<String, String> config =
        ConnectorFile.read(Repository.ROOT.resolve("config/forward/postgres.json")).config();
    config.put("database.hostname", LoopbackPort.HOST);
    config.put("database.port", Integer.toString(server.port()));
    config.put("database.password", "any");
    config.put("database.sslmode", "disable");
    config.remove("database.sslrootcert");
    config.put("topic.creation.default.replication.factor", "1");
    config.put("topic.creation.transaction.replication.factor", "1");
    return config;
  }

  @Override
  public Path plugin() {
    return OldDatabase.plugin("postgres");
  }
}
