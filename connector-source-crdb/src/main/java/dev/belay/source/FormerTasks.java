package dev.belay.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.source.StatusTopic.KafkaAwayException;
import dev.belay.source.config.SourceConfig;
import java.io.IOException;
import java.time.Instant;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks that a connector had and has no more: nobody speaks for them, and their last words would
 * stay in the status topic, which says RUNNING of what nobody reads.
 */
final class FormerTasks {
  private static final Logger LOG = LoggerFactory.getLogger(FormerTasks.class);
  private static final JsonMapper JSON = new JsonMapper();

  private FormerTasks() {}

  /**
   * Reads the status topic, which must be there. None where Kafka does not tell: the feed does not
   * wait for it.
   *
   * @param share of the task that asks; only the first one speaks for others
   */
  static SortedSet<Integer> of(SourceConfig config, TableShare share) {
    SortedSet<Integer> former = new TreeSet<>();
    // a share that an older version wrote does not know how many there are
    if (share.task() != 0 || share.tasks() == 0) {
      return former;
    }
    try (StatusLog log = StatusLog.since(config, Instant.EPOCH)) {
      log.toEnd(
          record -> {
            JsonNode key = read(record.key());
            int task = key.path("task").asInt(-1);
            if (task >= share.tasks()
                && key.path("connector").asText().equals(config.connector())) {
              if (record.value() == null) {
                former.remove(task);
              } else {
                former.add(task);
              }
            }
          });
    } catch (KafkaAwayException e) {
      LOG.info("What former tasks have told stays in the status topic: {}", e.getMessage());
      former.clear();
    }
    return former;
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
