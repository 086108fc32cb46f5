package dev.belay.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.connect.runtime.distributed.DistributedConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strimzi's resources: the words that its API has, and settings that the code takes. */
class StrimziFilesTest {
  private static final String FOLDER = "config/strimzi/";

  private static JsonNode resource(String file, String kind) throws IOException {
    JsonNode resource = YamlFile.read(FOLDER + file);
    assertThat(names(resource)).containsExactly("apiVersion", "kind", "metadata", "spec");
    assertThat(resource.path("apiVersion").asText()).isEqualTo("kafka.strimzi.io/v1");
    assertThat(resource.path("kind").asText()).isEqualTo(kind);
    return resource;
  }

  private static Set<String> names(JsonNode node) {
    Set<String> names = new TreeSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @ParameterizedTest
  @ValueSource(strings = {"source.yaml", "sink.yaml"})
  void aConnectorIsWhatTheCodeTakes(String file) throws Exception {
    JsonNode resource = resource(file, "KafkaConnector");
    JsonNode spec = resource.path("spec");
    assertThat(names(spec)).isSubsetOf("class", "tasksMax", "state", "config");
    assertThat(spec.path("state").asText()).isIn("running", "paused", "stopped");
    Map<String, String> config = new LinkedHashMap<>();
    config.put("connector.class", spec.path("class").asText());
    config.put("tasks.max", spec.path("tasksMax").asText());
    // Strimzi takes these from the fields, and refuses them here
    assertThat(names(spec.path("config"))).doesNotContain("name", "connector.class", "tasks.max");
    spec.path("config").properties().forEach(e -> config.put(e.getKey(), e.getValue().asText()));
    assertThat(ConnectorCheck.isOurs(config)).isTrue();
    assertThat(ConnectorCheck.faults(resource.path("metadata").path("name").asText(), config))
        .isEmpty();
    config.forEach(
        (key, value) -> {
          if (key.contains("password") || key.contains("jaas")) {
            assertThat(value)
                .as(key)
                .matches("\\$\\{file:/mnt/belay/secrets\\.properties:[\\w.]+}");
          }
        });
    assertThat(resource.path("metadata").path("labels").path("strimzi.io/cluster").asText())
        .isEqualTo(
            resource("kafka-connect.yaml", "KafkaConnect").path("metadata").path("name").asText());
  }

  @Test
  void theClustersSettingsAreAWorkers(@TempDir Path secrets) throws Exception {
    JsonNode spec = resource("kafka-connect.yaml", "KafkaConnect").path("spec");
    Map<String, String> settings = new HashMap<>();
    spec.path("config")
        .properties()
        .forEach(
            e ->
                settings.put(
                    e.getKey(), e.getValue().asText().replace("/mnt/belay", secrets.toString())));
    // what Strimzi sets itself, by fields of the resource
    for (String own : Set.of("group.id", "config.storage.topic", "plugin.path")) {
      assertThat(settings).doesNotContainKey(own);
    }
    settings.put(
        "bootstrap.servers",
        spec.path("bootstrapServers").asText().replaceAll(".*:", "127.0.0.1:"));
    settings.put("group.id", spec.path("groupId").asText());
    settings.put("config.storage.topic", spec.path("configStorageTopic").asText());
    settings.put("offset.storage.topic", spec.path("offsetStorageTopic").asText());
    settings.put("status.storage.topic", spec.path("statusStorageTopic").asText());
    DistributedConfig config = new DistributedConfig(settings);
    assertThat(settings.keySet())
        .allMatch(key -> config.values().containsKey(key) || key.startsWith("config.providers."));
    assertThat(config.groupId()).isEqualTo("belay-connect");
  }

  @Test
  void secretsAreMountedWhereConnectorsReadThem() throws Exception {
    JsonNode template =
        resource("kafka-connect.yaml", "KafkaConnect").path("spec").path("template");
    JsonNode mount = template.path("connectContainer").path("volumeMounts").path(0);
    assertThat(mount.path("mountPath").asText()).isEqualTo("/mnt/belay");
    assertThat(mount.path("readOnly").asBoolean()).isTrue();
    assertThat(template.path("pod").path("volumes").findValuesAsText("name"))
        .contains(mount.path("name").asText());
  }

  @Test
  void metricsAreThoseOfTheRules() throws Exception {
    JsonNode metrics =
        resource("kafka-connect.yaml", "KafkaConnect").path("spec").path("metricsConfig");
    assertThat(metrics.path("type").asText()).isEqualTo("jmxPrometheusExporter");
    assertThat(metrics.path("valueFrom").path("configMapKeyRef").path("key").asText())
        .isEqualTo("jmx-exporter.yml");
  }
}
