package dev.belay.source.sinkless;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.standin.sql.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a task says and does when the cluster fails it. */
class TroubleIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static Parts parts;

  @BeforeAll
  static void start() throws Exception {
    parts = Parts.exactlyOnce();
  }

  @AfterAll
  static void stop() throws Exception {
    parts.close();
  }

  private static void running(String name, Map<String, String> settings) throws Exception {
    parts.table(name);
    parts.cluster.execute("INSERT INTO " + name + " VALUES (1, 'secret-value', 1)");
    parts.create(name, name, settings);
    Contents.until(parts.bootstrap(), parts.now(), "defaultdb.public." + name);
  }

  private static void fail(String state, String message) {
    Deadline.in(Parts.LIMIT)
        .await("a feed is there", () -> !parts.cluster.sinklessFeeds().isEmpty());
    parts.cluster.sinklessFeeds().forEach(feed -> feed.fail(new Refusal(state, message)));
  }

  /** The last record of the status topic that is of a state. */
  private static JsonNode status(String connector, String state) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", parts.bootstrap(), "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> all =
          consumer.partitionsFor("belay-status").stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Deadline deadline = Deadline.in(Parts.LIMIT);
      while (!deadline.hasPassed()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          Optional<JsonNode> found = Optional.ofNullable(record.value()).map(TroubleIT::json);
          if (found.isPresent()
              && found.get().path("connector").asText().equals(connector)
              && found.get().path("state").asText().equals(state)) {
            assertThat(json(record.key()).path("task").asInt(-1)).isZero();
            return found.get();
          }
        }
      }
      throw new AssertionError(connector + " is never " + state);
    }
  }

  private static JsonNode json(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void errorThatPassesIsMetByAnotherTry() throws Exception {
    running("passing", Map.of());
    fail("XXUUU", "node unavailable; try another peer");
    assertThat(status("passing", "RETRYING").path("error").asText()).contains("another peer");
    parts.cluster.execute("INSERT INTO passing VALUES (2, 'b', 2)");
    Map<String, List<String>> rows =
        Contents.until(parts.bootstrap(), parts.now(), "defaultdb.public.passing")
            .rowsByKey(parts.now(), "");
    assertThat(rows).hasSize(2);
    assertThat(rows.values()).allMatch(versions -> versions.size() == 1);
    parts.rest().delete("passing");
  }

  @Test
  void lossByGarbageCollectionIsForAPerson() throws Exception {
    running("collected", Map.of());
    fail("XXUUU", "batch timestamp 1.0 must be after replica GC threshold 2.0");
    assertThat(parts.rest().awaitTaskFailure("collected", Parts.LIMIT))
        .contains("garbage-collected")
        .contains("delete the connector's offsets");
    JsonNode status = status("collected", "NEEDS_ACTION");
    assertThat(status.path("remedy").asText()).isNotEmpty();
    assertThat(status.path("delivery").asText()).isEqualTo("sinkless");
    assertThat(status.path("cursor").asText()).isNotEmpty();
    parts.rest().delete("collected");
  }

  @Test
  void feedWithoutResolvedTimesStallsAndFailsTheTaskIfWanted() throws Exception {
    parts.table("still");
    parts
        .rest()
        .create(
            "still",
            parts.settings(
                "still",
                Map.of(
                    "feed.resolved.interval.ms", "3600000",
                    "feed.initial.scan", "no",
                    "stall.timeout.ms", "2000",
                    "stall.action", "fail")));
    assertThat(parts.rest().awaitTaskFailure("still", Parts.LIMIT))
        .contains("has not moved for 2 seconds");
    assertThat(status("still", "STALLED").path("error").asText()).contains("not moved");
    parts.rest().delete("still");
  }

  @Test
  void taskEndsAtOnceWhateverItWaitsFor() throws Exception {
    running("ending", Map.of());
    long before = System.nanoTime();
    parts.rest().stop("ending");
    parts
        .rest()
        .awaitState("ending", dev.belay.testkit.connect.ConnectorStatus.State.STOPPED, Parts.LIMIT);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    Deadline.in(Parts.LIMIT)
        .await("its session has ended", () -> parts.cluster.sinklessFeeds().isEmpty());
    assertThat(Files.readString(parts.worker.logFile(), UTF_8)).doesNotContain("secret-value");
    parts.rest().delete("ending");
  }
}
