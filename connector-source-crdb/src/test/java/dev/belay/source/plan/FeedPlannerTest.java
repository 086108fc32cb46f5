package dev.belay.source.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.feed.Beginning;
import dev.belay.source.feed.FeedAction;
import dev.belay.source.feed.FeedAction.Cancel;
import dev.belay.source.feed.FeedAction.Create;
import dev.belay.source.feed.FeedAction.Leave;
import dev.belay.source.feed.FeedAction.LeavePaused;
import dev.belay.source.feed.FeedAction.NeedsAction;
import dev.belay.source.feed.FeedAction.Resume;
import dev.belay.source.feed.FeedAction.Wait;
import dev.belay.source.feed.FeedMark;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.JobState;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.Survey;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.WantedFeed;
import dev.belay.source.plan.Trials.Refusal;
import dev.belay.source.plan.Trials.Trial;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of (wanted, found) to action. */
class FeedPlannerTest {
  private static final String NOW_PRINT = "aa11";
  private static final String OLD_PRINT = "bb22";
  private static final String REPLACED =
      "the configuration has changed; another goes on from there";
  private static final TableName A = table("a");
  private static final TableName B = table("b");
  private static final TableName C = table("c");
  private static final HlcTimestamp NOW = at(10_000);
  private static final String PAUSED_BY_ERROR =
      "job failed (kafka: broker down) but is being paused because of on_error=pause";

  private final Map<TableName, Position> positions = new HashMap<>();
  private final List<FoundJob> jobs = new ArrayList<>();
  private final Map<TableName, Duration> gcTtl = new HashMap<>();
  private final Map<TableName, HlcTimestamp> agreed = new HashMap<>();
  private final SortedMap<TableName, String> gone = new TreeMap<>();
  private Trials trials = Trials.NONE;
  private boolean scans = true;
  private Optional<HlcTimestamp> cursor = Optional.empty();
  private int tablesPerJob;

