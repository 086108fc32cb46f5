package dev.belay.source.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What would go in the clear to another host, as the driver and CockroachDB really do it. */
class EncryptionTest {
  private final Map<String, String> settings =
      new HashMap<>(
          Map.of(
              "name", "shop",
              "source.connection.url", "jdbc:postgresql://127.0.0.1:26257/shop",
              "source.connection.user", "belay",
              "feed.sink.uri", "kafka://localhost:9092",
              "kafka.admin.bootstrap.servers", "localhost:9092"));

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://127.0.0.1:26257/shop, '', false",
    "'jdbc:postgresql://localhost:1,[::1]:2/shop', '', false",
    "jdbc:postgresql:shop, '', false",
    "jdbc:postgresql://db.example.com/shop, '', true",
    "'jdbc:postgresql://localhost,db.example.com/shop', '', true",
    "jdbc:postgresql://db.example.com/shop, verify-full, false",
    "jdbc:postgresql://db.example.com/shop, prefer, true",
    "jdbc:postgresql://db.example.com/shop?sslmode=verify-full, '', false",
    "jdbc:postgresql://db.example.com/shop?ssl=true, '', false",
    // what the URL says wins, as in the driver
    "jdbc:postgresql://db.example.com/shop?sslmode=disable, verify-full, true",
    "jdbc:postgresql://db.example.com/shop?sslmode=verify-full, disable, false",
    "jdbc:postgresql://localhost/shop?PGHOST=db.example.com, '', true"
  })
  void theWayToTheClusterIsAsTheDriverTakesIt(String url, String sslmode, boolean isRefused) {
    settings.put("source.connection.url", url);
    if (!sslmode.isEmpty()) {
      settings.put("source.jdbc.sslmode", sslmode);
    }
    assertThat(Encryption.toCluster(new SourceConfig(settings)).isPresent()).isEqualTo(isRefused);
    settings.put("allow.insecure", "true");
    assertThat(Encryption.toCluster(new SourceConfig(settings))).isEmpty();
  }

  /** Flags as CockroachDB reads them (strconv.ParseBool), whose names it decodes. */
  @ParameterizedTest
  @CsvSource({
    "kafka://h:9093?tls_enabled=true, false",
    "kafka://h:9093?tls_enabled=1, false",
    "kafka://h:9093?tls_enabled=T, false",
    "kafka://h:9093?tls%5Fenabled=True, false",
    "kafka://h:9093?tls_enabled=true&insecure_tls_skip_verify=f, false",
    "kafka://h:9093?tls_enabled=true&insecure_tls_skip_verify=, false",
    "confluent-cloud://h:9092?api_key=k, false",
    "external://brokers, false",
    "kafka://localhost:9092, false",
    "kafka://h:9093, true",
    "kafka://h:9093?tls_enabled=tRuE, true",
    "kafka://h:9093?tls_enabled=yes, true",
    "kafka://h:9093?tls_enabled=true&insecure_tls_skip_verify=1, true",
    "kafka://h:9093?tls_enabled=true&insecure_tls_skip_verify=t, true",
    "kafka://h:9093?tls_enabled=true&insecure_tls_skip_verify=on, true",
    "kafka://h:9093?tls_enabled=true&insecure%5Ftls_skip_verify=true, true",
    "confluent-cloud://h:9092?insecure_tls_skip_verify=1, true",
    // nothing after the sign is read
    "kafka://h:9093#?tls_enabled=true, true",
    "KAFKA://h:9093, true",
    "kafka://h:9093/, true"
  })
  void theWayToKafkaIsAsCockroachDbTakesIt(String uri, boolean isRefused) {
    settings.put("feed.sink.uri", uri);
    SourceConfig config = new SourceConfig(settings);
    assertThat(Encryption.toKafka(config, config.sinkUri()).isPresent()).isEqualTo(isRefused);
    settings.put("allow.insecure", "true");
    SourceConfig allowed = new SourceConfig(settings);
    assertThat(Encryption.toKafka(allowed, allowed.sinkUri())).isEmpty();
  }

  /** Else a name with a sign in it would end the query that CockroachDB reads. */
  @Test
  void namesOfParametersAreSentEncoded() {
    settings.put("feed.sink.uri", "kafka://h:1?a%23b=c%26d&sasl%5Fuser=u");
    assertThat(new SourceConfig(settings).sinkUri().text())
        .isEqualTo("kafka://h:1?a%23b=c%26d&sasl_enabled=true&sasl_user=u");
  }

  @Test
  void anOverridesFileThatChangesIsSeenAtTheNextStart(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("overrides.json");
    settings.put("feed.overrides.file", file.toString());
    Files.writeString(file, "{}");
    SourceConfig before = new SourceConfig(settings);
    assertThat(Encryption.toKafka(before, before.sinkUri())).isEmpty();
    Files.writeString(file, "{\"host\": \"kafka.example.com\"}");
    SourceConfig next = new SourceConfig(settings);
    assertThat(Encryption.toKafka(next, next.sinkUri())).isPresent();
    // what runs goes on with what was checked
    assertThat(before.sinkUri().text()).isEqualTo("kafka://localhost:9092");
  }

  /** Else a secret that came with a later version of the file would be in logs. */
  @Test
  void whatIsSentIsOfTheFileWhoseSecretsWereTold(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("overrides.json");
    settings.put("feed.overrides.file", file.toString());
    String key = "-----BEGIN PRIVATE KEY-----\\nbm90IGEga2V5\\n-----END PRIVATE KEY-----\\n";
    Files.writeString(
        file,
        "{\"sink_query_parameters\": \"sasl_user=u&sasl_password=first%26secret\","
            + " \"client_cert\": \"bm90IG9uZQ==\", \"client_key\": \""
            + key
            + "\", \"options\": {\"envelope\": \"bare\"}}");
    SourceConfig config = new SourceConfig(settings);
    assertThat(config.secrets()).contains("first&secret", key.replace("\\n", "\n"));
    Files.writeString(file, "{\"sink_query_parameters\": \"sasl_password=second%26secret\"}");
    assertThat(config.sinkUri().parameters()).containsEntry("sasl_password", "first&secret");
    assertThat(config.options()).containsEntry("envelope", "bare");
    assertThat(config.secrets()).contains("first&secret");
  }

  @Test
  void aHostInTheOverridesFileKeepsTheParametersOfTheUri(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("overrides.json");
    Files.writeString(file, "{\"host\": \"kafka.example.com\", \"port\": 9093}");
    settings.put("feed.overrides.file", file.toString());
    settings.put("feed.sink.uri", "kafka://localhost:9092?tls_enabled=true&topic_prefix=old_");
    SinkUri sink = new SourceConfig(settings).sinkUri();
    assertThat(sink.text())
        .isEqualTo("kafka://kafka.example.com:9093?tls_enabled=true&topic_prefix=old_");
    assertThat(sink.isInsecure()).isFalse();
  }

  @Test
  void theKeysPasswordIsASecret() {
    settings.put("source.jdbc.sslpassword", "of the key");
    SourceConfig config = new SourceConfig(settings);
    assertThat(config.secrets()).contains("of the key");
    assertThat(SourceKeys.definition().configKeys().get("source.jdbc.sslpassword").type)
        .isEqualTo(ConfigDef.Type.PASSWORD);
    assertThat(config.driverProperties()).containsEntry("sslpassword", "of the key");
  }

  @ParameterizedTest
  @CsvSource({
    "kafka://h:1, kafka://h:1, true",
    "kafka://h:1, kafka://h:2, false",
    "kafka://h:1, 'kafka://h:1?sasl_password=redacted&topic_prefix=', true",
    "kafka://h:1, kafka://h:1?topic_prefix=old_, false",
    "kafka://h:1?topic_prefix=old_, kafka://h:1?topic_prefix=old_&tls_enabled=true, true"
  })
  void feedsThatWriteToTheSameTopicsAreKnown(String here, String there, boolean shares) {
    settings.put("feed.sink.uri", here);
    assertThat(new SourceConfig(settings).sinkUri().sharesTopicsWith(there)).isEqualTo(shares);
  }
}
