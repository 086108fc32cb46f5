package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Jobs that are paused, fail or stand still, and what becomes of them. */
class HealingIT extends SourceCase {

  @Test
  void whatAnErrorPausedIsResumed() throws Exception {
    create(Map.of());
    long job = awaitRunning().id();
    standIn().failJob(job, "kafka: broker is out of disk");
    eventually(() -> assertThat(status()).anyMatch(record -> record.path("resumes").asInt() > 0));
    assertThat(awaitRunning().id()).isEqualTo(job);
    sql("INSERT INTO " + name + " VALUES (2, 'after the error')");
    awaitRow("after the error");
  }

  @Test
  void resumingComesToAnEndAndSaysWhy() throws Exception {
    create(Map.of("resume.max.attempts", "2"));
    long job = awaitRunning().id();
    standIn().stallJob(job); // else it counts as mended when it moves on
    eventually(
        () -> {
          if (standIn().job(job).orElseThrow().state() == JobState.RUNNING) {
            standIn().failJob(job, "kafka: broker is out of disk");
          }
          assertThat(status())
              .extracting(record -> record.path("state").asText())
              .containsExactly("NEEDS_ACTION");
        });
    assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT))
        .contains("was resumed 2 times", "broker is out of disk", "RESUME JOB " + job);
  }

  @Test
  void whatAPersonPausedStaysPaused() throws Exception {
    create(Map.of());
    long job = awaitRunning().id();
    standIn().pause(job);
    awaitStatus("PAUSED");
    change(Map.of("feed.revision", "2"));
    PARTS.worker().rest().awaitRunning(name, LIMIT);
    eventually(
        () ->
            assertThat(status())
                .anyMatch(
                    record -> record.path("error").asText().contains("waits until it is resumed")));
    assertThat(jobs()).extracting(JobStatus::state).containsExactly(JobState.PAUSED);
    standIn().resume(job);
    eventually(() -> assertThat(live()).extracting(JobStatus::id).doesNotContain(job));
    awaitRunning();
  }

  @Test
  void aFailedJobIsMadeAgainFromWhereItHadCome() throws Exception {
    create(Map.of("feed.option.on_error", "fail"));
    JobStatus first = awaitRunning();
    eventually(() -> assertThat(offsets()).hasSize(1));
    standIn().failJob(first.id(), "a node is gone");
    eventually(() -> assertThat(live()).extracting(JobStatus::id).doesNotContain(first.id()));
    JobStatus second = awaitRunning();
    assertThat(second.description()).contains("initial_scan = 'no'");
    sql("INSERT INTO " + name + " VALUES (2, 'after the failure')");
    awaitRow("after the failure");
    assertThat(awaitStatus("RUNNING").path("recreations").asInt()).isEqualTo(1);
  }

  @Test
  void aFailedJobWhosePastIsCollectedNeedsAPerson() throws Exception {
    create(Map.of("feed.option.on_error", "fail"));
    JobStatus first = awaitRunning();
    eventually(() -> assertThat(offsets()).hasSize(1));
    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT); // else it is healed meanwhile
    standIn().failJob(first.id(), "a node is gone");
    eventually(
        () ->
            assertThat(standIn().job(first.id()).orElseThrow().state()).isEqualTo(JobState.FAILED));
    standIn().collectHistory();
    PARTS.worker().rest().resume(name);
    assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT))
        .contains("must be after replica GC threshold", "fresh start");
  }

  @Test
  void aFreshStartSaysWhatIsInItsOwnWayAndNotWhatStoppedTheLastJob() throws Exception {
    create(Map.of("feed.option.on_error", "fail"));
    JobStatus first = awaitRunning();
    eventually(() -> assertThat(offsets()).hasSize(1));
    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT); // else it is healed meanwhile
    standIn().failJob(first.id(), "a node is gone");
    eventually(
        () ->
            assertThat(standIn().job(first.id()).orElseThrow().state()).isEqualTo(JobState.FAILED));
    PARTS.worker().rest().resetOffsets(name);
    standIn()
        .connections()
        .failNext("CREATE CHANGEFEED", "XXUUU", "kafka: no available brokers", 1000);
    PARTS.worker().rest().resume(name);
    // the status is told again and again while the job is tried again
    eventually(
        () ->
            assertThat(topics.values("belay-status"))
                .filteredOn(value -> value.contains("\"feed\":\"" + name + "\""))
                .filteredOn(value -> value.contains("no available brokers"))
                .hasSizeGreaterThan(3)
                .noneMatch(value -> value.contains("\"job\"")));
    assertThat(topics.values("belay-status"))
        .filteredOn(value -> value.contains("\"feed\":\"" + name + "\""))
        .noneMatch(value -> value.contains("a node is gone"));
    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT);
    assertThat(offsets()).isEmpty();
    standIn().connections().clear();
    PARTS.worker().rest().resume(name);
    assertThat(awaitRunning().description()).contains("initial_scan = 'yes'");
  }

  @Test
  void aTruncatedTableNeedsAPerson() throws Exception {
    create(Map.of());
    awaitRunning();
    sql("TRUNCATE TABLE " + name);
    JsonNode status = awaitStatus("NEEDS_ACTION");
    assertThat(status.path("error").asText()).contains("truncated");
    assertThat(status.path("remedy").asText()).contains("Truncate the target's table");
    assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT)).contains("truncated");
    assertThat(jobs()).hasSize(1);
  }

  @Test
  void aDroppedTableNeedsAPerson() throws Exception {
    create(Map.of());
    awaitRunning();
    sql("DROP TABLE " + name);
    JsonNode status = awaitStatus("NEEDS_ACTION");
    assertThat(status.path("error").asText())
        .contains("was dropped", "its rows stay in the target");
    assertThat(status.path("remedy").asText()).contains("Take the table out of the configuration");
    assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT)).contains("was dropped");
    assertThat(jobs()).hasSize(1);
  }

  @Test
  void aFreshStartAfterATruncateRuns() throws Exception {
    create(Map.of());
    awaitRunning();
    eventually(() -> assertThat(offsets()).hasSize(1));
    sql("TRUNCATE TABLE " + name);
    PARTS.worker().rest().awaitTaskFailure(name, LIMIT);
    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().resetOffsets(name);
    sql("INSERT INTO " + name + " VALUES (3, 'after the truncate')");
    PARTS.worker().rest().resume(name);
    awaitRunning();
    awaitRow("after the truncate");
    eventually(
        () ->
            assertThat(status())
                .extracting(record -> record.path("state").asText())
                .containsExactly("RUNNING"));
  }

  @Test
  void aTableThatIsBeingImportedNeedsAPerson() throws Exception {
    create(Map.of());
    awaitRunning();
    standIn().importing(name);
    assertThat(awaitStatus("NEEDS_ACTION").path("error").asText()).contains("offline");
    standIn().imported(name);
  }

  @Test
  void aCancelledJobIsNotMadeAgain() throws Exception {
    create(Map.of());
    long job = awaitRunning().id();
    eventually(() -> assertThat(offsets()).hasSize(1));
    standIn().cancel(job);
    assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT))
        .contains("cancelled by a person");
    assertThat(live()).isEmpty();
  }

  @Test
  void aJobThatIsCancelledDuringItsScanStaysCancelledUntilItsOffsetsAreDeleted() throws Exception {
    standIn().holdJobs(JobState.PENDING);
    long job;
    try {
      create(Map.of("needs.action", "report"));
      awaitStatus("STARTING");
      job = live().get(0).id();
      eventually(() -> assertThat(offsets()).hasSize(1));
      standIn().cancel(job);
    } finally {
      standIn().releaseJobs(JobState.PENDING);
    }
    assertThat(awaitStatus("NEEDS_ACTION").path("error").asText())
        .contains("cancelled by a person");
    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT);
    String before = awaitStatus("NEEDS_ACTION").path("at").asText();
    PARTS.worker().rest().resume(name);
    eventually(
        () -> assertThat(awaitStatus("NEEDS_ACTION").path("at").asText()).isGreaterThan(before));
    assertThat(jobs()).extracting(JobStatus::id).containsExactly(job);

    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT);
    PARTS.worker().rest().resetOffsets(name);
    PARTS.worker().rest().resume(name);
    assertThat(awaitRunning().description()).contains("initial_scan = 'yes'");
  }

  @Test
  void deletingTheOffsetsIsAFreshStartAlsoWhileTheJobIsEnding() throws Exception {
    create(Map.of());
    long job = awaitRunning().id();
    eventually(() -> assertThat(offsets()).hasSize(1));
    standIn().holdJobs(JobState.CANCEL_REQUESTED);
    try {
      PARTS.worker().rest().stop(name);
      PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT);
      PARTS.worker().rest().resetOffsets(name);
      PARTS.worker().rest().resume(name);
      // a look at the job that is ending
      eventually(
          () ->
              assertThat(status())
                  .anyMatch(record -> record.path("state").asText().equals("STARTING")));
    } finally {
      standIn().releaseJobs(JobState.CANCEL_REQUESTED);
    }
    JobStatus second = awaitRunning();
    assertThat(second.id()).isNotEqualTo(job);
    assertThat(second.description()).contains("initial_scan = 'yes'");
  }

  @Test
  void aTruncateDuringTheScanNeedsAPersonAndNoJobAfterTheOther() throws Exception {
    standIn().holdJobs(JobState.PENDING);
    try {
      create(Map.of("feed.option.on_error", "fail"));
      awaitStatus("STARTING");
      sql("TRUNCATE TABLE " + name);
    } finally {
      standIn().releaseJobs(JobState.PENDING);
    }
    assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT)).contains("truncated");
    assertThat(jobs()).hasSize(1);
  }

  @Test
  void aKafkaThatTheClusterDoesNotReachIsTriedAgain() throws Exception {
    standIn()
        .connections()
        .failNext("belay." + name + ".", "XXUUU", "kafka: no available brokers", 3);
    create(Map.of("status.interval.ms", "100", "resume.backoff.ms", "1000"));
    awaitEver("RETRYING");
    assertThat(topics.values("belay-status"))
        .anyMatch(value -> value.contains(name) && value.contains("no available brokers"));
    awaitRunning();
    awaitStatus("RUNNING");
  }

  @Test
  void tryingToMakeAJobComesToAnEnd() throws Exception {
    // were there a third try, it would succeed
    standIn()
        .connections()
        .failNext("belay." + name + ".", "XXUUU", "kafka: no available brokers", 2);
    create(
        Map.of(
            "needs.action", "report",
            "resume.max.attempts", "2",
            "status.interval.ms", "100"));
    String first = awaitStatus("NEEDS_ACTION").path("at").asText();
    for (int looks = 0; looks < 5; looks++) {
      String before = first;
      eventually(
          () -> assertThat(awaitStatus("NEEDS_ACTION").path("at").asText()).isGreaterThan(before));
      first = awaitStatus("NEEDS_ACTION").path("at").asText();
    }
    assertThat(jobs()).isEmpty();
  }

  @Test
  void aJobThatRunsAndDoesNotMoveIsStalled() throws Exception {
    create(Map.of("stall.timeout.ms", "1500", "stall.action", "fail"));
    long job = awaitRunning().id();
    standIn().stallJob(job);
    assertThat(awaitStatus("STALLED").path("error").asText()).contains("has not moved for");
    assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT)).contains("has not moved for");
    standIn().releaseStalledJob(job);
  }

  @Test
  void aJobThatFaltersSaysSoAndIsStalledBeforeItsFirstCheckpointToo() throws Exception {
    create(Map.of("feed.initial.scan", "no", "stall.timeout.ms", "2000"));
    long job = awaitRunning().id();
    standIn().falterJob(job, "client has run out of available brokers", 1000);
    eventually(
        () ->
            assertThat(awaitStatus("STALLED").path("error").asText())
                .contains("has not moved for", "run out of available brokers"));
  }

  @Test
  void aLookUpThatFailsForAMomentFailsNoTask() throws Exception {
    create(Map.of());
    awaitRunning();
    awaitStatus("RUNNING");
    standIn().connections().failNext("SHOW CHANGEFEED JOBS", "XX000", "internal error", 3);
    awaitEver("UNREACHABLE");
    awaitStatus("RUNNING");
    PARTS.worker().rest().awaitRunning(name, LIMIT);
  }

  /** Without pauses that grow it would be back within three intervals. */
  @Test
  void aClusterThatDoesNotAnswerIsAskedLessAndLessOftenAndStatusIsToldMeanwhile() throws Exception {
    create(Map.of("resume.backoff.ms", "1500", "status.interval.ms", "300"));
    awaitRunning();
    awaitStatus("RUNNING");
    standIn().connections().failNext("SHOW CHANGEFEED JOBS", "XX000", "internal error", 2);
    awaitEver("UNREACHABLE");
    awaitStatus("RUNNING");
    List<Instant> away = new ArrayList<>();
    Instant back = Instant.MIN;
    for (String value : topics.values("belay-status")) {
      if (value.contains("\"feed\":\"" + name + "\"")) {
        JsonNode record = new JsonMapper().readTree(value);
        Instant at = Instant.parse(record.path("at").asText());
        if (record.path("state").asText().equals("UNREACHABLE")) {
          away.add(at);
        } else if (!away.isEmpty() && back.equals(Instant.MIN)) {
          back = at;
        }
      }
    }
    assertThat(away).hasSizeGreaterThan(3);
    assertThat(Duration.between(away.get(0), back)).isGreaterThan(Duration.ofMillis(4000));
  }

  @Test
  void aStallThatPassesIsReportedAndOver() throws Exception {
    create(Map.of("stall.timeout.ms", "1500"));
    long job = awaitRunning().id();
    standIn().stallJob(job);
    awaitStatus("STALLED");
    standIn().releaseStalledJob(job);
    awaitStatus("RUNNING");
  }

  @Test
  void aLicenceThatHasExpiredNeedsAPerson() throws Exception {
    standIn().licence(true);
    try {
      create(Map.of());
      JsonNode status = awaitStatus("NEEDS_ACTION");
      assertThat(status.path("error").asText()).contains("does not create the changefeed", "licen");
      assertThat(status.path("remedy").asText()).contains("enterprise.license");
    } finally {
      standIn().licence(false);
    }
    PARTS.worker().rest().awaitTaskFailure(name, LIMIT);
    PARTS.worker().rest().restartTask(name, 0);
    awaitRunning();
  }

  /** The error stays on the job when the licence is there again. */
  @Test
  void aJobThatWantOfALicencePausedGoesOnAfterTheRemedy() throws Exception {
    create(Map.of());
    long job = awaitRunning().id();
    standIn().licence(true);
    try {
      standIn().failJob(job, "a broker is gone");
      assertThat(awaitStatus("NEEDS_ACTION").path("remedy").asText())
          .contains("enterprise.license", "restart");
      PARTS.worker().rest().awaitTaskFailure(name, LIMIT);
    } finally {
      standIn().licence(false);
    }
    PARTS.worker().rest().restartTask(name, 0);
    assertThat(awaitRunning().id()).isEqualTo(job);
    sql("INSERT INTO " + name + " VALUES (2, 'with a licence again')");
    awaitRow("with a licence again");
  }

  @Test
  void needsActionMayBeReportedOnly() throws Exception {
    create(Map.of("needs.action", "report"));
    awaitRunning();
    sql("TRUNCATE TABLE " + name);
    awaitStatus("NEEDS_ACTION");
    PARTS.worker().rest().awaitRunning(name, LIMIT);
  }

  private JsonNode offsets() {
    return PARTS.worker().rest().offsets(name).path("offsets");
  }
}
