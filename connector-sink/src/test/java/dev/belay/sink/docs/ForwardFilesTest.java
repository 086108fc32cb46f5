package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.testkit.docs.ConnectorFile;
import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debezium's files of config/forward, and that those of the sink go with them. */
class ForwardFilesTest {
  private static final String PLACEHOLDER = "unavailable.value.placeholder";

  private static ConnectorFile file(String name) throws IOException {
    return ConnectorFile.read(Repository.ROOT.resolve("config/forward/" + name + ".json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "mysql", "oracle"})
  void theBodyIsWhatConnectTakes(String name) throws Exception {
    Set<String> fields = new TreeSet<>();
    file(name).body().fieldNames().forEachRemaining(fields::add);
    assertThat(fields).containsExactlyInAnyOrder("name", "config");
    assertThat(file(name).body().path("config")).isNotEmpty().allMatch(JsonNode::isTextual);
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "mysql", "oracle"})
  void noSecretIsWrittenOut(String name) throws Exception {
    file(name)
        .config()
        .forEach(
            (key, value) -> {
              if (key.endsWith("password")) {
                assertThat(value).as(key).matches("\\$\\{file:[^}]+}");
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "mysql", "oracle"})
  void theSinkReadsWhatDebeziumWrites(String name) throws Exception {
    Map<String, String> source = file(name).config();
    Map<String, String> sink = file("sink-" + name).config();
    Set<String> written = new TreeSet<>();
    for (String table : source.get("table.include.list").replace("\\", "").split(",")) {
      if (!table.toLowerCase(java.util.Locale.ROOT).startsWith("belay.")) {
        written.add(source.get("topic.prefix") + "." + table);
      }
    }
    assertThat(sink.get("topics").split(",")).containsExactlyInAnyOrderElementsOf(written);
    assertThat(sink.get("feed." + PLACEHOLDER)).isEqualTo(source.get(PLACEHOLDER));
    for (String side : new String[] {"key", "value"}) {
      assertThat(source)
          .containsEntry(side + ".converter", "org.apache.kafka.connect.json.JsonConverter")
          .containsEntry(side + ".converter.schemas.enable", "true")
          .containsEntry(side + ".converter.replace.null.with.default", "false");
    }
  }

  /** What both directions at once have of Debezium is what was tried for one. */
  @Test
  void thePlaybooksFileIsTheOneOfPostgresql() throws Exception {
    ConnectorFile both =
        ConnectorFile.read(
            Repository.ROOT.resolve("config/playbooks/bidirectional-forward-source.json"));
    Map<String, String> config = file("postgres").config();
    config.put("snapshot.mode", "no_data");
    assertThat(both.config()).isEqualTo(config);
    assertThat(both.body().path("initial_state").asText()).isEqualTo("STOPPED");
    Map<String, String> sink =
        ConnectorFile.read(
                Repository.ROOT.resolve("config/playbooks/bidirectional-forward-sink.json"))
            .config();
    assertThat(sink).containsAllEntriesOf(file("sink-postgres").config());
  }

  @Test
  void theSinkOfWholeTransactionsIsTheOtherWithTheTopicThatTellsThem() throws Exception {
    Map<String, String> source = file("postgres").config();
    Map<String, String> immediate = file("sink-postgres").config();
    Map<String, String> whole = new HashMap<>(file("sink-postgres-consistent").config());
    String topic = source.get("topic.prefix") + ".transaction";
    assertThat(source)
        .containsEntry("provide.transaction.metadata", "true")
        .containsEntry("topic.creation.transaction.include", topic.replace(".", "\\."))
        .containsEntry("topic.creation.transaction.partitions", "1");
    assertThat(whole.remove("feed.transaction.topic")).isEqualTo(topic);
    assertThat(whole.replace("topics", immediate.get("topics")))
        .isEqualTo(immediate.get("topics") + "," + topic);
    assertThat(whole.replace("delivery.mode", "immediate")).isEqualTo("consistent");
    assertThat(whole).isEqualTo(immediate);
  }

  /** The page tells why each line is there. */
  @ParameterizedTest
  @ValueSource(strings = {"postgres", "mysql", "oracle"})
  void everyKeyIsOnThePage(String name) throws Exception {
    String page = Files.readString(Repository.docs("forward.md"));
    Stream<String> told =
        file(name).config().keySet().stream()
            .filter(key -> !key.startsWith("database.") && !key.endsWith(".class"))
            .map(key -> key.replaceFirst("^(key|value)\\.", ""))
            .map(key -> key.replaceFirst("^topic\\.creation\\..*", "topic.creation"));
    assertThat(told).allMatch(key -> page.contains("`" + key));
  }
}
