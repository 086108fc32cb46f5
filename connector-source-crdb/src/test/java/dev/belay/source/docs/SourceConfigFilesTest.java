package dev.belay.source.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.source.CockroachSourceConnector;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import dev.belay.testkit.docs.ConnectorFile;
import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.runtime.SourceConnectorConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGProperty;

/**
 * Whoever copies a file of config/source or config/playbooks gets something that the code takes.
 */
class SourceConfigFilesTest {
  private static final String PRODUCER = "producer.override.";

  /** Asking a server is not for this test: these say only that there is none here. */
  private static final Set<String> ASKED =
      Set.of(SourceKeys.URL, SourceKeys.USER, SourceKeys.KAFKA_ADMIN_BOOTSTRAP);

  static Stream<ConnectorFile> connectors() throws IOException {
    return Stream.concat(
            ConnectorFile.in("config/source").stream(),
            ConnectorFile.in("config/playbooks").stream())
        .filter(file -> CockroachSourceConnector.class.getName().equals(file.connector()));
  }

  @Test
  void bothDeliveriesHaveALeastAndASecureFile() throws Exception {
    assertThat(connectors().map(ConnectorFile::toString))
        .contains("kafka.json", "kafka-secure.json", "sinkless.json", "sinkless-secure.json");
  }

  @ParameterizedTest
  @MethodSource("connectors")
  void theBodyIsWhatConnectTakes(ConnectorFile file) {
    Set<String> fields = new TreeSet<>();
    file.body().fieldNames().forEachRemaining(fields::add);
    assertThat(fields).contains("name", "config").isSubsetOf("name", "config", "initial_state");
    assertThat(file.body().path("initial_state").asText("STOPPED"))
        .isIn("STOPPED", "PAUSED", "RUNNING");
    assertThat(file.body().path("config")).isNotEmpty().allMatch(JsonNode::isTextual);
  }

  @ParameterizedTest
  @MethodSource("connectors")
  void everyKeyIsKnown(ConnectorFile file) {
    Set<String> ours = SourceKeys.definition().names();
    Set<String> connects = SourceConnectorConfig.configDef().names();
    Set<String> driver =
        Arrays.stream(PGProperty.values()).map(PGProperty::getName).collect(Collectors.toSet());
    assertThat(file.config().keySet())
        .allMatch(
            key ->
                ours.contains(key)
                    || connects.contains(key)
                    || key.equals("exactly.once.support")
                    || key.startsWith(SourceKeys.OPTION_PREFIX)
                    || isUnder(key, SourceKeys.KAFKA_ADMIN_PREFIX, AdminClientConfig.configNames())
                    || isUnder(key, PRODUCER, ProducerConfig.configNames())
                    || isUnder(key, SourceKeys.JDBC_PREFIX, driver));
  }

  private static boolean isUnder(String key, String prefix, Set<String> names) {
    return key.startsWith(prefix) && names.contains(key.substring(prefix.length()));
  }

  @ParameterizedTest
  @MethodSource("connectors")
  void validationFindsNoFault(ConnectorFile file) {
    Map<String, String> config = new HashMap<>(file.config());
    config.put("name", file.name());
    // neither database nor brokers here; both are refused at once
    config.put(SourceKeys.URL, "jdbc:postgresql://127.0.0.1:1/shop");
    config.put(SourceKeys.KAFKA_ADMIN_BOOTSTRAP, "no-broker.invalid:9092");
    List<String> faults = new ArrayList<>();
    for (ConfigValue value : new CockroachSourceConnector().validate(config).configValues()) {
      if (!ASKED.contains(value.name())) {
        value.errorMessages().forEach(text -> faults.add(value.name() + ": " + text));
      }
    }
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("connectors")
  void theConnectionIsNotInTheClear(ConnectorFile file) {
    SourceConfig config = new SourceConfig(file.config());
    assertThat(config.allowInsecure()).isFalse();
    assertThat(config.url() + config.driverProperties()).contains("verify-full");
  }

  @ParameterizedTest
  @MethodSource("connectors")
  void noSecretIsWrittenOut(ConnectorFile file) {
    Map<String, ConfigDef.ConfigKey> keys = SourceKeys.definition().configKeys();
    file.config()
        .forEach(
            (key, value) -> {
              boolean secret =
                  (keys.containsKey(key) && keys.get(key).type == ConfigDef.Type.PASSWORD)
                      || key.contains("password")
                      || key.contains("jaas");
              // where Kafka is may be shown; who may write there may not
              boolean address = value.matches("external://\\w+|kafka://[\\w.:,-]+");
              if (secret && !address) {
                assertThat(value).as(key).matches("\\$\\{(file|env|directory):[^}]+}");
              }
            });
    assertThat(file.config().get(SourceKeys.URL)).doesNotContain("password");
  }

  /** The page that explains the files quotes settings of the connector; each is a key of it. */
  @Test
  void everyKeyThatTheGuideNamesIsKnown() throws Exception {
    Set<String> ours = SourceKeys.definition().names();
    Matcher key =
        Pattern.compile(
                "`((?:source|feed|supervise|resume|stall|status|needs|allow)\\.[a-z.]+)(?:=[^`]*)?`")
            .matcher(Files.readString(Repository.docs("source.md")));
    Set<String> unknown = new TreeSet<>();
    while (key.find()) {
      boolean prefix =
          key.group(1).startsWith(SourceKeys.JDBC_PREFIX)
              || key.group(1).startsWith(SourceKeys.OPTION_PREFIX);
      if (!prefix && !ours.contains(key.group(1))) {
        unknown.add(key.group(1));
      }
    }
    assertThat(unknown).isEmpty();
  }
}
