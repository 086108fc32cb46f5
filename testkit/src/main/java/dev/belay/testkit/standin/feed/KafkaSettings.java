package dev.belay.testkit.standin.feed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.testkit.standin.sql.Refusal;
import java.util.Locale;
import java.util.Set;

/**
 * What {@code kafka_sink_config} says, as far as it shows here: the rest is about speed.
 *
 * <p>Not verified: what follows the first words of a refusal; CockroachDB prints its JSON library's
 * reason there. A field that nobody knows is passed over, as Go's library does.
 *
 * @param acks of Kafka's producer: 0, 1 or all
 * @param clientId as brokers see it
 */
public record KafkaSettings(String acks, String clientId) {

  /** Those of a feed without the option. */
  public static final KafkaSettings DEFAULT = new KafkaSettings("1", "CockroachDB");

  private static final JsonMapper JSON = new JsonMapper();
  private static final String WRONG =
      "failed to parse sarama config; check kafka_sink_config option";
  private static final Set<String> CODECS = Set.of("NONE", "GZIP", "SNAPPY", "LZ4", "ZSTD");

  static KafkaSettings parse(String text) {
    JsonNode root = tree(text);
    String clientId = text(root, "ClientID");
    String codec = text(root, "Compression").toUpperCase(Locale.ROOT);
    if (!codec.isEmpty() && !CODECS.contains(codec)) {
      throw Refusal.uncoded(WRONG + ": supported compression codecs are " + sorted());
    }
    return new KafkaSettings(
        acks(text(root, "RequiredAcks")), clientId.isEmpty() ? DEFAULT.clientId() : clientId);
  }

  private static JsonNode tree(String text) {
    try {
      JsonNode root = JSON.readTree(text);
      if (root.isObject()) {
        return root;
      }
    } catch (JsonProcessingException notJson) {
      // The parser's own words quote the text.
    }
    throw Refusal.uncoded(WRONG + ": not a JSON object");
  }

  private static String text(JsonNode root, String name) {
    JsonNode value = root.path(name);
    if (value.isMissingNode() || value.isTextual()) {
      return value.asText("");
    }
    throw Refusal.uncoded(WRONG + ": field " + name + " is no string");
  }

  private static String acks(String text) {
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "", "ONE", "1" -> "1";
      case "NONE", "0" -> "0";
      case "ALL", "-1" -> "all";
      default ->
          throw Refusal.uncoded(
              "failed to apply kafka client configuration: invalid acks value: " + text);
    };
  }

  private static String sorted() {
    return String.join(", ", CODECS.stream().sorted().toList());
  }
}
