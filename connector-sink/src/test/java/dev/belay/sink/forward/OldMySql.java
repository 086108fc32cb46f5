package dev.belay.sink.forward;

import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.docs.ConnectorFile;
import dev.belay.testkit.docs.Repository;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** MySQL 9.7, as a source. */
final class OldMySql implements OldDatabase {
  private static final String PASSWORD = "of-debezium";

  private final MySqlServer server;

  private OldMySql(MySqlServer server) {
    this.server = server;
  }

  static OldMySql start() throws IOException, SQLException {
    MySqlServer server =
        MySqlServer.start(
            Product.MYSQL,
            Map.of(
                "log-bin",
                "binlog",
                "server-id",
                "1",
                "gtid-mode",
                "ON",
                "enforce-gtid-consistency",
                "ON",
                "binlog-row-metadata",
                "FULL"));
    server.createDatabase(DATABASE);
    return new OldMySql(server);
  }

  @Override
  public DatabaseServer server() {
    return server;
  }

  @Override
  public void admitDebezium(List<String> tables) throws IOException, SQLException {
    String script =
        Files.readString(Repository.ROOT.resolve("config/sql/mysql/debezium.sql"))
            .replaceAll("(?m)^--.*\n", "")
            .replace("DEBEZIUM_USER", USER)
            .replace("SHOP_DATABASE", DATABASE);
    try (Connection admin = connect()) {
      for (String statement : script.split(";\n")) {
        OldDatabase.execute(admin, statement);
      }
      OldDatabase.execute(
          admin, "ALTER USER '" + USER + "'@'%' IDENTIFIED BY '" + PASSWORD + "' ACCOUNT UNLOCK");
    }
  }

  @Override
  public Map<String, String> source(String bootstrapServers) throws IOException {
    Map<String, String> config =
        ConnectorFile.read(Repository.ROOT.resolve("config/forward/mysql.json")).config();
    config.put("database.hostname", LoopbackPort.HOST);
    config.put("database.port", Integer.toString(server.port()));
    config.put("database.password", PASSWORD);
    config.put("database.ssl.mode", "required");
    config.keySet().removeIf(key -> key.startsWith("database.ssl.truststore"));
    config.put("schema.history.internal.kafka.bootstrap.servers", bootstrapServers);
    config.put("topic.creation.default.replication.factor", "1");
    config.put("topic.creation.transaction.replication.factor", "1");
    return config;
  }

  @Override
  public Path plugin() {
    return OldDatabase.plugin("mysql");
  }
}
