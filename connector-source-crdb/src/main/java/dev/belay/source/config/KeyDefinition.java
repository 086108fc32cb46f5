package dev.belay.source.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** A definition of keys in groups, as it grows; counts the order within a group. */
final class KeyDefinition {
  private final ConfigDef def = new ConfigDef();
  private String group = "";
  private int order;

  void group(String name) {
    group = name;
    order = 0;
  }

  void required(String key, Type type, Validator valid, Importance importance, String text) {
    optional(key, type, ConfigDef.NO_DEFAULT_VALUE, valid, importance, text);
  }

  void optional(
      String key, Type type, Object standard, Validator valid, Importance importance, String text) {
    String words = key.replace('.', ' ').replace(" ms", " (ms)");
    String displayed = Character.toUpperCase(words.charAt(0)) + words.substring(1);
    String whole =
        DeliveryKeys.OF_JOBS.contains(key)
            ? text + " Refused with feed.delivery=sinkless, which has no use for it."
            : text;
    def.define(
        key, type, standard, valid, importance, whole, group, order++, Width.LONG, displayed);
  }

  ConfigDef finished() {
    return def;
  }

  /** Of a key that must have a value. */
  static Validator nonBlank() {
    return new Validator() {
      @Override
      public void ensureValid(String name, Object value) {
        // null: required and missing, which Connect reports by itself
        if (value != null && String.valueOf(value).isBlank()) {
          throw new ConfigException(name, value, "is empty");
        }
      }

      @Override
      public String toString() {
        return "not empty";
      }
    };
  }
}
