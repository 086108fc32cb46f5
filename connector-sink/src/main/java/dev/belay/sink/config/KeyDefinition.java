package dev.belay.sink.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigDef.Width;

/** A definition of keys in groups, as it grows; counts the order within a group. */
final class KeyDefinition {
  private final ConfigDef def = new ConfigDef();
  private String group = "";
  private int order;

  ConfigDef finished() {
    return def;
  }

  void group(String name) {
    group = name;
    order = 0;
  }

  void required(
      String key, Type type, Validator valid, Importance importance, Width width, String text) {
    optional(key, type, ConfigDef.NO_DEFAULT_VALUE, valid, importance, width, text);
  }

  void optional(
      String key,
      Type type,
      Object standard,
      Validator valid,
      Importance importance,
      Width width,
      String text) {
    // null, as Kafka has it, where there is nothing to recommend
    def.define(
        key,
        type,
        standard,
        valid,
        importance,
        text,
        group,
        order++,
        width,
        displayName(key),
        Advice.on(key, valid).orElse(null));
  }

  private static String displayName(String key) {
    String words = key.replace('.', ' ').replace(" ms", " (ms)");
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }
}
