package dev.belay.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.source.StatusTopic.KafkaAwayException;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.TableName;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables that a feed had when its status was last told, which filters would lose without a word
 * when a table is dropped, renamed or hidden from the user: nothing on the cluster remembers what
 * is read over SQL, and Connect lists no offsets.
 */
final class ToldTables {
  private static final Logger LOG = LoggerFactory.getLogger(ToldTables.class);
  private static final JsonMapper JSON = new JsonMapper();

  private ToldTables() {}

  /**
   * Reads the status topic; none where tables are chosen by name alone, or nothing was told yet.
   *
   * @throws ConnectException if Kafka does not answer
   */
  static SortedSet<TableName> of(SourceConfig config) {
    SortedSet<TableName> tables = new TreeSet<>();
    if (!config.hasFilters()) {
      return tables;
    }
    try {
      if (StatusTopic.partitions(config, List.of(config.statusTopic())).isEmpty()) {
        return tables;
      }
      Map<String, JsonNode> last = new HashMap<>();
      try (StatusLog log = StatusLog.since(config, Instant.EPOCH)) {
        log.toEnd(record -> last.put(read(record.key()).toString(), read(record.value())));
      }
      last.values().stream()
          .filter(status -> status.path("connector").asText().equals(config.connector()))
          .filter(status -> status.path("feed").asText().equals(config.feedId()))
          .forEach(
              status ->
                  status
                      .path("tables")
                      .forEach(name -> TableName.parse(name.asText(), "").ifPresent(tables::add)));
    } catch (KafkaAwayException e) {
      if (!e.isHopeless()) {
        throw new ConnectException("Cannot ask Kafka which tables the feed had: " + e.getMessage());
      }
      LOG.warn(
          "A table that is dropped, renamed or hidden from this user leaves the feed without a word,"
              + " since the status topic cannot be read: {}",
          e.getMessage());
    }
    return tables;
  }

  /** Nothing where there is no JSON. */
  private static JsonNode read(byte[] text) {
    try {
      return text == null ? JSON.missingNode() : JSON.readTree(text);
    } catch (IOException notOurs) {
      return JSON.missingNode();
    }
  }
}
