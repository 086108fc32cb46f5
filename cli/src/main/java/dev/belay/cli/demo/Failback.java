package dev.belay.cli.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a user writes to fail back: the two connectors. */
final class Failback {

  /** The sink. */
  static final String CONNECTOR = "failback";

  static final String SOURCE = "changefeed";

  /** Topics are named after the tables. */
  static final int PARTITIONS = 4;

  private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Failback() {}

  /**
   * Settings of the source connector. The rows are on both sides already, so no initial scan.
   *
   * @param url of the new database
   * @param cursor when both sides were equal
   */
  static Map<String, String> source(
      String bootstrapServers, String url, String user, String cursor, Feed feed) {
    Map<String, String> config = new LinkedHashMap<>();
    config.put("connector.class", "dev.belay.source.CockroachSourceConnector");
    config.put("tasks.max", "1");
    config.put("key.converter", BYTES);
    config.put("value.converter", BYTES);
    config.put("source.connection.url", url);
    config.put("source.connection.user", user);
    config.put("feed.delivery", feed.word());
    config.put("feed.tables", String.join(",", Shop.TABLES));
    config.put("feed.full.table.name", "false");
    config.put("feed.initial.scan", "no");
    config.put("feed.cursor", cursor);
    config.put("feed.resolved.interval.ms", "200");
    if (feed == Feed.KAFKA) {
      config.put("feed.sink.uri", "kafka://" + bootstrapServers);
      config.put("supervise.interval.ms", "1000");
    }
    config.put("kafka.admin.bootstrap.servers", bootstrapServers);
    return config;
  }

  /** Settings of the sink connector. */
  static Map<String, String> connector(
      String bootstrapServers, String targetUrl, String user, Mode mode) {
    Map<String, String> config = new LinkedHashMap<>();
    config.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    config.put("tasks.max", "1");
    config.put("topics", String.join(",", Shop.TABLES));
    config.put("key.converter", BYTES);
    config.put("value.converter", BYTES);
    config.put("target.connection.url", targetUrl);
    config.put("target.connection.user", user);
    config.put("delivery.mode", mode.word());
    if (mode == Mode.BEST_EFFORT) {
      // Short enough for the killed worker to fall out of it, so that both ways are shown.
      config.put("best.effort.window.ms", "2000");
    }
    config.put("checkpoint.create", "never");
    config.put("kafka.admin.bootstrap.servers", bootstrapServers);
    config.put("consumer.override.isolation.level", "read_committed");
    return config;
  }

  /** The body that is POSTed to Connect. */
  static String json(String name, Map<String, String> connector) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("name", name);
    ObjectNode config = body.putObject("config");
    connector.forEach(config::put);
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
