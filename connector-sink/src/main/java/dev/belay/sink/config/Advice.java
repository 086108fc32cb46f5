package dev.belay.sink.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigDef.Recommender;
import org.apache.kafka.common.config.ConfigDef.Validator;

/**
 * What a form shows beside a key: the words that it takes, and whether it means anything with the
 * other keys as they are. Hides nothing that is an error: a key which another one contradicts stays
 * visible once it is set.
 *
 * @param words empty if the key takes more than words
 */
record Advice(List<String> words, Predicate<Map<String, Object>> matters) implements Recommender {

  private static final Map<String, Predicate<Map<String, Object>>> WHERE_IT_MATTERS =
      Map.ofEntries(
          Map.entry(SinkKeys.BEST_EFFORT_WINDOW, is(SinkKeys.DELIVERY_MODE, "best-effort")),
          Map.entry(
              SinkKeys.OP_COLUMN, is(SinkKeys.ENVELOPE, "bare").or(isSet(SinkKeys.OP_COLUMN))),
          Map.entry(
              SinkKeys.SPLIT_FAMILIES,
              is(SinkKeys.DELIVERY_MODE, "immediate").or(is(SinkKeys.SPLIT_FAMILIES, true))),
          Map.entry(
              SinkKeys.TOPIC_NAME,
              is(SinkKeys.ENVELOPE, "row").negate().or(isSet(SinkKeys.TOPIC_NAME))),
          Map.entry(
              DebeziumKeys.UNAVAILABLE,
              is(SinkKeys.ENVELOPE, "debezium")
                  .or(is(DebeziumKeys.UNAVAILABLE, DebeziumKeys.STANDARD_PLACEHOLDER).negate())),
          Map.entry(
              DebeziumKeys.TRANSACTION_TOPIC,
              is(SinkKeys.ENVELOPE, "debezium").or(isSet(DebeziumKeys.TRANSACTION_TOPIC))),
          Map.entry(
              DebeziumKeys.ORIGIN_FILTER,
              is(SinkKeys.ENVELOPE, "debezium").or(isSet(DebeziumKeys.ORIGIN_FILTER))),
          Map.entry(
              DebeziumKeys.TRUNCATE,
              is(SinkKeys.ENVELOPE, "debezium").or(is(DebeziumKeys.TRUNCATE, "fail").negate())),
          Map.entry(
              DebeziumKeys.BEFORE,
              is(SinkKeys.ENVELOPE, "debezium").or(is(DebeziumKeys.BEFORE, "key").negate())),
          Map.entry(
              DebeziumKeys.SCHEMALESS,
              is(SinkKeys.ENVELOPE, "debezium").or(is(DebeziumKeys.SCHEMALESS, "refuse").negate())),
          Map.entry(RegistryKeys.URL, is(RegistryKeys.FORMAT, "avro").or(isSet(RegistryKeys.URL))),
          Map.entry(SinkKeys.REPLAY_SUSPECT, is(SinkKeys.REPLAY_MEMORY, 0).negate()));

  /** Empty if there is nothing to say of the key. */
  static Optional<Recommender> on(String key, Validator valid) {
    List<String> words = valid instanceof Words known ? known.known() : List.of();
    return words.isEmpty() && !WHERE_IT_MATTERS.containsKey(key)
        ? Optional.empty()
        : Optional.of(new Advice(words, WHERE_IT_MATTERS.getOrDefault(key, always -> true)));
  }

  /** A key that could not be read is in no map. */
  private static Predicate<Map<String, Object>> is(String key, Object value) {
    return parsed -> value.equals(parsed.get(key));
  }

  private static Predicate<Map<String, Object>> isSet(String key) {
    return parsed -> !"".equals(parsed.getOrDefault(key, "")) && !List.of().equals(parsed.get(key));
  }

  @Override
  public List<Object> validValues(String key, Map<String, Object> parsed) {
    return List.copyOf(words);
  }

  @Override
  public boolean visible(String key, Map<String, Object> parsed) {
    return matters.test(parsed);
  }
}
