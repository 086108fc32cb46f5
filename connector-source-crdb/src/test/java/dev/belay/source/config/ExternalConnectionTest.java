package dev.belay.source.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CockroachDB takes the connection's URI in the place of the one that names it. */
class ExternalConnectionTest {

  private static SourceConfig config(String uri, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "shop");
    settings.put("source.connection.url", "jdbc:postgresql://127.0.0.1:26257/shop");
    settings.put("source.connection.user", "belay");
    settings.put("kafka.admin.bootstrap.servers", "127.0.0.1:9092");
    settings.put("feed.sink.uri", uri);
    settings.putAll(more);
    return new SourceConfig(settings);
  }

  private static Map<String, String> faults(String uri, Map<String, String> more) {
    Map<String, String> faults = new TreeMap<>();
    ExternalConnection.check(config(uri, more), faults::put);
    return faults;
  }

  @ParameterizedTest
  @CsvSource({
    "feed.sink.query.parameters, tls_enabled=true",
    "feed.sink.ca.cert, bm90IG9uZQ==",
    "feed.sink.client.cert, bm90IG9uZQ==",
    "feed.sink.client.key, bm90IG9uZQ==",
    "feed.sink.sasl.mechanism, PLAIN",
    "feed.sink.sasl.user, u",
    "feed.sink.sasl.password, p"
  })
  void whatWouldBeDroppedIsRefusedWithItsRemedy(String key, String value) {
    assertThat(faults("external://brokers", Map.of(key, value)))
        .containsOnlyKeys(key)
        .extractingByKey(key)
        .asString()
        .contains("Put it into the URI of CREATE EXTERNAL CONNECTION");
    assertThat(faults("kafka://localhost:9092", Map.of(key, value))).isEmpty();
  }

  @Test
  void parametersAfterTheNameAreRefused() {
    assertThat(faults("external://brokers?tls_enabled=true", Map.of()))
        .containsOnlyKeys("feed.sink.uri");
    assertThat(faults("external://brokers", Map.of("feed.kafka.sink.config", "{}"))).isEmpty();
  }

  @Test
  void soAreThoseOfTheOverridesFile(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("overrides.json");
    Map<String, String> overrides = Map.of("feed.overrides.file", file.toString());
    Files.writeString(file, "{\"ca_cert\": \"bm90IG9uZQ==\"}");
    assertThat(faults("external://brokers", overrides)).containsOnlyKeys("feed.overrides.file");
    // another address comes in the place of the connection
    Files.writeString(file, "{\"host\": \"localhost\", \"ca_cert\": \"bm90IG9uZQ==\"}");
    assertThat(faults("external://brokers", overrides)).isEmpty();
  }

  @Test
  void thePrefixOfTopicsIsExpectedAndNotSent() {
    Map<String, String> prefix = Map.of("feed.topic.prefix", "eu_");
    SourceConfig external = config("external://brokers", prefix);
    assertThat(faults("external://brokers", prefix)).isEmpty();
    assertThat(external.sinkUri().text()).isEqualTo("external://brokers");
    assertThat(external.topicPrefix()).isEqualTo("eu_");
    assertThat(external.sinkUri().sharesTopicsWith("external://brokers?topic_prefix=old_"))
        .isTrue();
    assertThat(config("kafka://localhost:9092", prefix).sinkUri().text())
        .isEqualTo("kafka://localhost:9092?topic_prefix=eu_");
  }
}
