package dev.belay.sink.config;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * Finds keys that are none of the sink's and look like one. Connect takes unknown keys without a
 * word, since converters, transforms and clients have theirs in the same configuration.
 */
public final class KeySpelling {
  private static final int SLIPS = 2;

  private KeySpelling() {}

  /**
   * The keys that were probably meant. One that is set itself is not among them: whoever has both
   * knows it.
   *
   * @return unknown key to the known one that it resembles
   */
  public static Map<String, String> slips(Collection<String> given) {
    Set<String> known = SinkKeys.definition().names();
    Map<String, String> slips = new TreeMap<>();
    for (String key : given) {
      if (!known.contains(key) && !isOfAClient(key)) {
        nearest(key, known)
            .filter(meant -> !given.contains(meant))
            .ifPresent(meant -> slips.put(key, meant));
      }
    }
    return slips;
  }

  private static boolean isOfAClient(String key) {
    String prefix = SinkKeys.KAFKA_ADMIN_PREFIX;
    return key.startsWith(SinkKeys.TARGET_JDBC_PREFIX)
        || key.startsWith(RegistryKeys.SSL_PREFIX)
        || key.startsWith(prefix)
            && AdminClientConfig.configNames().contains(key.substring(prefix.length()));
  }

  private static Optional<String> nearest(String key, Set<String> known) {
    Optional<String> nearest = Optional.empty();
    int least = SLIPS + 1;
    for (String candidate : known) {
      int distance = distance(key, candidate);
      if (distance < least) {
        least = distance;
        nearest = Optional.of(candidate);
      }
    }
    return nearest;
  }

  /** Levenshtein's: characters put in, left out or replaced. */
  private static int distance(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}
