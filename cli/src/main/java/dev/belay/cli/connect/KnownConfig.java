package dev.belay.cli.connect;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;

/**
 * A connector's settings with its secrets, as far as they can be had on this machine.
 *
 * <p>Connect tells a configuration as it was POSTed. What stands there for a secret is read here,
 * if the same file, folder or variable is here too.
 */
public final class KnownConfig {
  private final Map<String, String> settings = new TreeMap<>();
  private final Map<String, String> unread = new TreeMap<>();

  /**
   * @param told by Connect
   * @param given the person's own, which go before
   */
  public KnownConfig(Map<String, String> told, Map<String, String> given) {
    Map<String, String> all = new HashMap<>(told);
    all.putAll(given);
    all.forEach(
        (key, value) -> {
          try {
            String found = ConnectorFile.resolved(Map.of(key, value)).get(key);
            if (found.matches("(?s).*\\$\\{(file|env|directory):.*}.*")) {
              unread.put(key, value);
            } else {
              settings.put(key, found);
            }
          } catch (KafkaException e) {
            // of a provider: there is no such file here
            unread.put(key, value);
          }
        });
  }

  /** All that could be had. */
  public Map<String, String> settings() {
    return Map.copyOf(settings);
  }

  /**
   * Those whose keys begin so, without that.
   *
   * @throws MissingSecretException if one of them stands for a secret that is not here
   */
  public Map<String, String> under(String prefix) throws MissingSecretException {
    require(prefix);
    Map<String, String> found = new TreeMap<>();
    settings.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            found.put(key.substring(prefix.length()), value);
          }
        });
    return found;
  }

  /**
   * Does nothing if all keys that begin so are known.
   *
   * @throws MissingSecretException if one of them stands for a secret that is not here
   */
  public void require(String prefix) throws MissingSecretException {
    for (Map.Entry<String, String> each : unread.entrySet()) {
      if (each.getKey().startsWith(prefix)) {
        throw new MissingSecretException(each.getKey(), each.getValue());
      }
    }
  }

  /** What stands for a secret cannot be read here. */
  public static final class MissingSecretException extends Exception {
    private static final long serialVersionUID = 1;

    MissingSecretException(String key, String reference) {
      super(
          key
              + " is "
              + reference
              + " in Connect, which cannot be read on this machine. Run this where it can be, or give"
              + " the connector's JSON with what stands for the secret here: --config FILE");
    }
  }
}
