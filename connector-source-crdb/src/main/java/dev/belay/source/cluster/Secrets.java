package dev.belay.source.cluster;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The configuration's secrets, to be taken out of texts that others wrote: servers and drivers
 * quote what they were given. Immutable.
 */
public final class Secrets {
  private static final String HIDDEN = "[hidden]";
  // shorter ones would also be found where they mean something else
  private static final int SHORTEST = 3;

  private final List<String> texts;

  /**
   * @param values as configured; found as they are, URL-encoded, and in Base64
   */
  public Secrets(Collection<String> values) {
    texts =
        values.stream()
            .filter(value -> value.length() >= SHORTEST)
            .flatMap(Secrets::forms)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  private static Stream<String> forms(String value) {
    String base64 = Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    return Stream.of(value, encoded(value), base64, encoded(base64), value.replace("'", "''"));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** The text without them. */
  public String hide(String text) {
    String clean = text;
    for (String secret : texts) {
      clean = clean.replace(secret, HIDDEN);
    }
    return clean;
  }
}
