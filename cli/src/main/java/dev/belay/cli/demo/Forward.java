package dev.belay.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The two connectors of the forward direction: what config/forward has for PostgreSQL, with the
 * addresses of this machine, where nothing is encrypted.
 */
final class Forward {

  /** The sink. */
  static final String CONNECTOR = "forward";

  static final String SOURCE = "debezium";

  /** What the names of the origins begin with that the sink on the way back marks its rows by. */
  static final String MARK = "belay_";

  private static final String PREFIX = "forward.public.";

  private Forward() {}

  /** The topic of each table, in the same order. */
  static List<String> topics(Collection<String> tables) {
    return tables.stream().map(table -> PREFIX + table).toList();
  }

  /**
   * Debezium's settings.
   *
   * @param snapshot whether the rows that are there are sent first
   */
  static Map<String, String> source(
      int port, String database, Collection<String> tables, boolean snapshot) throws IOException {
    Map<String, String> config = shipped("postgres.json");
    config.put("database.hostname", "127.0.0.1");
    config.put("database.port", Integer.toString(port));
    config.put("database.dbname", database);
    config.put("database.sslmode", "disable");
    config.remove("database.sslrootcert");
    config.put("database.password", "none");
    config.put(
        "table.include.list",
        tables.stream()
            .map(table -> "public\\." + table)
            .collect(Collectors.joining(",", "", ",belay\\.debezium_heartbeat")));
    if (!snapshot) {
      config.put("snapshot.mode", "no_data");
    }
    config.put("topic.creation.default.replication.factor", "1");
    config.put("topic.creation.transaction.replication.factor", "1");
    return config;
  }

  /** Settings of the sink, for one way alone. */
  static Map<String, String> connector(
      String bootstrapServers, String targetUrl, String user, Collection<String> tables)
      throws IOException {
    Map<String, String> config = shipped("sink-postgres.json");
    config.put("topics", String.join(",", topics(tables)));
    config.put("target.connection.url", targetUrl.replace("jdbc:postgresql:", "jdbc:cockroachdb:"));
    config.put("target.connection.user", user);
    config.remove("target.connection.password");
    config.keySet().removeIf(key -> key.startsWith("target.jdbc."));
    config.put("kafka.admin.bootstrap.servers", bootstrapServers);
    return config;
  }

  /** What the sink needs besides where the other way is open too. */
  static Map<String, String> bothWays() {
    return Map.of("origin.mark", "on", "origin.filter", MARK);
  }

  private static Map<String, String> shipped(String file) throws IOException {
    String resource = "/dev/belay/cli/demo/forward/" + file;
    try (InputStream in = Forward.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("The command was built without its resource " + resource);
      }
      Map<String, String> config = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> setting :
          new ObjectMapper().readTree(in).path("config").properties()) {
        config.put(setting.getKey(), setting.getValue().asText());
      }
      return config;
    }
  }
}
