package dev.belay.source.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** CockroachDB's {@code kafka_sink_config}: the user's, with what must be in it. */
final class KafkaSinkConfig {
  private static final JsonMapper JSON = new JsonMapper();

  private KafkaSinkConfig() {}

  /**
   * Reads the user's part.
   *
   * @throws IllegalArgumentException if the text is no JSON object, or has a ClientID
   */
  static ObjectNode parse(String text) {
    if (text.isBlank()) {
      return JSON.createObjectNode();
    }
    JsonNode read;
    try {
      read = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("is no JSON: " + e.getOriginalMessage(), null);
    }
    if (!(read instanceof ObjectNode object)) {
      throw new IllegalArgumentException("is no JSON object");
    }
    if (object.has("ClientID")) {
      throw new IllegalArgumentException(
          "has a ClientID, which is how the connector knows its jobs; leave it out");
    }
    return object;
  }

  /** What all jobs of the feed have, but for the client id. */
  static ObjectNode complete(String text) {
    ObjectNode config = parse(text).deepCopy();
    if (!config.has("RequiredAcks")) {
      config.put("RequiredAcks", "ALL");
    }
    return config;
  }
}
