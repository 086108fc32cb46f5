package dev.belay.source;

import dev.belay.testkit.connect.ConnectRest;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Secrets that the connectors of a whole test run are given by a config provider, and where one of
 * them has been seen. Any thread.
 */
final class PlantedSecrets {
  private static final Map<String, String> PLANTED =
      Map.of("database", "planted&for=database", "key", "planted'for the key");

  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final AtomicInteger answers = new AtomicInteger();
  private final Path file;

  /** Writes them to a folder, and listens to every REST answer from now on. */
  PlantedSecrets(Path dir) throws IOException {
    file = dir.resolve("planted.properties");
    StringBuilder text = new StringBuilder();
    PLANTED.forEach((name, secret) -> text.append(name).append('=').append(secret).append('\n'));
    Files.writeString(file, text);
    ConnectRest.onEveryAnswer(
        body -> {
          answers.incrementAndGet();
          look("a REST answer", body);
        });
  }

  /** What a worker needs to read them. */
  static Map<String, String> provider() {
    return Map.of(
        "config.providers", "file",
        "config.providers.file.class",
            "org.apache.kafka.common.config.provider.FileConfigProvider");
  }

  /** Settings that every connector is given. */
  Map<String, String> settings() {
    return Map.of(
        "source.connection.password", "${file:" + file + ":database}",
        "source.jdbc.sslpassword", "${file:" + file + ":key}");
  }

  /** Remembers it if one of them is in a text, in the clear or encoded. */
  void look(String where, String text) {
    for (Map.Entry<String, String> secret : PLANTED.entrySet()) {
      if (forms(secret.getValue()).anyMatch(text::contains)) {
        seen.add("the secret of the " + secret.getKey() + " in " + where);
      }
    }
  }

  private static Stream<String> forms(String secret) {
    String base64 = Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
    return Stream.of(secret, encoded(secret), base64, encoded(base64), secret.replace("'", "''"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Where they were seen; must stay empty. */
  Set<String> seen() {
    return Set.copyOf(seen);
  }

  /** REST answers that were looked at. */
  int answers() {
    return answers.get();
  }

  static List<String> texts() {
    return List.copyOf(PLANTED.values());
  }
}
