package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.ClusterException.Kind;
import dev.belay.source.plan.Backoff;
import dev.belay.source.report.FeedState;
import java.time.Duration;
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
    health.failed(new ClusterException(kind, state, message), 0);
    assertThat(health.state(false, 0)).isEqualTo(judged);
    assertThat(health.error(false)).contains(message);
    assertThat(health.needsAction()).isEqualTo(!health.remedy(false).isEmpty());
  }

  @Test
  void pausesBetweenTriesDoubleAndAPersonIsAskedInTheEnd() {
    Health health = health();
    assertThat(health.mayTry(0)).isTrue();
    health.failed(refused("XXUUU", "odd"), 0);
    assertThat(health.mayTry(SECOND - 1)).isFalse();
    assertThat(health.mayTry(SECOND)).isTrue();
    health.failed(refused("XXUUU", "odd"), SECOND);
    assertThat(health.mayTry(3 * SECOND - 1)).isFalse();
    assertThat(health.state(false, SECOND)).isEqualTo(FeedState.RETRYING);
    health.failed(refused("XXUUU", "odd"), 3 * SECOND);
    assertThat(health.mayTry(6 * SECOND)).isTrue();
    assertThat(health.state(false, 0)).isEqualTo(FeedState.NEEDS_ACTION);
    health.moved(7 * SECOND);
    assertThat(health.state(false, 7 * SECOND)).isEqualTo(FeedState.RUNNING);
  }

  @Test
  void resolvedTimeThatStandsStillIsAStallButAScanOrAPauseIsNone() {
    Health health = health();
    for (int second = 0; second <= 60; second++) {
      health.asked(second * SECOND);
    }
    assertThat(health.state(false, 59 * SECOND)).isEqualTo(FeedState.RUNNING);
    assertThat(health.state(false, 60 * SECOND)).isEqualTo(FeedState.STALLED);
    assertThat(health.error(true)).contains("60 seconds");
    assertThat(health.state(true, 60 * SECOND)).isEqualTo(FeedState.SCANNING);
    health.asked(200 * SECOND);
    assertThat(health.state(false, 200 * SECOND)).isEqualTo(FeedState.RUNNING);
  }

  /** The cluster and Kafka were away for long, and as it comes back it refuses once. */
  @Test
  void whoWasAwayHasNotRefused() {
    Health health = health();
    for (int second = 0; second < 10; second++) {
      health.failed(new ClusterException(Kind.AWAY, "08006", "lost"), second * SECOND);
      health.failed(new ClusterException(Kind.BUSY, "40001", "restart"), second * SECOND);
      health.brokersAway("no brokers", second * SECOND);
    }
    health.failed(refused("XXUUU", "node unavailable; try another peer"), 10 * SECOND);
    assertThat(health.state(false, 10 * SECOND)).isEqualTo(FeedState.RETRYING);
    health.failed(refused("XXUUU", "node unavailable; try another peer"), 20 * SECOND);
    health.failed(new ClusterException(Kind.AWAY, "08006", "lost"), 30 * SECOND);
    assertThat(health.needsAction()).isFalse();
    health.failed(refused("XXUUU", "node unavailable; try another peer"), 40 * SECOND);
    assertThat(health.state(false, 40 * SECOND)).isEqualTo(FeedState.NEEDS_ACTION);
  }

  /** Pauses grow with whatever went wrong. */
  @Test
  void absencesLengthenThePausesToo() {
    Health health = health();
    health.failed(new ClusterException(Kind.AWAY, "08006", "lost"), 0);
    health.failed(new ClusterException(Kind.AWAY, "08006", "lost"), SECOND);
    assertThat(health.mayTry(3 * SECOND - 1)).isFalse();
    assertThat(health.mayTry(3 * SECOND)).isTrue();
  }
}
