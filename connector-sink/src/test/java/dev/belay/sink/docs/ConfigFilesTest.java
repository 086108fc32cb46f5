package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.sink.BelaySinkConnector;
import dev.belay.sink.config.SinkKeys;
import dev.belay.sink.target.postgres.PostgresTarget;
import dev.belay.testkit.docs.ConnectorFile;
import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.runtime.SinkConnectorConfig;
import org.apache.kafka.connect.runtime.distributed.DistributedConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGProperty;

/** Whoever copies a file of config/ gets something that the code takes. */
class ConfigFilesTest {
  private static final String CONSUMER = "consumer.override.";

  static Stream<ConnectorFile> connectors() throws IOException {
    return Stream.of("config/sink", "config/forward", "config/playbooks")
        .flatMap(ConfigFilesTest::in)
        .filter(file -> BelaySinkConnector.class.getName().equals(file.connector()));
  }

  private static Stream<ConnectorFile> in(String folder) {
    try {
      return ConnectorFile.in(folder).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void thereAreConnectorsToTest() throws Exception {
    assertThat(connectors().map(ConnectorFile::toString))
        .contains("postgresql.json", "sink-mysql.json", "failback-sink.json");
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
    Set<String> ours = SinkKeys.definition().names();
    Set<String> connects = SinkConnectorConfig.configDef().names();
    assertThat(file.config().keySet())
        .allMatch(
            key ->
                ours.contains(key)
                    || connects.contains(key)
                    || isOfATransform(key)
                    || isUnder(key, SinkKeys.KAFKA_ADMIN_PREFIX, AdminClientConfig.configNames())
                    || isUnder(key, CONSUMER, ConsumerConfig.configNames())
                    || isUnder(key, SinkKeys.TARGET_JDBC_PREFIX, driverSettings()));
  }

  /** Connect asks the transform itself, which {@link ConfigFilesIT} shows. */
  private static boolean isOfATransform(String key) {
    return key.startsWith("transforms.") || key.startsWith("predicates");
  }

  private static boolean isUnder(String key, String prefix, Set<String> names) {
    return key.startsWith(prefix) && names.contains(key.substring(prefix.length()));
  }

  private static Set<String> driverSettings() {
    Set<String> names = new TreeSet<>();
    for (PGProperty property : PGProperty.values()) {
      names.add(property.getName());
    }
    return names;
  }

  @ParameterizedTest
  @MethodSource("connectors")
  void validationFindsNoFault(ConnectorFile file) {
    Map<String, String> config = file.config();
    // no database here
    config.put(SinkKeys.TARGET_URL, "jdbc:none:");
    List<String> faults = new ArrayList<>();
    for (ConfigValue value : new BelaySinkConnector().validate(config).configValues()) {
      if (!value.name().equals(SinkKeys.TARGET_URL)) {
        value.errorMessages().forEach(text -> faults.add(value.name() + ": " + text));
      }
    }
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("connectors")
  void noSecretIsWrittenOut(ConnectorFile file) {
    Map<String, ConfigDef.ConfigKey> keys = SinkKeys.definition().configKeys();
    file.config()
        .forEach(
            (key, value) -> {
              boolean secret =
                  (keys.containsKey(key) && keys.get(key).type == ConfigDef.Type.PASSWORD)
                      || key.contains("password")
                      || key.contains("jaas");
              if (secret) {
                assertThat(value).as(key).matches("\\$\\{(file|env|directory):[^}]+}");
              }
            });
    assertThat(file.config().get(SinkKeys.TARGET_URL)).doesNotContain("password");
  }

  @Test
  void theWorkersPropertiesAreAWorkers(@TempDir Path secrets) throws Exception {
    Properties properties = new Properties();
    try (InputStream in =
        Files.newInputStream(
            Repository.ROOT.resolve("config/worker/connect-distributed.properties"))) {
      properties.load(in);
    }
    Map<String, String> settings = new HashMap<>();
    properties.forEach(
        (k, v) -> settings.put((String) k, ((String) v).replace("/etc/belay", secrets.toString())));
    DistributedConfig config = new DistributedConfig(settings);
    Set<String> providers = Set.of(settings.get("config.providers").split(","));
    assertThat(settings.keySet())
        .allMatch(
            key ->
                config.values().containsKey(key)
                    || providers.stream().anyMatch(p -> key.startsWith("config.providers." + p)));
    assertThat(providers).allMatch(p -> settings.containsKey("config.providers." + p + ".class"));
  }

  @Test
  void theScriptForADbaIsTheConnectorsOwn() throws Exception {
    try (InputStream shipped = PostgresTarget.class.getResourceAsStream("belay-schema.sql")) {
      assertThat(new String(shipped.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(
              Files.readString(Repository.ROOT.resolve("config/sql/postgresql/belay-schema.sql")));
    }
  }

  @Test
  void theReadmeShowsTheFile() throws Exception {
    String file = Files.readString(Repository.ROOT.resolve("config/sink/postgresql.json")).strip();
    String readme = Files.readString(Repository.ROOT.resolve("README.md"));
    assertThat(readme.replaceAll("(?m)^ {3}", "")).contains("```json\n" + file + "\n```");
  }

  @Test
  void everyFileIsOnThePage() throws Exception {
    String page = Files.readString(Repository.ROOT.resolve("config/README.md"));
    Path config = Repository.ROOT.resolve("config");
    try (Stream<Path> files = Files.walk(config)) {
      assertThat(files.filter(Files::isRegularFile).filter(f -> !f.endsWith("README.md")))
          .allMatch(file -> page.contains("(" + config.relativize(file) + ")"));
    }
  }
}
