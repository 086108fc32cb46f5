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
import dev.belay.source.feed.WantedFeed;
import dev.belay.source.plan.Backoff;
import dev.belay.source.plan.FeedPlanner;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What was tried without success, and for how long that is remembered. */
class HealingTest {
  private static final Duration PAUSE = Duration.ofSeconds(7);
  private static final Duration NOW = Duration.ofHours(1);
  private static final HlcTimestamp CLUSTER_NOW = new HlcTimestamp(1_701_102_296_662_969_433L, 0);
  private static final HlcTimestamp REACHED = new HlcTimestamp(1_701_102_290_000_000_000L, 0);
  private static final TableName A = new TableName("shop", "public", "a");
  private static final TableName B = new TableName("shop", "public", "b");
  private static final FeedMark MARK = new FeedMark("f", "aa11", "shop");

  private final Healing healing = new Healing(3, new Backoff(PAUSE, PAUSE));

  /** Tables that were refused together, and of which one was made alone afterwards. */
  @Test
  void aRefusalThatIsOverDoesNotTakeItsPauseFromATableWhoseJobsFail() {
    healing.refused(Set.of(A, B), "kafka: no brokers", false, Duration.ZERO);
    healing.created(Set.of(A));
    recreating(A);
    assertThat(planned(A)).isEqualTo(List.of(new FeedAction.Wait(Set.of(A), "node gone", PAUSE)));
  }

  /** Another worker has made what was refused to this one. */
  @Test
  void aJobThatIsThereAsWantedEndsTheRefusal() {
    healing.refused(Set.of(A), "kafka: no brokers", false, Duration.ZERO);
    look(job(1, JobState.RUNNING, MARK, A));
    recreating(A);
    assertThat(planned(A)).isEqualTo(List.of(new FeedAction.Wait(Set.of(A), "node gone", PAUSE)));
  }

  /** One that is to be replaced says nothing of its successor. */
  @Test
  void aJobOfAnotherConfigurationDoesNotEndTheRefusal() {
    healing.refused(Set.of(A), "kafka: no brokers", false, NOW);
    look(job(1, JobState.RUNNING, new FeedMark("f", "bb22", "shop"), A));
    look(job(2, JobState.CANCEL_REQUESTED, MARK, A));
    look(job(3, JobState.FAILED, MARK, A));
    look(job(4, JobState.RUNNING, MARK, B));
    assertThat(healing.trials(NOW).creations()).containsOnlyKeys(Set.of(A));
  }

  /** And is its table's news, with a pause of its own, for as long as it lasts. */
  @Test
  void aRefusalThatLastsIsWaitedFor() {
    healing.refused(Set.of(A), "kafka: no brokers", false, NOW);
    recreating(A);
    assertThat(planned(A))
        .singleElement()
        .isInstanceOfSatisfying(
            FeedAction.Wait.class,
            wait -> {
              assertThat(wait.left()).isEqualTo(PAUSE);
              assertThat(wait.tables()).containsExactly(A);
            });
  }

  /** Else a job that fails at once would be made again for ever. */
  @Test
  void jobsOfOtherTablesThatMoveDoNotEndThePatienceWithOneThatFails() {
    for (int round = 1; round <= 3; round++) {
      assertThat(planned(A)).singleElement().isNotInstanceOf(FeedAction.NeedsAction.class);
      recreating(A);
      look(job(20 + round, JobState.RUNNING, MARK, after(round), B));
    }
    assertThat(planned(A))
        .singleElement()
        .isInstanceOfSatisfying(
            FeedAction.NeedsAction.class,
            action -> assertThat(action.found()).contains("as 3 did"));
    assertThat(healing.recreated()).isEqualTo(3);
  }

  @Test
  void tablesWhoseJobsFailAtOnceAreCountedEachForItself() {
    recreating(A);
    recreating(B);
    assertThat(planned(A)).isEqualTo(List.of(new FeedAction.Wait(Set.of(A), "node gone", PAUSE)));
    recreating(A);
    recreating(A);
    assertThat(planned(A)).singleElement().isInstanceOf(FeedAction.NeedsAction.class);
    assertThat(planned(B)).isEqualTo(List.of(new FeedAction.Wait(Set.of(B), "node gone", PAUSE)));
  }

