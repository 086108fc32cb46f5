package dev.belay.testkit.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sample.SampleSinkConnector;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectWorkerIT {

  private static final String SAMPLE = SampleSinkConnector.class.getName();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir static Path kafkaDir;
  private static EmbeddedKafka kafka;

  @TempDir Path dir;

  @BeforeAll
  static void startKafka() throws Exception {
    kafka = EmbeddedKafka.start(kafkaDir);
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @Test
  void workerWithoutPluginsAnswersAgainAfterKill9() throws Exception {
    try (ConnectWorker worker =
        ConnectWorker.in(dir, kafka.bootstrapServers())
            .properties(group("bare"))
            .logLevel("warn")
            .logLevel("org.apache.kafka.connect.runtime.distributed", "info")
            .start()) {
      ConnectRest rest = worker.rest();
      assertThat(rest.about().path("version").asText()).startsWith("4.");
      assertThat(rest.plugins()).noneMatch(plugin -> plugin.type().equals("sink"));
      long killed = worker.pid();

      worker.kill9();
      assertThat(worker.isAlive()).isFalse();
      assertThat(rest.isHealthy()).isFalse();
      worker.restart();

      assertThat(worker.pid()).isNotEqualTo(killed);
      assertThat(rest.isHealthy()).isTrue();
      assertThat(worker.logFile())
          .content()
          .contains("INFO org.apache.kafka.connect.runtime.distributed")
          .doesNotContain("INFO org.apache.kafka.clients");
    }
  }

  @Test
  void connectorFromItsZipLivesThroughAllItsStates() throws Exception {
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      topics.create("orders", 2);
    }
    try (ConnectWorker worker =
        ConnectWorker.in(dir, kafka.bootstrapServers())
            .plugins(List.of(SampleZip.in(dir)))
            .properties(group("sample"))
            .start()) {
      ConnectRest rest = worker.rest();
      assertThat(rest.plugins()).contains(new ConnectRest.Plugin(SAMPLE, "sink", "1.2.3"));
      assertThat(rest.validate(SAMPLE, config("ugly")).errors()).containsOnlyKeys("mood");
      assertThat(rest.validate(SAMPLE, config("good")).isValid()).isTrue();
      assertThat(rest.status("drop")).isEmpty();

      rest.create("drop", config("good"));
      assertThat(rest.awaitRunning("drop", PATIENCE).tasks()).hasSize(1);
      assertThat(rest.connectors()).containsExactly("drop");
      assertThatThrownBy(() -> rest.create("drop", config("good")))
          .isInstanceOfSatisfying(
              ConnectRestException.class, e -> assertThat(e.status()).isEqualTo(409));

      rest.pause("drop");
      rest.awaitState("drop", State.PAUSED, PATIENCE);
      rest.resume("drop");
      rest.awaitRunning("drop", PATIENCE);
      rest.restart("drop");
      rest.awaitRunning("drop", PATIENCE);

      rest.stop("drop");
      rest.awaitState("drop", State.STOPPED, PATIENCE);
      Map<TopicPartition, Long> moved = Map.of(new TopicPartition("orders", 1), 7L);
      rest.alterSinkOffsets("drop", moved);
      assertThat(rest.sinkOffsets("drop")).containsAllEntriesOf(moved);
      rest.resetOffsets("drop");
      assertThat(rest.sinkOffsets("drop")).isEmpty();

      rest.put("drop", config("bad"));
      rest.resume("drop");
      assertThatThrownBy(() -> rest.awaitRunning("drop", PATIENCE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("in a bad mood");
      assertThat(rest.awaitTaskFailure("drop", PATIENCE)).contains("in a bad mood");

      rest.delete("drop");
      assertThat(rest.connectors()).isEmpty();
    }
  }

  @Test
  void workerThatCannotStartTellsWhatItSaid() {
    assertThatThrownBy(
            () ->
                ConnectWorker.in(dir, kafka.bootstrapServers())
                    .properties(Map.of("plugin.discovery", "guess"))
                    .start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended")
        .hasMessageContaining("plugin.discovery");
  }

  private static Map<String, String> group(String name) {
    return Map.of(
        "group.id", name,
        "config.storage.topic", name + "-config",
        "offset.storage.topic", name + "-offset",
        "status.storage.topic", name + "-status");
  }

  private static Map<String, String> config(String mood) {
    return Map.of("connector.class", SAMPLE, "name", "drop", "topics", "orders", "mood", mood);
  }
}
