package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.Secrets;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.FeedMark;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.JobState;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.Survey;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.WantedFeed;
import dev.belay.source.plan.Backoff;
import dev.belay.source.supervise.Agreement;
import dev.belay.source.supervise.Changefeed;
import dev.belay.source.supervise.Supervisor;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.proxy.ConnectionFaults.Moment;
import dev.belay.testkit.standin.proxy.HeldStatement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Workers that agree on when a job begins, by the log of a real broker: each of the rules. */
class AgreedTimesIT {
  @RegisterExtension static final SourceParts PARTS = new SourceParts();

  private static final TableName A = new TableName("shop", "public", "a");
  private static final TableName B = new TableName("shop", "public", "b");
  private static final Duration DAY = Duration.ofDays(1);
  private static final HlcTimestamp T0 =
      new HlcTimestamp(Instant.now().getEpochSecond() * 1_000_000_000L + 7, 3);

  private final String topic = "agreed-" + UUID.randomUUID();

  private static HlcTimestamp after(Duration time) {
    return new HlcTimestamp(T0.wallNanos() + time.toNanos(), 0);
  }

  private static HlcTimestamp after(long seconds) {
    return after(Duration.ofSeconds(seconds));
  }

  private AgreedTimes worker() {
    return worker("feed", "shop");
  }

  private AgreedTimes worker(String feed, String database) {
    SourceConfig config = config(feed);
    return new AgreedTimes(config, database, new MadeTopic(config));
  }

