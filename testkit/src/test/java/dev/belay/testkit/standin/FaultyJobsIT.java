package dev.belay.testkit.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.row.Hlc;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that fail, falter and stall when they are told to. */
class FaultyJobsIT {

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    standIn = StandIn.start();
  }

  @AfterAll
  static void stop() {
    standIn.close();
    kafka.close();
  }

  private static String statement(String table, String with) {
    return "CREATE CHANGEFEED FOR "
        + table
        + " INTO 'kafka://"
        + kafka.bootstrapServers()
        + "' WITH updated, resolved = '50ms'"
        + with;
  }

  private static long create(String table, String with) throws SQLException {
    standIn.execute("CREATE TABLE IF NOT EXISTS " + table + " (id INT PRIMARY KEY)");
    return standIn.createChangefeed(statement(table, with));
  }

  private static JobStatus status(long job) {
    return standIn.job(job).orElseThrow();
  }

  private static void awaitState(long job, JobState state) {
    await().until(() -> status(job).state() == state);
  }

  @Test
  void terminalErrorFailsTheJobForGood() throws Exception {
    long job = create("doomed", "");
    standIn.failJob(job, "something went wrong");
    awaitState(job, JobState.FAILED);
    assertThat(status(job).error()).isEqualTo("something went wrong");
    assertThat(status(job).finished()).isPresent();
    assertThatThrownBy(() -> standIn.resume(job))
        .hasMessageContaining("job with state failed cannot be resumed");
  }

  @Test
  void terminalErrorPausesAJobThatAskedForIt() throws Exception {
    long job = create("forgiven", ", on_error = 'pause'");
    standIn.failJob(job, "something went wrong");
    awaitState(job, JobState.PAUSED);
    String reason =
        "job failed (something went wrong) but is being paused because of on_error=pause";
    assertThat(status(job).runningStatus()).isEqualTo(reason);
    assertThat(status(job).error()).endsWith(": " + reason);
    standIn.resume(job);
    Hlc now = standIn.now();
    await().until(() -> status(job).highWater().filter(now::isBefore).isPresent());
    assertThat(status(job).error()).isEmpty();
    standIn.cancel(job);
  }

  @Test
  void retryableErrorIsShownUntilItIsOver() throws Exception {
    long job = create("faltering", "");
    await().until(() -> status(job).highWater().isPresent());
    standIn.falterJob(job, "the sink is away", 3);
    await().until(() -> status(job).runningStatus().equals("transient error: the sink is away"));
    assertThat(status(job).state()).isEqualTo(JobState.RUNNING);
    Hlc now = standIn.now();
    await().until(() -> status(job).highWater().filter(now::isBefore).isPresent());
    assertThat(status(job).runningStatus()).startsWith("running: resolved=");
    standIn.cancel(job);
  }

  @Test
  void stalledJobSaysThatItRuns() throws Exception {
    long job = create("stalling", "");
    await().until(() -> status(job).highWater().isPresent());
    standIn.stallJob(job);
    standIn.execute("INSERT INTO stalling VALUES (1)");
    Hlc after = standIn.now();
    try (TopicReader reader = new TopicReader(kafka.bootstrapServers(), "stalling")) {
      reader.untilRows(1);
    }
    assertThat(status(job).state()).isEqualTo(JobState.RUNNING);
    assertThat(status(job).highWater().orElseThrow()).isLessThan(after);
    standIn.releaseStalledJob(job);
    await().until(() -> status(job).highWater().filter(after::isBefore).isPresent());
    standIn.cancel(job);
  }

  @Test
  void importEndsJobsAndKeepsNewOnesAway() throws Exception {
    long job = create("imported", "");
    standIn.importing("imported");
    awaitState(job, JobState.FAILED);
    String words =
        "CHANGEFEED cannot target offline table: imported (offline reason: \"importing\")";
    assertThat(status(job).error()).isEqualTo(words);
    assertThatThrownBy(() -> create("imported", "")).hasMessage(words);
    standIn.imported("imported");
    standIn.cancel(create("imported", ""));
  }
}
