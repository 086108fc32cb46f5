package dev.belay.sink.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigException;

/**
 * Addresses of brokers as Kafka's clients read them. Only how they are written is judged: a name
 * that cannot be resolved now may be later.
 */
final class Brokers implements Validator {
  private static final Pattern ADDRESS =
      Pattern.compile("(?:[^/]*://)?\\[?([0-9A-Za-z.%_:-]+)]?:([0-9]{1,5})");
  private static final int LAST_PORT = 65_535;

  @Override
  public void ensureValid(String name, Object value) {
    if (value == null) {
      // required and missing, which Connect reports by itself
      return;
    }
    boolean any = false;
    for (String address : String.valueOf(value).split(",")) {
      if (address.isBlank()) {
        continue;
      }
      any = true;
      Matcher parts = ADDRESS.matcher(address.strip());
      if (!parts.matches() || Integer.parseInt(parts.group(2)) > LAST_PORT) {
        throw new ConfigException(
            name,
            value,
            "each address is host:port, with commas between addresses, for example"
                + " kafka-1.example.com:9092,kafka-2.example.com:9092");
      }
    }
    if (!any) {
      throw new ConfigException(name, value, "is empty");
    }
  }

  @Override
  public String toString() {
    return "host:port, ...";
  }
}
