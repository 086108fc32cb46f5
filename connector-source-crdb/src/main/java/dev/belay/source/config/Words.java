package dev.belay.source.config;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigException;

/** The words that a key takes; unknown text is an error which lists them. */
record Words(List<String> known) implements Validator {
  static Words of(String... known) {
    return new Words(List.of(known));
  }

  @Override
  public void ensureValid(String name, Object value) {
    if (!known.contains(value)) {
      throw new ConfigException(name, value, "unknown word; it is one of " + this);
    }
  }

  @Override
  public String toString() {
    return String.join(", ", known);
  }
}
