package dev.belay.source.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.feed.FeedMark;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.JobState;
import dev.belay.source.feed.Survey;
import dev.belay.source.feed.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs that stand still are found, each by itself. */
class ProgressTest {
  private final Progress progress = new Progress(Duration.ofSeconds(10));

  @Test
  void aScanOfAnAddedTableHidesNoJobThatStandsStill() {
    FoundJob still = job(1, Optional.of(new HlcTimestamp(5, 0)), false);
    FoundJob scanning = job(2, Optional.empty(), true);
    Survey survey = new Survey(new HlcTimestamp(9, 0), List.of(still, scanning), Map.of());
    progress.look(survey, Duration.ofSeconds(1));
    progress.look(survey, Duration.ofSeconds(11));
    assertThat(progress.stalledFor(still, Duration.ofSeconds(11))).isPresent();
    assertThat(progress.stalledFor(scanning, Duration.ofSeconds(11))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = JobState.class,
      names = {"PENDING", "PAUSE_REQUESTED", "CANCEL_REQUESTED", "REVERTING", "RETRY_REVERTING"})
  void aJobThatNeverComesToItsNextStateStandsStill(JobState state) {
    for (boolean scans : List.of(true, false)) {
      FoundJob job = job(scans ? 1 : 2, state, Optional.empty(), scans);
      look(1, job);
      look(10, job);
      assertThat(progress.stalledFor(job, Duration.ofSeconds(10))).isEmpty();
      assertThat(progress.stalledFor(job, Duration.ofSeconds(11))).contains(Duration.ofSeconds(10));
    }
  }

  /** A scan that takes an hour, and a node that takes the job up again. */
  @Test
  void aScanThatIsTakenUpAnewIsPendingFromThenOn() {
    look(0, job(1, Optional.empty(), true));
    look(3600, job(1, JobState.PENDING, Optional.empty(), true));
    FoundJob pending = job(1, JobState.PENDING, Optional.empty(), true);
    assertThat(progress.stalledFor(pending, Duration.ofSeconds(3609))).isEmpty();
    assertThat(progress.stalledFor(pending, Duration.ofSeconds(3610))).isPresent();
  }

  /** Else it would be told of, and its task would fail, before it could move. */
  @Test
  void aJobThatWasPausedIsJudgedFromWhenItIsResumed() {
    Optional<HlcTimestamp> reached = Optional.of(new HlcTimestamp(5, 0));
    look(0, job(1, reached, false));
    look(1, job(1, JobState.PAUSED, reached, false));
    look(3600, job(1, JobState.PAUSED, reached, false));
    FoundJob resumed = job(1, reached, false);
    look(3601, resumed);
    assertThat(progress.stalledFor(resumed, Duration.ofSeconds(3610))).isEmpty();
    assertThat(progress.stalledFor(resumed, Duration.ofSeconds(3611))).isPresent();
  }

  /** It is passed on from node to node, and none of them sends anything. */
  @Test
  void aJobThatGoesToAndFroWithoutMovingStandsStill() {
    Optional<HlcTimestamp> reached = Optional.of(new HlcTimestamp(5, 0));
    for (int second = 0; second < 10; second++) {
      look(second, job(1, second % 2 == 0 ? JobState.RUNNING : JobState.PENDING, reached, false));
    }
    assertThat(progress.stalledFor(job(1, reached, false), Duration.ofSeconds(10))).isPresent();
  }

  /** With stall.action=fail the task would fail as the feed comes back. */
  @Test
  void aJobMayCatchUpAfterAnOutage() {
    FoundJob job = job(1, Optional.of(new HlcTimestamp(5, 0)), false);
    look(0, job);
    look(2, job);
    progress.missed();
    progress.missed();
    look(3600, job);
    assertThat(progress.stalledFor(job, Duration.ofSeconds(3600))).isEmpty();
    look(3607, job);
    assertThat(progress.stalledFor(job, Duration.ofSeconds(3607))).isEmpty();
    assertThat(progress.stalledFor(job, Duration.ofSeconds(3608))).contains(Duration.ofSeconds(10));
  }

  /** A balancer that drops every second session must not hide it. */
  @Test
  void looksThatAreMissedNowAndThenHideNoJobThatStandsStill() {
    FoundJob job = job(1, Optional.of(new HlcTimestamp(5, 0)), false);
    for (int second = 0; second < 40; second += 4) {
      look(second, job);
      look(second + 2, job);
      progress.missed();
    }
    assertThat(progress.stalledFor(job, Duration.ofSeconds(38))).isPresent();
  }

  private void look(int second, FoundJob... jobs) {
    progress.look(
        new Survey(new HlcTimestamp(9, 0), List.of(jobs), Map.of()), Duration.ofSeconds(second));
  }

  private static FoundJob job(long id, Optional<HlcTimestamp> highWater, boolean scans) {
    return job(id, JobState.RUNNING, highWater, scans);
  }

  private static FoundJob job(
      long id, JobState state, Optional<HlcTimestamp> highWater, boolean scans) {
    return new FoundJob(
        id,
        new FeedMark("f", "00", "shop"),
        state,
        "",
        "",
        Set.of(new TableName("shop", "public", "t" + id)),
        highWater,
        Optional.of(new HlcTimestamp(1, 0)),
        scans,
        Instant.EPOCH);
  }
}
