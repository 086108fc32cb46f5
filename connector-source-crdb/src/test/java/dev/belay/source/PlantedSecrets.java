package dev.belay.source;

import dev.belay.testkit.connect.ConnectRest;
import dev.belay.testkit.connect.ConnectWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Secrets that the connectors of a whole test run are given by a config provider, and where one of
 * them has been seen. Every worker of the run has the provider, every source connector is given the
 * secrets unless it has its own, every answer of REST and every worker's log is searched: a worker
 * that ends with one in its log fails whoever ends it. Any thread.
 */
final class PlantedSecrets implements ConnectWorker.Observer {
  private static final String PROVIDER = "planted";
  private static final String PASSWORD = "source.connection.password";

  private static PlantedSecrets run;

  private final Map<String, String> secrets = new ConcurrentHashMap<>();
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final Set<Path> started = ConcurrentHashMap.newKeySet();
  private final Set<Path> searched = ConcurrentHashMap.newKeySet();
  private final AtomicInteger answers = new AtomicInteger();
  private final Path file;

  /** Writes them to a folder. */
  PlantedSecrets(Path dir) throws IOException {
    secrets.put("database", "planted&for=database");
    secrets.put("key", "planted'for the key");
    file = dir.resolve("planted.properties");
    StringBuilder text = new StringBuilder();
    secrets.forEach((name, secret) -> text.append(name).append('=').append(secret).append('\n'));
    Files.writeString(file, text);
  }

  /** Those of this JVM, which meet all that happens from the first call on. */
  static synchronized PlantedSecrets ofTheRun() {
    if (run == null) {
      try {
        Path dir = Files.createTempDirectory("belay-planted-");
        run = new PlantedSecrets(dir);
        // what is named last is deleted first
        dir.toFile().deleteOnExit();
        run.file.toFile().deleteOnExit();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      ConnectRest.onEveryAnswer(run::hear);
      ConnectRest.onEveryConnector(run::plant);
      ConnectWorker.onEveryWorker(run);
    }
    return run;
  }

  /** Looks for one that a test has of its own, too, from now on. */
  void add(String name, String secret) {
    secrets.put(name, secret);
  }

  /** Settings that every source connector is given. */
  Map<String, String> settings() {
    return Map.of(
        PASSWORD,
        "${" + PROVIDER + ":" + file + ":database}",
        "source.jdbc.sslpassword",
        "${" + PROVIDER + ":" + file + ":key}");
  }

  private Map<String, String> plant(Map<String, String> config) {
    boolean isSource =
        config.getOrDefault("connector.class", "").endsWith("CockroachSourceConnector");
    if (!isSource || config.containsKey(PASSWORD)) {
      return config;
    }
    Map<String, String> planted = new HashMap<>(settings());
    planted.putAll(config);
    return planted;
  }

  private void hear(String answer) {
    answers.incrementAndGet();
    look("a REST answer", answer);
  }

  @Override
  public void starts(Properties properties, Path log) {
    started.add(log);
    properties.merge("config.providers", PROVIDER, (own, ours) -> own + "," + ours);
    properties.put(
        "config.providers." + PROVIDER + ".class",
        "org.apache.kafka.common.config.provider.FileConfigProvider");
  }

  @Override
  public void ended(Path log) {
    search(log);
    if (!seen.isEmpty()) {
      throw new AssertionError("Seen where they must not be: " + seen);
    }
  }

  /** Searches the logs of workers that still run. */
  void searchRunning() {
    started.forEach(this::search);
  }

  private void search(Path log) {
    if (!Files.exists(log)) {
      // one that could not start has a failure of its own to tell
      return;
    }
    try {
      // a worker that was killed may have left half a character
      look("log " + log, new String(Files.readAllBytes(log), StandardCharsets.UTF_8));
      searched.add(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Remembers it if one of them is in a text, in the clear or encoded. */
  void look(String where, String text) {
    for (Map.Entry<String, String> secret : secrets.entrySet()) {
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

  /** Logs of workers that nobody has searched. */
  Set<Path> unsearched() {
    Set<Path> left = ConcurrentHashMap.newKeySet();
    left.addAll(started);
    left.removeAll(searched);
    return left;
  }

  Map<String, String> secrets() {
    return Map.copyOf(secrets);
  }
}
