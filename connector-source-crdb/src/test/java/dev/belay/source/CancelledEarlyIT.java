package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.connect.ConnectRest;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker dies before Connect has stored the first offset of a job that it made, and a person
 * cancels that job before there is a worker again. It stays cancelled until the person says
 * otherwise.
 */
class CancelledEarlyIT extends SourceCase {
  @TempDir static Path dir;
  private static ConnectWorker worker;

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> properties = new HashMap<>();
    properties.put("group.id", "early");
    properties.put("config.storage.topic", "early-config");
    properties.put("offset.storage.topic", "early-offset");
    properties.put("status.storage.topic", "early-status");
    // longer than any of the tests: offsets are stored when a task ends in order, and only then
    properties.put("offset.flush.interval.ms", "3600000");
    worker =
        ConnectWorker.in(dir, PARTS.kafka().bootstrapServers())
            .plugins(List.of(Path.of(System.getProperty("belay.source.zip"))))
            .properties(properties)
            .start();
    worker.awaitHealthy(LIMIT);
  }

  @AfterAll
  static void stop() {
    if (worker != null) {
      worker.close();
    }
  }

  @Test
  void aPersonsCancelStaysThoughNoOffsetWasStored() throws Exception {
    ConnectRest rest = worker.rest();
    rest.create(name, settings());
    long first = awaitRunning().id();
    awaitStatus("RUNNING");
    assertThat(rest.offsets(name).path("offsets")).isEmpty();
    worker.kill9();
    standIn().cancel(first);
    eventually(
        () -> assertThat(standIn().job(first).orElseThrow().state()).isEqualTo(JobState.CANCELED));
    worker.restart();
    worker.awaitHealthy(LIMIT);
    assertThat(rest.awaitTaskFailure(name, LIMIT))
        .contains("Job " + first + " was cancelled by a person, so it is not made again.");
    awaitStatus("NEEDS_ACTION");
    assertThat(jobs()).hasSize(1);
    // what was learned is stored
    assertThat(rest.offsets(name).path("offsets").toString()).contains("" + first);

    // a fresh start is what a person asks for, and by the same way as ever
    rest.stop(name);
    rest.awaitState(name, State.STOPPED, LIMIT);
    rest.resetOffsets(name);
    rest.resume(name);
    long second = awaitRunning().id();
    assertThat(second).isNotEqualTo(first);
    awaitRow("before");
    rest.delete(name);
  }

  @Test
  void aFreshStartThatIsAskedForIsNotTakenForAPersonsCancel() throws Exception {
    ConnectRest rest = worker.rest();
    rest.create(name, settings());
    long first = awaitRunning().id();
    String begun = standIn().now().toString();
    rest.stop(name);
    rest.awaitState(name, State.STOPPED, LIMIT);
    eventually(() -> assertThat(rest.offsets(name).path("offsets")).hasSize(1));
    rest.resetOffsets(name);
    eventually(
        () -> assertThat(standIn().job(first).orElseThrow().state()).isEqualTo(JobState.CANCELED));
    assertThat(awaitStatus("ENDED").path("job").asText()).isEqualTo("" + first);
    rest.resume(name);
    JobStatus second = awaitRunning();
    assertThat(second.id()).isNotEqualTo(first);
    // it begins at a time of its own, and not at the one that was agreed on for the first
    assertThat(second.description().replaceFirst("(?s).*\\bcursor = '([^']*)'.*", "$1"))
        .isGreaterThan(begun);
    // the note is of no use any more
    eventually(
        () ->
            assertThat(status())
                .extracting(record -> record.path("state").asText())
                .containsExactly("RUNNING"));
    rest.delete(name);
  }

  /** What the status says of the job that ended must not bring back what was deleted. */
  @Test
  void aFreshStartThatIsRefusedAtFirstIsStillOneAfterARestart() throws Exception {
    ConnectRest rest = worker.rest();
    rest.create(name, settings());
    long first = awaitRunning().id();
    rest.stop(name);
    rest.awaitState(name, State.STOPPED, LIMIT);
    eventually(() -> assertThat(rest.offsets(name).path("offsets")).hasSize(1));
    rest.resetOffsets(name);
    eventually(
        () -> assertThat(standIn().job(first).orElseThrow().state()).isEqualTo(JobState.CANCELED));
    standIn()
        .connections()
        .failNext("CREATE CHANGEFEED", "XXUUU", "kafka: no available brokers", 1);
    rest.resume(name);
    eventually(
        () ->
            assertThat(status())
                .extracting(record -> record.path("error").asText())
                .anyMatch(error -> error.contains("no available brokers")));
    rest.stop(name);
    rest.awaitState(name, State.STOPPED, LIMIT);
    rest.resume(name);
    assertThat(awaitRunning().id()).isNotEqualTo(first);
    awaitRow("before");
    rest.delete(name);
  }
}
