package dev.belay.source.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.feed.FeedAction;
import dev.belay.source.feed.FeedMark;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.JobState;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.Survey;
import dev.belay.source.feed.TableName;
import dev.belay.source.plan.Backoff;
import dev.belay.source.report.FeedStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Of which job a status is that speaks of tables. */
class ReportingTest {
  private static final TableName A = new TableName("shop", "public", "a");
  private final Reporting reporting =
      new Reporting(
          new Healing(3, new Backoff(Duration.ZERO, Duration.ZERO)),
          new Progress(Duration.ofSeconds(10)),
          Optional.of(Duration.ofHours(72)));

  /** A twin was cancelled long ago; its position would be stored as the table's. */
  @Test
  void aStatusIsOfTheJobThatLivesAndNotOfATwinThatHasEnded() {
    FeedStatus status =
        needsAction(
            job(11, JobState.PAUSED, 9, Instant.EPOCH),
            job(12, JobState.CANCELED, 3, Instant.ofEpochSecond(5)));
    assertThat(status.id()).contains(11L);
    assertThat(status.cursor()).contains(at(9));
    assertThat(
            needsAction(
                    job(11, JobState.RUNNING, 9, Instant.EPOCH),
                    job(12, JobState.RUNNING, 3, Instant.EPOCH))
                .id())
        .contains(11L);
  }

  @Test
  void ofJobsThatHaveEndedItIsOfTheLast() {
    assertThat(
            needsAction(
                    job(11, JobState.FAILED, 9, Instant.ofEpochSecond(7)),
                    job(12, JobState.CANCELED, 3, Instant.ofEpochSecond(5)))
                .id())
        .contains(11L);
  }

  private FeedStatus needsAction(FoundJob... jobs) {
    return reporting
        .status(
            List.of(new FeedAction.NeedsAction(Set.of(A), "found", "remedy")),
            new Survey(at(10), List.of(jobs), Map.of()),
            Map.of(A, new Position.Reached(at(3), 11)),
            Duration.ZERO)
        .get(0);
  }

  private static HlcTimestamp at(long seconds) {
    return new HlcTimestamp(Duration.ofSeconds(seconds).toNanos(), 0);
  }

  private static FoundJob job(long id, JobState state, long highWater, Instant finished) {
    return new FoundJob(
        id,
        new FeedMark("f", "aa11", "shop"),
        state,
        "",
        "",
        Set.of(A),
        Optional.of(at(highWater)),
        Optional.empty(),
        true,
        finished);
  }
}
