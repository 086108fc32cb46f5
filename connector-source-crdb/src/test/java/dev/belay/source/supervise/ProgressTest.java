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

  private static FoundJob job(long id, Optional<HlcTimestamp> highWater, boolean scans) {
    return new FoundJob(
        id,
        new FeedMark("f", "00", "shop"),
        JobState.RUNNING,
        "",
        "",
        Set.of(new TableName("shop", "public", "t" + id)),
        highWater,
        Optional.of(new HlcTimestamp(1, 0)),
        scans,
        Instant.EPOCH);
  }
}
