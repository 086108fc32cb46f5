package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.ClusterException.Kind;
import dev.belay.source.plan.Backoff;
import dev.belay.source.report.FeedState;
import dev.belay.source.sinkless.Health.Part;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private static Health health() {
    return new Health(
        new Retry(new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(3)), 2),
        Duration.ofSeconds(60),
        0);
  }

  private static ClusterException refused(String state, String message) {
    return new ClusterException(Kind.REFUSED, state, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          AWAY    | 08006 | The session was lost                                      | UNREACHABLE
          BUSY    | 40001 | restart transaction                                       | RETRYING
          REFUSED | XXUUU | node unavailable; try another peer                        | RETRYING
          REFUSED | XXUUU | batch timestamp 1 must be after replica GC threshold 2    | NEEDS_ACTION
          REFUSED | 42501 | user x requires the CHANGEFEED privilege                  | NEEDS_ACTION
          REFUSED | 42P01 | table "t" does not exist                                  | NEEDS_ACTION
          REFUSED | 55000 | rangefeeds require the kv.rangefeed.enabled setting       | NEEDS_ACTION
          REFUSED | XXUUU | schema change occurred at 1.0                             | NEEDS_ACTION
          """)
  void troubleIsJudgedByWhatTheClusterSays(
      Kind kind, String state, String message, FeedState judged) {
    Health health = health();
    health.failed(new ClusterException(kind, state, message), Part.FEED, 0);
    assertThat(health.state(false, 0)).isEqualTo(judged);
    assertThat(health.error(false)).contains(message);
    assertThat(health.needsAction()).isEqualTo(!health.remedy(false).isEmpty());
  }

  @Test
  void pausesBetweenTriesDoubleAndAPersonIsAskedInTheEnd() {
    Health health = health();
    assertThat(health.mayTry(0)).isTrue();
    health.failed(refused("XXUUU", "odd"), Part.FEED, 0);
    assertThat(health.mayTry(SECOND - 1)).isFalse();
    assertThat(health.mayTry(SECOND)).isTrue();
    health.failed(refused("XXUUU", "odd"), Part.FEED, SECOND);
    assertThat(health.mayTry(3 * SECOND - 1)).isFalse();
    assertThat(health.state(false, SECOND)).isEqualTo(FeedState.RETRYING);
    health.failed(refused("XXUUU", "odd"), Part.FEED, 3 * SECOND);
    assertThat(health.mayTry(6 * SECOND)).isTrue();
    assertThat(health.state(false, 0)).isEqualTo(FeedState.NEEDS_ACTION);
    health.moved(7 * SECOND);
    assertThat(health.state(false, 7 * SECOND)).isEqualTo(FeedState.RUNNING);
  }

  @Test
  void resolvedTimeThatStandsStillIsAStallButAPauseIsNone() {
    Health health = health();
    for (int second = 0; second <= 60; second++) {
      health.asked(second * SECOND);
    }
    assertThat(health.state(false, 59 * SECOND)).isEqualTo(FeedState.RUNNING);
    assertThat(health.state(false, 60 * SECOND)).isEqualTo(FeedState.STALLED);
    assertThat(health.error(true)).contains("60 seconds");
    health.asked(200 * SECOND);
    assertThat(health.state(false, 200 * SECOND)).isEqualTo(FeedState.RUNNING);
  }

  /**
   * Tables that are new are read, page by page, beside a feed of others from which nothing comes.
   */
  @Test
  void aFeedThatStandsStillIsNotHiddenByAScanBesideIt() {
    Health health = health();
    for (int second = 0; second < 60; second += 20) {
      // a page may take long, which is no pause by Connect
      health.asked(second * SECOND);
      health.scanned();
      health.answered((second + 20) * SECOND);
    }
    assertThat(health.state(true, 59 * SECOND)).isEqualTo(FeedState.SCANNING);
    assertThat(health.state(true, 60 * SECOND)).isEqualTo(FeedState.STALLED);
    health.moved(61 * SECOND);
    assertThat(health.state(true, 61 * SECOND)).isEqualTo(FeedState.SCANNING);
    // where no table is followed, there is nothing that could stand still
    health.followsNothing(300 * SECOND);
    assertThat(health.state(true, 300 * SECOND)).isEqualTo(FeedState.SCANNING);
  }

  @Test
  void aScanThatWorksDoesNotShortenThePausesOfAFeedThatFails() {
    Health health = health();
    health.failed(refused("XXUUU", "odd"), Part.FEED, 0);
    health.scanned();
    assertThat(health.state(true, 0)).isEqualTo(FeedState.RETRYING);
    health.failed(refused("XXUUU", "odd"), Part.FEED, SECOND);
    health.scanned();
    assertThat(health.mayTry(3 * SECOND - 1)).isFalse();
    health.failed(refused("XXUUU", "odd"), Part.FEED, 3 * SECOND);
    assertThat(health.state(true, 3 * SECOND)).isEqualTo(FeedState.NEEDS_ACTION);
    health.moved(6 * SECOND);
    assertThat(health.state(true, 6 * SECOND)).isEqualTo(FeedState.SCANNING);
    // and the reverse
    health.failed(refused("XXUUU", "odd"), Part.SCAN, 6 * SECOND);
    health.moved(6 * SECOND);
    assertThat(health.isWell()).isFalse();
    health.scanned();
    assertThat(health.isWell()).isTrue();
  }

  /** Whatever goes wrong next, and whoever is at fault, the pause is the longer for it. */
  @Test
  void pausesGrowOverFailuresOfEveryKind() {
    Health health =
        new Health(
            new Retry(new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60)), 10),
            Duration.ofSeconds(600),
            0);
    List<Runnable> failures =
        List.of(
            () -> health.failed(new ClusterException(Kind.AWAY, "08006", "lost"), Part.FEED, 0),
            () -> health.failed(new ClusterException(Kind.BUSY, "40001", "restart"), Part.SCAN, 0),
            () -> health.brokersAway("no brokers", 0),
            () -> health.failed(refused("XXUUU", "odd"), Part.FEED, 0),
            () -> health.failed(new ClusterException(Kind.AWAY, "08001", "refused"), Part.SCAN, 0));
    long pause = SECOND;
    for (Runnable failure : failures) {
      failure.run();
      assertThat(health.mayTry(pause - 1)).isFalse();
      assertThat(health.mayTry(pause)).isTrue();
      pause *= 2;
    }
    health.moved(0);
    assertThat(health.mayTry(0)).isFalse();
    health.scanned();
    assertThat(health.mayTry(0)).isTrue();
  }

  /** The cluster and Kafka were away for long, and as it comes back it refuses once. */
  @Test
  void whoWasAwayHasNotRefused() {
    Health health = health();
    for (int second = 0; second < 10; second++) {
      health.failed(new ClusterException(Kind.AWAY, "08006", "lost"), Part.FEED, second * SECOND);
      health.failed(
          new ClusterException(Kind.BUSY, "40001", "restart"), Part.FEED, second * SECOND);
      health.brokersAway("no brokers", second * SECOND);
    }
    health.failed(refused("XXUUU", "node unavailable; try another peer"), Part.FEED, 10 * SECOND);
    assertThat(health.state(false, 10 * SECOND)).isEqualTo(FeedState.RETRYING);
    health.failed(refused("XXUUU", "node unavailable; try another peer"), Part.FEED, 20 * SECOND);
    health.failed(new ClusterException(Kind.AWAY, "08006", "lost"), Part.FEED, 30 * SECOND);
    assertThat(health.needsAction()).isFalse();
    health.failed(refused("XXUUU", "node unavailable; try another peer"), Part.FEED, 40 * SECOND);
    assertThat(health.state(false, 40 * SECOND)).isEqualTo(FeedState.NEEDS_ACTION);
  }

  /** Pauses grow with whatever went wrong. */
  @Test
  void absencesLengthenThePausesToo() {
    Health health = health();
    health.failed(new ClusterException(Kind.AWAY, "08006", "lost"), Part.FEED, 0);
    health.failed(new ClusterException(Kind.AWAY, "08006", "lost"), Part.FEED, SECOND);
    assertThat(health.mayTry(3 * SECOND - 1)).isFalse();
    assertThat(health.mayTry(3 * SECOND)).isTrue();
  }
}