  @Test
  void aSuccessorThatComesFurtherThanTheFailedOneBeginsTheCountAnew() {
    recreating(A);
    look(job(10, JobState.RUNNING, MARK, Optional.of(REACHED), A));
    look(job(8, JobState.CANCELED, MARK, after(5), A));
    assertThat(healing.trials(NOW).recreations()).containsOnlyKeys(A);
    look(job(10, JobState.RUNNING, MARK, after(1), A));
    assertThat(healing.trials(NOW).recreations()).isEmpty();
  }

  /** It had failed long before, and its successor is ended for a new configuration. */
  @Test
  void aJobThatDoesNotReplaceAFailedOneCountsForNothing() {
    FoundJob failed = job(9, JobState.FAILED, MARK, A);
    FoundJob ended = job(10, JobState.CANCELED, MARK, A);
    healing.recreating(Set.of(A), new Survey(CLUSTER_NOW, List.of(failed, ended), Map.of()), NOW);
    assertThat(healing.trials(NOW).recreations()).isEmpty();
    assertThat(healing.recreated()).isZero();
  }

  /** An error pauses it, then it fails, then an error pauses the next one. */
  @Test
  void pausesBetweenJobsGrowThoughErrorsPausedThemInBetween() {
    Healing mixed = new Healing(10, new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60)));
    for (int round = 1; round <= 4; round++) {
      FoundJob next = job(10 + round, JobState.RUNNING, MARK, A);
      mixed.look(new Survey(CLUSTER_NOW, List.of(next), Map.of()), wanted(A));
      mixed.resumed(next, NOW);
      assertThat(mixed.trials(NOW).resumes().get(next.id()).left())
          .isEqualTo(Duration.ofSeconds(1));
      mixed.resumed(next, NOW);
      assertThat(mixed.trials(NOW).resumes().get(next.id()).left())
          .isEqualTo(Duration.ofSeconds(2));
      FoundJob failed = job(10 + round, JobState.FAILED, MARK, A);
      mixed.recreating(Set.of(A), new Survey(CLUSTER_NOW, List.of(failed), Map.of()), NOW);
      assertThat(mixed.trials(NOW).recreations().get(A).left())
          .isEqualTo(Duration.ofSeconds(1L << (round - 1)));
    }
  }

  private static Optional<HlcTimestamp> after(int nanos) {
    return Optional.of(new HlcTimestamp(1_701_102_290_000_000_000L + nanos, 0));
  }

  private void recreating(TableName table) {
    FoundJob failed = job(9, JobState.FAILED, MARK, table);
    healing.recreating(Set.of(table), new Survey(CLUSTER_NOW, List.of(failed), Map.of()), NOW);
  }

  private void look(FoundJob job) {
    healing.look(new Survey(CLUSTER_NOW, List.of(job), Map.of()), wanted(A, B));
  }

  /** For a table whose last job has failed. */
  private List<FeedAction> planned(TableName table) {
    FoundJob failed = job(9, JobState.FAILED, MARK, table);
    return FeedPlanner.plan(
        wanted(table), new Survey(CLUSTER_NOW, List.of(failed), Map.of()), healing.trials(NOW));
  }

  private static WantedFeed wanted(TableName... tables) {
    Map<TableName, Position> positions = new HashMap<>();
    for (TableName table : tables) {
      positions.put(table, new Position.Reached(REACHED, 9));
    }
    return new WantedFeed(MARK, positions, true, Optional.empty(), 0);
  }

  private static FoundJob job(long id, JobState state, FeedMark mark, TableName table) {
    return job(id, state, mark, Optional.of(REACHED), table);
  }

  private static FoundJob job(
      long id, JobState state, FeedMark mark, Optional<HlcTimestamp> highWater, TableName table) {
    return new FoundJob(
        id,
        mark,
        state,
        "",
        state == JobState.FAILED ? "node gone" : "",
        Set.of(table),
        highWater,
        Optional.empty(),
        true,
        Instant.EPOCH);
  }
}