  @Test
  void aNewFeedBeginsWithAllRowsAsOfNow() {
    want(A, B);
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(NOW), A, B));
  }

  @Test
  void aNewFeedWithoutScanBeginsAtItsCursorOrNow() {
    want(A);
    scans = false;
    assertThat(plan()).containsExactly(creation(new Beginning.After(NOW), A));
    cursor = Optional.of(at(7));
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(7)), A));
  }

  @Test
  void tablesAreSplitOverJobsIfAsked() {
    want(A, B, C);
    tablesPerJob = 2;
    assertThat(plan())
        .containsExactly(
            creation(new Beginning.Scan(NOW), A, B), creation(new Beginning.Scan(NOW), C));
  }

  @ParameterizedTest
  @EnumSource(
      value = JobState.class,
      names = {"PENDING", "RUNNING", "RETRY_RUNNING", "PAUSE_REQUESTED", "UNKNOWN"})
  void aJobOfThisConfigurationIsAdopted(JobState state) {
    want(A, B);
    FoundJob job = job(1, state).of(A, B).add();
    assertThat(plan()).containsExactly(new Leave(job));
  }

  @Test
  void whatAPersonPausedStaysPaused_HandsOff() {
    want(A);
    FoundJob job = job(1, JobState.PAUSED).of(A).add();
    assertThat(plan()).containsExactly(new LeavePaused(job, ""));
  }

  @Test
  void whatAnErrorPausedIsResumed() {
    want(A);
    FoundJob job = job(1, JobState.PAUSED).of(A).says(PAUSED_BY_ERROR).add();
    assertThat(plan()).containsExactly(new Resume(job));
  }

  @Test
  void whatAnErrorPausedIsResumedWhereverTheClusterSaysSo() {
    want(A);
    FoundJob job =
        job(1, JobState.PAUSED).of(A).failed("pausing due to error: " + PAUSED_BY_ERROR).add();
    assertThat(plan()).containsExactly(new Resume(job));
  }

  @Test
  void resumingWaitsForItsPause() {
    want(A);
    job(1, JobState.PAUSED).of(A).says(PAUSED_BY_ERROR).add();
    trials = new Trials(Map.of(1L, new Trial(2, Duration.ofSeconds(3), false)), Map.of(), Map.of());
    assertThat(plan()).containsExactly(new Wait(Set.of(A), PAUSED_BY_ERROR, Duration.ofSeconds(3)));
  }

  @Test
  void afterTheLastResumeAPersonIsAsked() {
    want(A);
    job(1, JobState.PAUSED).of(A).says(PAUSED_BY_ERROR).add();
    trials = new Trials(Map.of(1L, new Trial(10, Duration.ZERO, true)), Map.of(), Map.of());
    assertThat(needed().found()).contains("Job 1 was resumed 10 times", "broker down");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"a\" was truncated",
        "\"a\" was dropped or truncated",
        "\"a\" was dropped",
        "CHANGEFEED cannot target offline table: a (offline reason: \"importing\")",
        "schema change occurred at 1.0000000002",
        "batch timestamp 1.0 must be after replica GC threshold 2.0"
      })
  void whatWouldLeavePhantomRowsOrGapsIsForAPerson(String error) {
    want(A);
    job(1, JobState.PAUSED)
        .of(A)
        .reached(5)
        .says("job failed (" + error + ") but is being paused because of on_error=pause")
        .add();
    assertThat(needed().found()).contains(error);
    assertThat(needed().remedy()).isNotBlank();

    jobs.clear();
    positions.put(A, new Position.Reached(at(5), 1));
    job(1, JobState.FAILED).of(A).reached(5).failed(error).add();
    assertThat(needed().found()).contains(error);
  }

  @Test
  void aFailedJobIsMadeAgainFromWhereItHadCome_NoGap() {
    reached(A, 5, 1);
    job(1, JobState.FAILED).of(A).reached(7).failed("node is gone").add();
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(7)), A));
  }

  @Test
  void aJobThatFailedInItsScanScansAgainAsOfTheSameTime_NoGap() {
    want(A);
    job(1, JobState.FAILED).of(A).begun(3, true).failed("node is gone").add();
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(at(3)), A));
  }

  @Test
  void aJobWithoutScanThatFailedBeforeItsFirstCheckpointBeginsWhereItDid_NoGap() {
    want(A);
    scans = false;
    job(1, JobState.FAILED).of(A).begun(3, false).failed("node is gone").add();
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(3)), A));
    trials = new Trials(Map.of(), Map.of(A, new Trial(10, Duration.ZERO, true)), Map.of());
    assertThat(needed().found()).contains("node is gone");
  }

  @ParameterizedTest
  @EnumSource(
      value = JobState.class,
      names = {"CANCELED", "FAILED"})
  void aFreshStartAfterATruncateDoesNotMeetItAgain(JobState state) {
    want(A);
    job(1, state).of(A).begun(3, true).reached(4).failed("\"a\" was truncated").add();
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(NOW), A));
  }

  @Test
  void theOtherTablesOfAJobWhoseOffsetWasDeletedForOneGoOn_NoGap() {
    want(A);
    reached(B, 5, 1);
    job(1, JobState.CANCELED).of(A, B).begun(3, true).reached(7).add();
    assertThat(plan())
        .containsExactlyInAnyOrder(
            creation(new Beginning.Scan(NOW), A), creation(new Beginning.After(at(7)), B));
  }

  @Test
  void aTableThatWasTakenAwayAndComesBackGoesOnWhereItWas_NoGap() {
    reached(A, 9, 2);
    reached(B, 5, 1);
    FoundJob successor = job(2, JobState.RUNNING).of(A).begun(7, false).reached(9).add();
    job(1, JobState.CANCELED).of(A, B).reached(7).add();
    assertThat(plan())
        .containsExactly(new Leave(successor), creation(new Beginning.After(at(7)), B));
  }

  @Test
  void aFreshStartScansNowWhenTheOldScansTimeIsGone() {
    want(A);
    gcTtl.put(A, Duration.ofSeconds(100));
    job(1, JobState.CANCELED).of(A).begun(3, true).reached(4).add();
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(NOW), A));
  }

  @Test
  void aFailedJobIsNotMadeAgainBehindTheGarbageCollectionWindow() {
    reached(A, 5, 1);
    gcTtl.put(A, Duration.ofSeconds(100));
    job(1, JobState.FAILED).of(A).reached(7).failed("node is gone").add();
    assertThat(needed().found()).contains("gc.ttlseconds", "9993 s ago", "kept for 100 s");
  }

  @Test
  void makingAgainWaitsAndComesToAnEnd() {
    reached(A, 5, 1);
    job(1, JobState.FAILED).of(A).reached(7).failed("node is gone").add();
    trials = new Trials(Map.of(), Map.of(A, new Trial(1, Duration.ofSeconds(2), false)), Map.of());
    assertThat(plan()).containsExactly(new Wait(Set.of(A), "node is gone", Duration.ofSeconds(2)));
    trials = new Trials(Map.of(), Map.of(A, new Trial(10, Duration.ZERO, true)), Map.of());
    assertThat(needed().found()).contains("node is gone");
  }

  @Test
  void aFeedThatFailsBeforeItsFirstOffsetComesToAnEndToo() {
    want(A);
    job(1, JobState.FAILED).of(A).begun(3, true).failed("node is gone").add();
    trials = new Trials(Map.of(), Map.of(A, new Trial(10, Duration.ZERO, true)), Map.of());
    assertThat(needed().found()).contains("node is gone");
  }

  @Test
  void aRefusalIsToldAndNotWhatStoppedTheJobOfBefore() {
    want(A);
    job(1, JobState.FAILED).of(A).begun(3, true).failed("node is gone").add();
    Trial later = new Trial(1, Duration.ofSeconds(2), false);
    Refusal refusal = new Refusal(later, "kafka: no brokers", false);
    trials = new Trials(Map.of(), Map.of(A, later), Map.of(Set.of(A), refusal));
    assertThat(plan())
        .containsExactly(
            new Wait(
                Set.of(A),
                "CockroachDB does not create the changefeed: kafka: no brokers",
                Duration.ofSeconds(2)));
  }

  @Test
  void tablesBeginAtTheTimeThatOtherWorkersNamed() {
    want(A, B, C);
    agreed.put(A, at(9000));
    agreed.put(B, at(9000));
    assertThat(plan())
        .containsExactlyInAnyOrder(
            creation(new Beginning.Scan(at(9000)), A, B), creation(new Beginning.Scan(NOW), C));
    scans = false;
    assertThat(plan())
        .containsExactlyInAnyOrder(
            creation(new Beginning.After(at(9000)), A, B), creation(new Beginning.After(NOW), C));
  }

  @Test
  void whoHasAPositionGoesOnFromThere_NoGap() {
    reached(A, 9500, 1);
    agreed.put(A, at(9000));
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(9500)), A));
  }

  @Test
  void whatAPersonCancelledIsNotMadeAgain_HandsOff() {
    reached(A, 5, 1);
    job(1, JobState.CANCELED).of(A).reached(7).add();
    assertThat(needed().remedy()).contains(at(7).toString());
  }

  @Test
  void aChangeThatIsTakenBackGoesOnFromTheJobThatWasEndedForIt_NoGap() {
    positions.put(A, new Position.Reached(at(5), 1, true));
    job(1, JobState.CANCELED).of(A).reached(7).add();
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(7)), A));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kafka server: Request was for a topic or partition that does not exist on this broker",
        "external connection with connection name belay_kafka does not exist",
        "retryable: node is draining"
      })
  void whatPassesIsNoReasonToAskAPerson(String error) {
    want(A);
    FoundJob job =
        job(1, JobState.PAUSED)
            .of(A)
            .says("job failed (" + error + ") but is being paused because of on_error=pause")
            .add();
    assertThat(plan()).containsExactly(new Resume(job));
  }

  @Test
  void aTableThatIsGoneIsForAPerson() {
    reached(A, 5, 1);
    job(1, JobState.FAILED).of(A).reached(7).failed("table \"shop.public.a\" does not exist").add();
    assertThat(needed().found()).contains("does not exist");
  }

  @Test
  void aJobThatIsBeingCancelledIsAwaited() {
    reached(A, 5, 1);
    FoundJob job = job(1, JobState.CANCEL_REQUESTED).of(A).reached(7).add();
    assertThat(plan()).containsExactly(new Leave(job));
  }

  @Test
  void aJobThatIsNotListedAnyMoreIsMadeAgainFromItsOffset() {
    reached(A, 5, 1);
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(5)), A));
  }

  @Test
  void aCompletedJobIsLeft() {
    reached(A, 5, 1);
    FoundJob job = job(1, JobState.SUCCEEDED).of(A).reached(7).add();
    assertThat(plan()).containsExactly(new Leave(job));
  }

  @Test
  void ofTwinsTheLowestIdStays_OneJob() {
    want(A, B);
    FoundJob second = job(2, JobState.RUNNING).of(A, B).add();
    FoundJob first = job(1, JobState.RUNNING).of(A, B).add();
    assertThat(plan())
        .containsExactly(
            new Leave(first),
            new Cancel(second, "another job with a lower id sends the same tables"));
  }

  @Test
  void theLosersEndDoesNotCountWhenTheWinnerFailsLater() {
    reached(A, 5, 1);
    job(1, JobState.FAILED).of(A).reached(7).failed("node is gone").finished(20).add();
    job(2, JobState.CANCELED).of(A).finished(10).add();
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(7)), A));
  }

  @Test
  void anAddedTableGetsItsOwnJobWithAScan() {
    reached(A, 5, 1);
    want(B);
    FoundJob job = job(1, JobState.RUNNING).of(A).reached(7).add();
    assertThat(plan()).containsExactly(new Leave(job), creation(new Beginning.Scan(NOW), B));
  }

  @Test
  void aTableTakenAwayEndsTheJobAndAnotherGoesOnFromThere_OneVoice_NoGap() {
    reached(A, 5, 1);
    keepLong(A, B);
    FoundJob old = job(1, JobState.RUNNING).of(A, B).reached(7).add();
    assertThat(plan()).containsExactly(new Cancel(old, REPLACED));

    jobs.clear();
    FoundJob ending = job(1, JobState.CANCEL_REQUESTED).of(A, B).reached(8).add();
    assertThat(plan()).containsExactly(new Leave(ending));

    jobs.clear();
    job(1, JobState.CANCELED).of(A, B).reached(9).add();
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(9)), A));
  }

  @Test
  void aJobOfWhichNoTableIsWantedIsCancelled() {
    want(A);
    FoundJob old = job(1, JobState.RUNNING).of(B).reached(7).add();
    assertThat(plan())
        .containsExactly(
            new Cancel(old, "none of its tables is wanted"), creation(new Beginning.Scan(NOW), A));
  }

  @Test
  void aChangedConfigurationReplacesTheJobFromWhereItIs_OneVoice_NoGap() {
    reached(A, 5, 1);
    keepLong(A);
    FoundJob old = job(1, JobState.RUNNING).of(A).print(OLD_PRINT).reached(7).add();
    assertThat(plan()).containsExactly(new Cancel(old, REPLACED));

    jobs.clear();
    job(1, JobState.CANCELED).of(A).print(OLD_PRINT).reached(9).add();
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(9)), A));
  }

  @Test
  void aJobWhoseProtectionIsNeededIsReplacedBeforeItEnds_NoGap() {
    reached(A, 5, 1);
    gcTtl.put(A, Duration.ofSeconds(10_100)); // half of it is less than the lag
    FoundJob old = job(1, JobState.RUNNING).of(A).print(OLD_PRINT).reached(7).add();
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(7)), A));

    FoundJob successor = job(2, JobState.RUNNING).of(A).begun(7, false).add();
    assertThat(plan())
        .containsExactly(
            new Leave(successor), new Cancel(old, "another job has taken its tables over"));
  }

  @Test
  void aJobWhoseTablesMayNotBeAskedAboutIsReplacedBeforeItEnds_NoGap() {
    reached(A, 5, 1);
    job(1, JobState.RUNNING).of(A).print(OLD_PRINT).reached(7).add();
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(7)), A));
  }

  @Test
  void aChangedConfigurationCuresAJobThatAnErrorPaused() {
    reached(A, 5, 1);
    keepLong(A);
    FoundJob old =
        job(1, JobState.PAUSED).of(A).print(OLD_PRINT).reached(7).says(PAUSED_BY_ERROR).add();
    assertThat(plan()).containsExactly(new Cancel(old, REPLACED));
  }

  @Test
  void aChangedConfigurationInTheMiddleOfAScanScansAgainAsOfTheSameTime_NoGap() {
    want(A);
    job(1, JobState.RUNNING).of(A).print(OLD_PRINT).begun(3, true).add();
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(at(3)), A));
  }

  @Test
  void aChangedConfigurationWaitsForWhoeverPausedTheJob_HandsOff() {
    reached(A, 5, 1);
    FoundJob job = job(1, JobState.PAUSED).of(A).print(OLD_PRINT).reached(7).add();
    assertThat(plan())
        .containsExactly(
            new LeavePaused(job, "The changed configuration waits until it is resumed."));
  }

  @Test
  void aMovedOffsetReplacesTheJobOnce() {
    positions.put(A, new Position.Moved(at(4)));
    FoundJob old = job(1, JobState.RUNNING).of(A).reached(7).add();
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(4)), A));

    FoundJob made = job(2, JobState.RUNNING).of(A).begun(4, false).add();
    assertThat(plan())
        .containsExactly(new Leave(made), new Cancel(old, "another job has taken its tables over"));
  }

  @Test
  void aMovedOffsetLeavesTheOtherTablesOfTheJobWhereTheyAre() {
    positions.put(A, new Position.Moved(at(4)));
    reached(B, 5, 1);
    job(1, JobState.RUNNING).of(A, B).reached(7).add();
    assertThat(plan())
        .containsExactly(
            creation(new Beginning.After(at(4)), A), creation(new Beginning.After(at(7)), B));
  }

  @Test
  void anOffsetMovedBehindTheGarbageCollectionWindowIsRefused() {
    positions.put(A, new Position.Moved(at(4)));
    gcTtl.put(A, Duration.ofSeconds(100));
    assertThat(needed().found()).contains("kept for 100 s", "the offset was moved to");
    assertThat(needed().remedy()).contains("PATCH the offset");
    positions.put(A, new Position.Reached(at(4), 1));
    assertThat(needed().remedy()).contains("feed.initial.scan=yes", "empty the target's tables");
  }

  /** Nothing was sent: emptying the target would be a loss and no cure. */
  @Test
  void aFeedCursorThatIsCollectedBeforeTheFeedBeganHasARemedyOfItsOwn() {
    want(A);
    scans = false;
    cursor = Optional.of(at(7));
    refusedBefore(
        new Trial(1, Duration.ofSeconds(3), false),
        "batch timestamp 1.0 must be after replica GC threshold 2.0",
        true);
    assertThat(needed().found()).contains("since feed.cursor was garbage-collected");
    assertThat(needed().remedy()).contains("set feed.cursor to", "Nothing was sent");
    // a job had begun, and nobody knows what it has sent
    positions.put(A, new Position.Begun(1, false));
    assertThat(needed().remedy()).contains("empty the target's tables");
  }

  @Test
  void whereTheFeedThatWasMadeForAMoveFailsItGoesOnFromThere() {
    positions.put(A, new Position.Moved(at(4)));
    job(2, JobState.FAILED).of(A).begun(4, false).reached(8).failed("node is gone").add();
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(8)), A));
  }

  @Test
  void aScanThatBeganWithoutAJobIsDoneAgainAsOfItsTime_NoGap() {
    positions.put(A, new Position.Scanning(at(4), "[\"1\"]"));
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(at(4)), A));
  }

  @Test
  void everyTableIsSpokenOfWhateverIsThere() {
    for (JobState state : JobState.values()) {
      for (String print : List.of(NOW_PRINT, OLD_PRINT)) {
        for (Position position :
            List.of(
                new Position.None(), new Position.Moved(at(4)), new Position.Reached(at(5), 1))) {
          jobs.clear();
          positions.put(A, position);
          positions.put(B, new Position.None());
          job(1, state).of(A, C).print(print).reached(7).failed("x").add();
          Set<TableName> spoken = new TreeSet<>();
          plan().forEach(action -> spoken.addAll(tablesOf(action)));
          assertThat(spoken).as("%s %s %s", state, print, position).contains(A, B);
        }
      }
    }
  }

  @Test
  void aScanThatAPersonCancelledIsNotMadeAgain_HandsOff() {
    want(A);
    begun(A, 1);
    job(1, JobState.CANCELED).of(A).begun(7, true).add();
    assertThat(needed().found()).contains("Job 1 was cancelled by a person");
    assertThat(needed().remedy()).contains("delete its offsets");
  }

  @Test
  void afterItsOffsetWasDeletedACancelledScanIsAFreshStart() {
    want(A);
    job(1, JobState.CANCELED).of(A).begun(7, true).add();
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(NOW), A));
  }

  @Test
  void aScanThatWeEndedForAnotherConfigurationGoesOnAsOfItsTime_NoGap() {
    want(A);
    begun(A, 1);
    job(1, JobState.CANCELED).of(A).print(OLD_PRINT).begun(7, true).add();
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(at(7)), A));
    jobs.clear();
    positions.put(A, new Position.Begun(1, true));
    job(1, JobState.CANCELED).of(A).begun(7, true).add();
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(at(7)), A));
  }

  @Test
  void aScanThatATruncateEndedIsForAPerson() {
    want(A);
    begun(A, 1);
    job(1, JobState.FAILED).of(A).begun(7, true).failed("\"a\" was truncated").add();
    assertThat(needed().found()).contains("\"a\" was truncated");
  }

  @Test
  void aScanThatFailedIsMadeAgainAsOfItsTime_NoGap() {
    want(A);
    begun(A, 1);
    job(1, JobState.FAILED).of(A).begun(7, true).failed("node is gone").add();
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(at(7)), A));
  }

  @Test
  void aJobWithoutScanThatWasCancelledBeforeItsFirstCheckpointIsNotMadeAgain_HandsOff() {
    want(A);
    scans = false;
    begun(A, 1);
    job(1, JobState.CANCELED).of(A).begun(7, false).add();
    assertThat(needed().found()).contains("cancelled by a person");
  }

  /** Jobs are listed for some days only. Nobody knows when it began, and a later time is a gap. */
  @Test
  void aJobWithoutScanThatIsListedNoMoreBeforeItsFirstCheckpointIsForAPerson_NoGap() {
    want(A);
    scans = false;
    begun(A, 1);
    assertThat(needed().found()).contains("nobody knows from which time on");
    cursor = Optional.of(at(7));
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(7)), A));
  }

  @Test
  void aTableThatIsGoneIsForAPersonAndTheOthersBegin() {
    want(A, B);
    gone.put(A, "Table a is not there.");
    assertThat(plan()).containsExactlyInAnyOrder(missed(A), creation(new Beginning.Scan(NOW), B));
    reached(A, 7, 1);
    job(1, JobState.CANCELED).of(A).print(OLD_PRINT).reached(7).add();
    assertThat(plan()).containsExactlyInAnyOrder(missed(A), creation(new Beginning.Scan(NOW), B));
  }

  /** It may only have another name, and the job sends on. */
  @ParameterizedTest
  @EnumSource(
      value = JobState.class,
      names = {"PENDING", "RUNNING", "RETRY_RUNNING", "PAUSE_REQUESTED", "UNKNOWN"})
  void aJobWithATableThatIsGoneIsLeftAloneAndTold(JobState state) {
    want(A, B, C);
    gone.put(A, "Table a is not there.");
    job(1, state).of(A, B).add();
    FoundJob healthy = job(2, JobState.RUNNING).of(C).add();
    List<FeedAction> actions = plan();
    assertThat(actions).hasSize(2).contains(new Leave(healthy));
    assertThat(actions.get(0))
        .isInstanceOfSatisfying(
            NeedsAction.class,
            needed -> {
              assertThat(needed.tables()).containsExactlyInAnyOrder(A, B);
              assertThat(needed.found())
                  .contains("Job 1 was left as it is", "Table a is not there");
            });
  }

  @Test
  void aPausedJobWithATableThatIsGoneStaysPaused_HandsOff() {
    want(A);
    gone.put(A, "Table a is not there.");
    FoundJob job = job(1, JobState.PAUSED).of(A).add();
    assertThat(plan()).containsExactly(new LeavePaused(job, "Table a is not there."));
  }

  @Test
  void aChangedConfigurationReplacesAJobWithoutTheTableThatIsGone() {
    want(A, B);
    gone.put(A, "Table a is not there.");
    keepLong(B);
    FoundJob old = job(1, JobState.RUNNING).of(A, B).print(OLD_PRINT).reached(9_999).add();
    assertThat(plan()).containsExactlyInAnyOrder(new Cancel(old, REPLACED), missed(A));
    jobs.clear();
    reached(B, 9_999, 1);
    job(1, JobState.CANCELED).of(A, B).print(OLD_PRINT).reached(9_999).add();
    assertThat(plan())
        .containsExactlyInAnyOrder(missed(A), creation(new Beginning.After(at(9_999)), B));
  }

  /** The successor that came first sends the others: two voices would be one too many. */
  @Test
  void aJobOfBeforeIsNotKeptForATableThatIsGone_OneVoice() {
    want(A, B);
    gone.put(A, "Table a is not there.");
    FoundJob old = job(1, JobState.RUNNING).of(A, B).print(OLD_PRINT).reached(7).add();
    FoundJob successor = job(2, JobState.RUNNING).of(B).reached(8).add();
    assertThat(plan())
        .containsExactlyInAnyOrder(
            new Leave(successor),
            new Cancel(old, "another job has taken its tables over"),
            missed(A));
  }

  @Test
  void aJobOfBeforeWhoseTablesAreAllGoneIsLeftAlone() {
    want(A, B);
    gone.put(A, "Table a is not there.");
    job(1, JobState.RUNNING).of(A).print(OLD_PRINT).reached(7).add();
    FoundJob other = job(2, JobState.RUNNING).of(B).add();
    assertThat(plan())
        .hasSize(2)
        .contains(new Leave(other))
        .anyMatch(
            action ->
                action instanceof NeedsAction needed
                    && needed.found().contains("Job 1 was left as it is"));
  }

  private NeedsAction missed(TableName table) {
    return plan(wanted()).stream()
        .filter(NeedsAction.class::isInstance)
        .map(NeedsAction.class::cast)
        .filter(needed -> needed.tables().equals(Set.of(table)))
        .filter(needed -> needed.found().equals(gone.get(table)) && !needed.remedy().isEmpty())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aJobThatCameFurtherThanItsOffsetSaysIsJudgedByHowFarItCame() {
    want(A);
    begun(A, 1);
    job(1, JobState.CANCELED).of(A).begun(7, true).reached(9).add();
    assertThat(needed().found()).contains("cancelled by a person");
    jobs.clear();
    job(1, JobState.FAILED).of(A).begun(7, true).reached(9).failed("node is gone").add();
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(9)), A));
  }

  @Test
  void aJobThatTheClusterDoesNotMakeIsTriedAgainAfterAPause() {
    want(A);
    refusedBefore(new Trial(2, Duration.ofSeconds(3), false), "kafka: no brokers", false);
    assertThat(plan())
        .containsExactly(
            new Wait(
                Set.of(A),
                "CockroachDB does not create the changefeed: kafka: no brokers",
                Duration.ofSeconds(3)));
    refusedBefore(new Trial(2, Duration.ZERO, false), "kafka: no brokers", false);
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(NOW), A));
  }

  @Test
  void afterTheLastTryToMakeAJobAPersonIsAsked() {
    want(A);
    refusedBefore(new Trial(10, Duration.ZERO, true), "kafka: no brokers", false);
    assertThat(needed().found()).contains("does not create the changefeed", "no brokers");
  }

  @Test
  void whatNoTryHelpsNeedsAPersonBetweenTheTriesToo() {
    want(A);
    refusedBefore(new Trial(1, Duration.ofSeconds(3), false), "license has expired", true);
    assertThat(needed().remedy()).contains("enterprise.license");
    refusedBefore(new Trial(1, Duration.ZERO, false), "license has expired", true);
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(NOW), A));
  }

  @Test
  void aTableThatIsYoungerThanTheCursorHasARemedyOfItsOwn() {
    want(A);
    scans = false;
    cursor = Optional.of(at(7));
    refusedBefore(
        new Trial(1, Duration.ofSeconds(3), false), "relation \"a\" does not exist", true);
    assertThat(needed().found()).contains("was not there yet");
    assertThat(needed().remedy()).contains("PATCH the offset", "feed.cursor");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kafka: the connection was dropped",
        "the batch was truncated by the broker",
        "write was dropped: broken pipe"
      })
  void whatBrokersDropIsTriedAgain(String error) {
    want(A);
    FoundJob job =
        job(1, JobState.PAUSED)
            .of(A)
            .says("job failed (" + error + ") but is being paused because of on_error=pause")
            .add();
    assertThat(plan()).containsExactly(new Resume(job));
  }

  private static final String UNLICENSED =
      "Use of CHANGEFEED requires an enterprise license. Your evaluation license expired";

  /** Its text stays on the job when the licence is there again, and a restart says that it is. */
  @Test
  void aJobThatWantOfALicencePausedIsResumedOnceByEachTask() {
    want(A);
    String says = "job failed (" + UNLICENSED + ") but is being paused because of on_error=pause";
    FoundJob job = job(1, JobState.PAUSED).of(A).says(says).add();
    assertThat(plan()).containsExactly(new Resume(job));
    trials = new Trials(Map.of(1L, new Trial(1, Duration.ZERO, false)), Map.of(), Map.of());
    assertThat(needed().remedy()).contains("enterprise.license", "restart");
  }

  @Test
  void aJobThatFailedForWantOfALicenceIsMadeAgainOnceByEachTask_NoGap() {
    reached(A, 5, 1);
    job(1, JobState.FAILED).of(A).reached(7).failed(UNLICENSED).add();
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(7)), A));
    Trial once = new Trial(1, Duration.ZERO, false);
    trials = new Trials(Map.of(), Map.of(A, once), Map.of());
    assertThat(needed().remedy()).contains("enterprise.license", "restart");
    // refused where it is made, it is tried on with that one's patience
    trials =
        new Trials(
            Map.of(), Map.of(A, once), Map.of(Set.of(A), new Refusal(once, UNLICENSED, true)));
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(7)), A));
  }

  @Test
  void aScanThatFailedForWantOfALicenceIsMadeAgainAsOfItsTime_NoGap() {
    want(A);
    begun(A, 1);
    job(1, JobState.FAILED).of(A).begun(7, true).failed(UNLICENSED).add();
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(at(7)), A));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"b\" was dropped",
        "\"b\" was dropped or truncated",
        "table \"shop.public.b\" does not exist",
        "CHANGEFEED cannot target offline table: b (offline reason: \"importing\")"
      })
  void whatStoppedAJobForATableThatIsWantedNoMoreStopsNoOther_NoGap(String error) {
    reached(A, 5, 1);
    job(1, JobState.FAILED).of(A, B).reached(7).failed(error).add();
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(7)), A));
    begun(A, 1);
    assertThat(plan()).containsExactly(creation(new Beginning.After(at(7)), A));
    jobs.clear();
    job(1, JobState.FAILED).of(A, B).begun(3, true).failed(error).add();
    assertThat(plan()).containsExactly(creation(new Beginning.Scan(at(3)), A));
    reached(B, 5, 1);
    assertThat(plan()).allMatch(NeedsAction.class::isInstance);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a\" was truncated", "\"ab\" was dropped", "do the targets exist?"})
  void whatMayBeAboutATableThatIsWantedStopsIt(String error) {
    reached(A, 5, 1);
    job(1, JobState.FAILED).of(A, B).reached(7).failed(error).add();
    assertThat(needed().found()).contains(error);
  }

  private void begun(TableName table, long job) {
    positions.put(table, new Position.Begun(job, false));
  }

  private Map<TableName, Long> cancelledWithoutOffset() {
    Map<TableName, Long> cancelled = new HashMap<>();
    CancelledJobs.withoutOffset(
            new WantedFeed(
                new FeedMark("f", NOW_PRINT, "db"), positions, scans, cursor, tablesPerJob),
            jobs)
        .forEach((table, job) -> cancelled.put(table, job.id()));
    return cancelled;
  }

  @Test
  void whatWasCancelledWithoutAnOffsetIsAskedAbout_HandsOff() {
    want(A, B, C);
    job(1, JobState.CANCELED).of(A).finished(5).add();
    job(2, JobState.CANCELED).of(A).finished(9).add();
    job(3, JobState.CANCEL_REQUESTED).of(B).add();
    assertThat(cancelledWithoutOffset()).isEqualTo(Map.of(A, 2L, B, 3L));
  }

  @Test
  void whatElseHasEndedWithoutAnOffsetIsNoPersonsDoing() {
    want(A, B, C);
    job(1, JobState.CANCELED).of(A).print(OLD_PRINT).finished(9).add();
    job(2, JobState.CANCELED).of(B).finished(5).add();
    job(3, JobState.FAILED).of(B).finished(9).add();
    job(4, JobState.CANCELED).of(C).finished(9).add();
    job(5, JobState.RUNNING).of(C).add();
    assertThat(cancelledWithoutOffset()).isEmpty();
    jobs.clear();
    reached(A, 5, 6);
    job(6, JobState.CANCELED).of(A).finished(9).add();
    assertThat(cancelledWithoutOffset()).isEmpty();
  }

  private void refusedBefore(Trial trial, String error, boolean isForGood) {
    trials =
        new Trials(Map.of(), Map.of(), Map.of(Set.of(A), new Refusal(trial, error, isForGood)));
  }

  private static Set<TableName> tablesOf(FeedAction action) {
    if (action instanceof Create create) {
      return create.tables();
    } else if (action instanceof Leave leave) {
      return leave.job().tables();
    } else if (action instanceof LeavePaused paused) {
      return paused.job().tables();
    } else if (action instanceof Resume resume) {
      return resume.job().tables();
    } else if (action instanceof Wait wait) {
      return wait.tables();
    } else if (action instanceof NeedsAction needed) {
      return needed.tables();
    }
    return Set.of();
  }

  private WantedFeed wanted() {
    return new WantedFeed(
        new FeedMark("f", NOW_PRINT, "db"), positions, scans, cursor, tablesPerJob, gone);
  }

  private List<FeedAction> plan() {
    return plan(wanted());
  }

  private List<FeedAction> plan(WantedFeed wanted) {
    return FeedPlanner.plan(wanted, new Survey(NOW, jobs, gcTtl, agreed), trials).stream()
        .map(
            action ->
                // reasons are for people
                action instanceof Create create
                    ? creation(create.beginning(), create.tables().toArray(TableName[]::new))
                    : action)
        .toList();
  }

  private NeedsAction needed() {
    List<FeedAction> actions = plan();
    assertThat(actions).hasSize(1).first().isInstanceOf(NeedsAction.class);
    return (NeedsAction) actions.get(0);
  }

  private static FeedAction creation(Beginning beginning, TableName... tables) {
    return new Create(new TreeSet<>(List.of(tables)), beginning, "");
  }

  private void keepLong(TableName... tables) {
    for (TableName table : tables) {
      gcTtl.put(table, Duration.ofDays(1));
    }
  }

  private void want(TableName... tables) {
    for (TableName table : tables) {
      positions.put(table, new Position.None());
    }
  }

  private void reached(TableName table, long seconds, long job) {
    positions.put(table, new Position.Reached(at(seconds), job));
  }

  private static HlcTimestamp at(long seconds) {
    return new HlcTimestamp(Duration.ofSeconds(seconds).toNanos(), 0);
  }

  private static TableName table(String name) {
    return new TableName("shop", "public", name);
  }

  private JobBuilder job(long id, JobState state) {
    return new JobBuilder(id, state);
  }

  private final class JobBuilder {
    private final long id;
    private final JobState state;
    private final Set<TableName> tables = new LinkedHashSet<>();
    private String print = NOW_PRINT;
    private String running = "";
    private String error = "";
    private Optional<HlcTimestamp> highWater = Optional.empty();
    private Optional<HlcTimestamp> begun = Optional.empty();
    private boolean scan;
    private Instant finished = Instant.EPOCH;

    JobBuilder(long id, JobState state) {
      this.id = id;
      this.state = state;
    }

    JobBuilder of(TableName... names) {
      tables.addAll(List.of(names));
      return this;
    }

    JobBuilder print(String wanted) {
      print = wanted;
      return this;
    }

    JobBuilder says(String status) {
      running = status;
      return this;
    }

    JobBuilder failed(String why) {
      error = why;
      return this;
    }

    JobBuilder reached(long seconds) {
      highWater = Optional.of(at(seconds));
      return this;
    }

    JobBuilder begun(long seconds, boolean withScan) {
      begun = Optional.of(at(seconds));
      scan = withScan;
      return this;
    }

    JobBuilder finished(long seconds) {
      finished = Instant.ofEpochSecond(seconds);
      return this;
    }

    FoundJob add() {
      FoundJob job =
          new FoundJob(
              id,
              new FeedMark("f", print, "db"),
              state,
              running,
              error,
              tables,
              highWater,
              begun,
              scan,
              finished);
      jobs.add(job);
      return job;
    }
  }
}
