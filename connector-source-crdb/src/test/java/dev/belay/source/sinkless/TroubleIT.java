package dev.belay.source.sinkless;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.standin.sql.Refusal;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a task says and does when the cluster fails it. */
class TroubleIT {
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

  private static JsonNode status(String connector, String state) {
    return parts.status(connector, record -> record.path("state").asText().equals(state));
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