  private SourceConfig config(String feed) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", feed);
    settings.put("source.connection.url", PARTS.standIn().url());
    settings.put("source.connection.user", StandIn.USER);
    settings.put("feed.sink.uri", "kafka://" + PARTS.kafka().bootstrapServers());
    settings.put("status.topic", topic);
    settings.put("kafka.admin.bootstrap.servers", PARTS.kafka().bootstrapServers());
    return new SourceConfig(settings);
  }

  private static Survey survey(HlcTimestamp now, FoundJob... jobs) {
    return new Survey(now, List.of(jobs), Map.of(A, DAY, B, DAY));
  }

  private static FoundJob job(JobState state, TableName table, HlcTimestamp cursor) {
    return new FoundJob(
        1,
        new FeedMark("feed", "aa11", "shop"),
        state,
        "",
        "",
        Set.of(table),
        Optional.empty(),
        Optional.of(cursor),
        true,
        Instant.EPOCH);
  }

  private static <T> List<T> atOnce(List<Callable<T>> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> one : threads.invokeAll(work)) {
        results.add(one.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  @RepeatedTest(2)
  void workersThatAskAtOnceAreGivenOneTime() throws Exception {
    CyclicBarrier start = new CyclicBarrier(5);
    List<Callable<HlcTimestamp>> workers = new ArrayList<>();
    Set<HlcTimestamp> named = new HashSet<>();
    for (int number = 0; number < 5; number++) {
      HlcTimestamp now = after(number);
      named.add(now);
      workers.add(
          () -> {
            AgreedTimes times = worker();
            start.await();
            return times.on(Set.of(A), survey(now)).get(A);
          });
    }
    Set<HlcTimestamp> given = new HashSet<>(atOnce(workers));
    assertThat(given).hasSize(1);
    assertThat(named).containsAll(given);
  }

  @Test
  void eachTableHasTheFirstTimeThatNamesIt() {
    assertThat(worker().on(Set.of(A), survey(after(0)))).isEqualTo(Map.of(A, after(0)));
    Map<TableName, HlcTimestamp> both = Map.of(A, after(0), B, after(1));
    assertThat(worker().on(Set.of(A, B), survey(after(1)))).isEqualTo(both);
    assertThat(worker().on(Set.of(A, B), survey(after(2)))).isEqualTo(both);
  }

  @Test
  void whatIsSaidOfAnotherFeedOrDatabaseIsNotMeant() {
    worker("other", "shop").on(Set.of(A), survey(after(0)));
    worker("feed", "bank").on(Set.of(A), survey(after(1)));
    assertThat(worker().on(Set.of(A), survey(after(2)))).isEqualTo(Map.of(A, after(2)));
  }

  @ParameterizedTest
  @CsvSource({"RUNNING", "CANCELED", "FAILED"})
  void aTimeIsUsedUpByAJobThatBeganAtIt(JobState state) {
    worker().on(Set.of(A, B), survey(after(0)));
    Survey later = survey(after(1), job(state, A, after(0)));
    assertThat(worker().on(Set.of(A, B), later)).isEqualTo(Map.of(A, after(1), B, after(0)));
  }

  @Test
  void aTimeThatTheClusterRefusesIsGivenToThatWorkerNoMore() {
    worker().on(Set.of(A), survey(after(0)));
    AgreedTimes refused = worker();
    assertThat(refused.on(Set.of(A), survey(after(1)))).isEqualTo(Map.of(A, after(0)));
    assertThat(refused.refused(Set.of(A), after(9))).as("a time of nobody's").isFalse();
    assertThat(refused.on(Set.of(A), survey(after(1)))).isEqualTo(Map.of(A, after(0)));
    assertThat(refused.refused(Set.of(A), after(0))).as("another one's").isTrue();
    assertThat(refused.on(Set.of(A), survey(after(2)))).isEqualTo(Map.of(A, after(2)));
    assertThat(refused.refused(Set.of(A), after(2))).as("its own").isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "86400, 1799, true",
    "86400, 1801, false",
    "100, 49, true",
    "100, 51, false",
    // not known for how long: as if it were ten minutes
    "0, 299, true",
    "0, 301, false"
  })
  void aTimeCountsForHalfOfWhatIsKeptAndNoLongerThanHalfAnHour(
      long kept, long age, boolean counts) {
    Map<TableName, Duration> ttl = kept == 0 ? Map.of() : Map.of(A, Duration.ofSeconds(kept));
    worker().on(Set.of(A), new Survey(after(0), List.of(), ttl));
    HlcTimestamp now = after(age);
    assertThat(worker().on(Set.of(A), new Survey(now, List.of(), ttl)))
        .isEqualTo(Map.of(A, counts ? after(0) : now));
  }

  @Test
  void aWordIsDeletedOnceWhenAllItsTablesHaveJobs() {
    AgreedTimes times = worker();
    times.on(Set.of(A, B), survey(after(0)));
    FoundJob one = job(JobState.RUNNING, A, after(5));
    times.seen(survey(after(6), one));
    // of a job whose worker may have died before it could say so
    assertThat(deleted(times)).containsExactly(after(5).toString());
    times.seen(survey(after(7), one, job(JobState.FAILED, B, after(6))));
    assertThat(deleted(times)).isEmpty();
    times.seen(survey(after(8), one, job(JobState.RUNNING, B, after(5))));
    assertThat(deleted(times)).containsExactly(after(0).toString());
    times.seen(survey(after(9), one, job(JobState.RUNNING, B, after(5))));
    assertThat(deleted(times)).isEmpty();
  }

  private static List<String> deleted(AgreedTimes times) {
    List<String> begins = new ArrayList<>();
    for (SourceRecord record : times.served()) {
      assertThat(record.value()).isNull();
      begins.add(
          new String((byte[]) record.key(), StandardCharsets.UTF_8)
              .replaceFirst(".*\"begins\":\"([^\"]*)\".*", "$1"));
    }
    return begins;
  }

  /** A worker has named a time and died before it made its job; then a person begins anew. */
  @Test
  void aFreshStartBeginsAtNoTimeThatSomebodyDeadHadNamed() throws Exception {
    worker().on(Set.of(A, B), survey(after(0)));
    worker("other", "shop").on(Set.of(A), survey(after(0)));
    AgreedTimes.takeBack(config("feed"), A::equals);
    assertThat(worker().on(Set.of(A, B), survey(after(1))))
        .isEqualTo(Map.of(A, after(1), B, after(0)));
    assertThat(worker("other", "shop").on(Set.of(A), survey(after(1))))
        .isEqualTo(Map.of(A, after(0)));
  }

  /** As Connect asks for it when no offset was stored yet. */
  @Test
  void deletingOffsetsThatWereNeverStoredTakesBackAllThatWasSaid() {
    worker().on(Set.of(A, B), survey(after(0)));
    assertThat(new OffsetEditor(config("feed")).alter(Map.of())).isTrue();
    assertThat(worker().on(Set.of(A, B), survey(after(1))))
        .isEqualTo(Map.of(A, after(1), B, after(1)));
  }

  /** Looks, agreements and statements of real supervisors, in whatever order they come. */
  @RepeatedTest(3)
  void supervisorsThatRaceMakeJobsThatBeginAtOneTimeAndEndWithOne() throws Exception {
    StandIn standIn = PARTS.standIn();
    String name = "agree" + UUID.randomUUID().toString().substring(0, 8);
    standIn.execute("CREATE TABLE " + name + " (id INT8 PRIMARY KEY)");
    // whoever is first waits for the others, so that each has looked before there is a job
    List<HeldStatement> made = new ArrayList<>();
    for (int number = 0; number < 3; number++) {
      made.add(standIn.connections().holdNext("belay." + name + ".", Moment.BEFORE));
    }
    CyclicBarrier rounds = new CyclicBarrier(3);
    List<Callable<Boolean>> workers = new ArrayList<>();
    for (int number = 0; number < 3; number++) {
      workers.add(
          () -> {
            SourceConfig config = config(name);
            try (Cluster cluster = new Cluster(Addresses.of(config), new Secrets(List.of()))) {
              Supervisor supervisor =
                  supervisor(
                      config,
                      cluster,
                      new AgreedTimes(config, StandIn.DATABASE, new MadeTopic(config)));
              rounds.await();
              supervisor.round();
              rounds.await();
              supervisor.round();
            }
            return true;
          });
    }
    workers.add(
        () -> {
          for (HeldStatement statement : made) {
            statement.awaitMet(SourceCase.LIMIT);
          }
          made.forEach(HeldStatement::release);
          return true;
        });
    assertThat(atOnce(workers)).hasSize(4);
    List<JobStatus> jobs =
        standIn.jobs().stream()
            .filter(job -> job.description().contains("belay." + name + "."))
            .toList();
    assertThat(jobs).hasSize(3);
    assertThat(jobs).extracting(AgreedTimesIT::cursor).containsOnly(cursor(jobs.get(0)));
    long lowest = jobs.stream().mapToLong(JobStatus::id).min().orElseThrow();
    await()
        .atMost(SourceCase.LIMIT)
        .untilAsserted(
            () ->
                assertThat(jobs)
                    .extracting(JobStatus::id)
                    .filteredOn(id -> !standIn.job(id).orElseThrow().state().isFinal())
                    .containsExactly(lowest));
    standIn.cancel(lowest);
  }

  private static String cursor(JobStatus job) {
    return job.description().replaceFirst("(?s).*\\bcursor = '([^']*)'.*", "$1");
  }

  private static Supervisor supervisor(SourceConfig config, Cluster cluster, Agreement agreement) {
    Changefeed changefeed = new Changefeed(config, StandIn.DATABASE);
    TableName table = new TableName(StandIn.DATABASE, "public", config.connector());
    return new Supervisor(
        cluster,
        changefeed,
        new WantedFeed(
            changefeed.mark(), Map.of(table, new Position.None()), true, Optional.empty(), 0),
        StandIn.DATABASE,
        agreement,
        new Supervisor.Settings(
            3,
            new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)),
            Duration.ofMinutes(5),
            Optional.of(Duration.ofHours(72))),
        () -> Duration.ofNanos(System.nanoTime()));
  }
}
