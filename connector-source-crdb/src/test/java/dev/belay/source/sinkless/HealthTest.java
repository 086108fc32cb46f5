package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.ClusterException.Kind;
import dev.belay.source.feed.TableName;
import dev.belay.source.plan.Backoff;
import dev.belay.source.report.FeedState;
import dev.belay.source.sinkless.Health.Part;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HealthTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private boolean isAtFeedCursor;

  private Health health() {
    return new Health(
        () -> new Retry(new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(3)), 2),
        Duration.ofSeconds(60),
        () -> isAtFeedCursor,
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
    assertThat(health.error(0)).contains(message);
    assertThat(health.needsAction()).isEqualTo(!health.remedy(0).isEmpty());
  }

  /** To empty a target of which nothing is wrong yet is no cure. */
  @Test
  void whatIsGarbageCollectedIsMendedByWhereItWasMet() {
    ClusterException collected =
        refused("XXUUU", "batch timestamp 1 must be after replica GC threshold 2");
    Health behind = health();
    behind.failed(collected, Part.FEED, 0);
    assertThat(behind.remedy(0)).contains("delete the connector's offsets", "empty the target's");
    Health scanning = health();
    scanning.failed(collected, Part.SCAN, 0);
    assertThat(scanning.error(0)).contains("The scan takes longer");
    assertThat(scanning.remedy(0)).contains("gc.ttlseconds of the table above what its scan takes");
    isAtFeedCursor = true;
    Health fresh = health();
    fresh.failed(collected, Part.FEED, 0);
    assertThat(fresh.error(0)).contains("since feed.cursor was garbage-collected");
    assertThat(fresh.remedy(0)).contains("set feed.cursor to", "nothing is to be deleted");
  }

  @Test
  void pausesBetweenTriesDoubleAndAPersonIsAskedInTheEnd() {
    Health health = health();
    assertThat(health.mayTry(Part.FEED, 0)).isTrue();
    health.failed(refused("XXUUU", "odd"), Part.FEED, 0);
    assertThat(health.mayTry(Part.FEED, SECOND - 1)).isFalse();
    assertThat(health.mayTry(Part.FEED, SECOND)).isTrue();
    health.failed(refused("XXUUU", "odd"), Part.FEED, SECOND);
    assertThat(health.mayTry(Part.FEED, 3 * SECOND - 1)).isFalse();
    assertThat(health.state(false, SECOND)).isEqualTo(FeedState.RETRYING);
    health.failed(refused("XXUUU", "odd"), Part.FEED, 3 * SECOND);
    assertThat(health.mayTry(Part.FEED, 6 * SECOND)).isTrue();
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
    assertThat(health.error(60 * SECOND)).contains("60 seconds");
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
    assertThat(health.mayTry(Part.FEED, 3 * SECOND - 1)).isFalse();
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
  @ParameterizedTest
  @EnumSource(Part.class)
  void pausesGrowOverFailuresOfEveryKind(Part part) {
    Health health =
        new Health(
            () -> new Retry(new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60)), 10),
            Duration.ofSeconds(600),
            () -> isAtFeedCursor,
            0);
    List<Runnable> failures =
        List.of(
            () -> health.failed(new ClusterException(Kind.AWAY, "08006", "lost"), part, 0),
            () -> health.failed(new ClusterException(Kind.BUSY, "40001", "restart"), part, 0),
            () -> health.brokersAway("no brokers", 0),
            () -> health.failed(refused("XXUUU", "odd"), part, 0),
            () -> health.failed(new ClusterException(Kind.AWAY, "08001", "refused"), part, 0));
    long pause = SECOND;
    for (Runnable failure : failures) {
      failure.run();
      assertThat(health.mayTry(part, pause - 1)).isFalse();
      assertThat(health.mayTry(part, pause)).isTrue();
      pause *= 2;
    }
    health.moved(0);
    health.scanned();
    assertThat(health.mayTry(part, 0)).isTrue();
  }

  /** It would starve the tables that can be followed. */
  @Test
  void aScanThatFailsDoesNotMakeTheFeedWait() {
    Health health = health();
    for (int second = 0; second < 5; second++) {
      health.failed(new ClusterException(Kind.BUSY, "40001", "restart"), Part.SCAN, 0);
      assertThat(health.mayTry(Part.FEED, 0)).isTrue();
      assertThat(health.mayTry(Part.SCAN, 0)).isFalse();
      health.moved(0);
      assertThat(health.mayTry(Part.SCAN, 0)).isFalse();
    }
    assertThat(health.state(true, 0)).isEqualTo(FeedState.RETRYING);
    // and does not hide that it stands still
    assertThat(health.state(true, 60 * SECOND)).isEqualTo(FeedState.STALLED);
    assertThat(health.error(60 * SECOND)).contains("has not moved", "restart");
    assertThat(health.remedy(60 * SECOND)).contains("lagging");
  }

  /** Each page sorts, or takes, more than it may: the next try meets the same. */
  @ParameterizedTest
  @CsvSource({"57014, statement timeout", "53200, memory budget exceeded"})
  void aPageThatIsAlwaysTooMuchIsForAPerson(String state, String message) {
    Health health = health();
    for (int tries = 0; tries < 2; tries++) {
      health.failed(new ClusterException(Kind.BUSY, state, message), Part.SCAN, 0);
      assertThat(health.state(true, 0)).isEqualTo(FeedState.RETRYING);
    }
    health.failed(new ClusterException(Kind.BUSY, state, message), Part.SCAN, 0);
    assertThat(health.state(true, 0)).isEqualTo(FeedState.NEEDS_ACTION);
    assertThat(health.remedy(0)).contains("scan.page.rows", "source.statement.timeout.ms");
    assertThat(health.mayTry(Part.FEED, 0)).isTrue();
    health.scanned();
    assertThat(health.isWell()).isTrue();
  }

  @Test
  void tablesWhoseBeginningIsNeverStoredAreAStallWithTheCause() {
    Health health = health();
    for (int second = 0; second <= 60; second++) {
      health.asked(second * SECOND);
      health.awaits(Set.of(new TableName("db", "public", "young")), second * SECOND);
      health.moved(second * SECOND);
    }
    assertThat(health.starting(59 * SECOND)).isEqualTo(FeedState.STARTING);
    assertThat(health.error(59 * SECOND)).isEmpty();
    assertThat(health.starting(60 * SECOND)).isEqualTo(FeedState.STALLED);
    assertThat(health.isStalled(60 * SECOND)).isTrue();
    assertThat(health.error(60 * SECOND)).contains("has not stored", "db.public.young");
    assertThat(health.remedy(60 * SECOND)).contains("offset.flush.interval.ms", "offsets topic");
    // paused, in which nobody was asked
    health.asked(200 * SECOND);
    assertThat(health.starting(200 * SECOND)).isEqualTo(FeedState.STARTING);
    health.awaits(Set.of(), 201 * SECOND);
    health.moved(300 * SECOND);
    assertThat(health.isStalled(300 * SECOND)).isFalse();
  }

  /** With stall.action=fail the task would fail as the cluster, or Kafka, comes back. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void afterAnOutageTheFeedMayCatchUp(boolean ofKafka) {
    Health health = health();
    for (int second = 0; second <= 120; second++) {
      health.asked(second * SECOND);
      if (ofKafka) {
        health.brokersAway("no brokers", second * SECOND);
      } else {
        health.failed(new ClusterException(Kind.AWAY, "08006", "lost"), Part.FEED, second * SECOND);
      }
      assertThat(health.isStalled(second * SECOND)).isFalse();
    }
    assertThat(health.isStalled(179 * SECOND)).isFalse();
    assertThat(health.isStalled(180 * SECOND)).isTrue();
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
    assertThat(health.mayTry(Part.FEED, 3 * SECOND - 1)).isFalse();
    assertThat(health.mayTry(Part.FEED, 3 * SECOND)).isTrue();
  }
}
