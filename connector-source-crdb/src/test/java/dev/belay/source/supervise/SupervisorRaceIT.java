package dev.belay.source.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.Secrets;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.FeedMark;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.WantedFeed;
import dev.belay.source.plan.Backoff;
import dev.belay.source.report.FeedState;
import dev.belay.source.report.FeedStatus;
import dev.belay.source.sinkless.Relay;
import dev.belay.testkit.Trees;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.proxy.ConnectionFaults.Moment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Supervisors without a worker around them: two at once, and one that loses its connection. */
class SupervisorRaceIT {
  private static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;

  @BeforeAll
  static void start() throws Exception {
    dir = Files.createTempDirectory("belay-race-");
    kafka = EmbeddedKafka.start(dir);
    standIn = StandIn.start();
  }

  @AfterAll
  static void stop() throws Exception {
    standIn.close();
    kafka.close();
    Trees.delete(dir);
  }

  @AfterEach
  void clear() {
    standIn.connections().clear();
    standIn.jobs().stream()
        .filter(job -> !job.state().isFinal())
        .forEach(job -> standIn.cancel(job.id()));
  }

  @RepeatedTest(5)
  void twoThatRaceToMakeTheJobEndWithOne(RepetitionInfo round) throws Exception {
    String name = "race" + round.getCurrentRepetition();
    standIn.execute("CREATE TABLE " + name + " (id INT8 PRIMARY KEY)");
    CyclicBarrier start = new CyclicBarrier(2);
    ExecutorService workers = Executors.newFixedThreadPool(2);
    try {
      List<Future<Void>> both = new ArrayList<>();
      for (int worker = 0; worker < 2; worker++) {
        Callable<Void> work =
            () -> {
              try (Cluster cluster = cluster(name)) {
                Supervisor supervisor = supervisor(cluster, name);
                start.await();
                supervisor.round();
                start.await();
                supervisor.round();
              }
              return null;
            };
        both.add(workers.submit(work));
      }
      for (Future<Void> one : both) {
        one.get();
      }
    } finally {
      workers.shutdownNow();
    }
    List<JobStatus> jobs = jobs(name);
    long lowest = jobs.stream().mapToLong(JobStatus::id).min().orElseThrow();
    assertThat(jobs)
        .filteredOn(job -> !job.state().isFinal() && !job.state().name().startsWith("CANCEL"))
        .extracting(JobStatus::id)
        .containsExactly(lowest);
  }

  @ParameterizedTest
  @CsvSource({
    "CREATE CHANGEFEED, BEFORE",
    "CREATE CHANGEFEED, AFTER",
    "SHOW CHANGEFEED JOBS, BEFORE",
    "SHOW CHANGEFEED JOBS, AFTER",
    "cluster_logical_timestamp, BEFORE",
    "SHOW ZONE CONFIGURATION, AFTER"
  })
  void aConnectionThatIsLostWhileTheJobIsMadeLeavesOneJob(String statement, Moment moment)
      throws Exception {
    String name = "cut" + Integer.toHexString((statement + moment).hashCode());
    standIn.execute("CREATE TABLE " + name + " (id INT8 PRIMARY KEY)");
    try (Cluster cluster = cluster(name)) {
      Supervisor supervisor = supervisor(cluster, name);
      standIn.connections().cutNext(statement, moment);
      assertThat(catchThrowableOfType(ClusterException.class, supervisor::round).kind())
          .isEqualTo(ClusterException.Kind.AWAY);
      supervisor.round();
      supervisor.round();
    }
    assertThat(jobs(name)).filteredOn(job -> !job.state().isFinal()).hasSize(1);
    assertThat(jobs(name)).hasSize(1);
  }

  /** Whoever lost its connection, or died with it, has adopted the same job in the end. */
  @ParameterizedTest
  @CsvSource({
    "SHOW CHANGEFEED JOBS, BEFORE, true",
    "SHOW CHANGEFEED JOBS, AFTER, true",
    "SHOW ZONE CONFIGURATION, BEFORE, true",
    "SHOW ZONE CONFIGURATION, AFTER, true",
    "cluster_logical_timestamp, BEFORE, true",
    "cluster_logical_timestamp, AFTER, true",
    "SHOW CHANGEFEED JOBS, AFTER, false",
    "SHOW ZONE CONFIGURATION, AFTER, false",
    "cluster_logical_timestamp, AFTER, false"
  })
  void aConnectionThatIsLostWhileAJobIsAdoptedLeavesThatJob(
      String statement, Moment moment, boolean diesToo) throws Exception {
    String name = "adopt" + Integer.toHexString((statement + moment + diesToo).hashCode());
    standIn.execute("CREATE TABLE " + name + " (id INT8 PRIMARY KEY)");
    try (Cluster cluster = cluster(name)) {
      supervisor(cluster, name).round();
    }
    long made = jobs(name).get(0).id();
    try (Cluster cluster = cluster(name);
        Cluster another = cluster(name)) {
      Supervisor adopts = supervisor(cluster, name);
      standIn.connections().cutNext(statement, moment);
      assertThat(catchThrowableOfType(ClusterException.class, adopts::round).kind())
          .isEqualTo(ClusterException.Kind.AWAY);
      Supervisor next = diesToo ? supervisor(another, name) : adopts;
      assertThat(next.round())
          .singleElement()
          .extracting(FeedStatus::id)
          .isEqualTo(Optional.of(made));
    }
    assertThat(jobs(name)).extracting(JobStatus::id).containsExactly(made);
  }

  /**
   * One look is one interval: whoever looks next ends the twin, whichever of the two is its own.
   */
  @Test
  void theTwinWithTheHigherIdIsCancelledByTheNextLook() throws Exception {
    standIn.execute("CREATE TABLE twin (id INT8 PRIMARY KEY)");
    try (Cluster one = cluster("twin");
        Cluster two = cluster("twin")) {
      Supervisor first = supervisor(one, "twin");
      Supervisor second = supervisor(two, "twin");
      first.round();
      JobStatus lower = jobs("twin").get(0);
      String mark = FeedMark.in(lower.description()).orElseThrow().clientId();
      for (Supervisor next : List.of(first, second)) {
        long higher =
            standIn.createChangefeed(
                "CREATE CHANGEFEED FOR TABLE \"defaultdb\".\"public\".\"twin\" INTO 'kafka://"
                    + kafka.bootstrapServers()
                    + "' WITH updated, kafka_sink_config = '{\"ClientID\":\""
                    + mark
                    + "\"}'");
        assertThat(standIn.job(higher).orElseThrow().state().isFinal()).isFalse();
        next.round();
        assertThat(standIn.job(higher).orElseThrow().state().name()).startsWith("CANCEL");
        assertThat(standIn.job(lower.id()).orElseThrow().state().isFinal()).isFalse();
      }
    }
  }

  @Test
  void aHostThatDiesLaterIsFollowedByTheNext() throws Exception {
    standIn.execute("CREATE TABLE later (id INT8 PRIMARY KEY)");
    Relay relay = Relay.to(standIn.port());
    String url = standIn.url().replace("//", "//127.0.0.1:" + relay.port() + ",");
    try (Cluster cluster = cluster("later", url)) {
      Supervisor supervisor = supervisor(cluster, "later");
      supervisor.round();
      assertThat(relay.hasClients()).isTrue();
      relay.close();
      assertThat(supervisor.round())
          .singleElement()
          .extracting(FeedStatus::state)
          .isNotEqualTo(FeedState.UNREACHABLE);
    } finally {
      relay.close();
    }
    assertThat(jobs("later")).hasSize(1);
  }

  @Test
  void aJobWithTheOlderMarkIsAdopted() throws Exception {
    standIn.execute("CREATE TABLE older (id INT8 PRIMARY KEY)");
    try (Cluster cluster = cluster("older")) {
      supervisor(cluster, "older").round();
      String made = jobs("older").get(0).description();
      standIn.cancel(jobs("older").get(0).id());
      String mark = FeedMark.in(made).orElseThrow().fingerprint();
      long older =
          standIn.createChangefeed(
              "CREATE CHANGEFEED FOR TABLE \"defaultdb\".\"public\".\"older\" INTO 'kafka://"
                  + kafka.bootstrapServers()
                  + "' WITH updated, kafka_sink_config = '{\"ClientID\":\"belay.older."
                  + mark
                  + "\"}'");
      supervisor(cluster, "older").round();
      assertThat(jobs("older")).hasSize(2).last().extracting(JobStatus::id).isEqualTo(older);
    }
  }

  @Test
  void aLookUpThatFailsIsNotTakenForNoJob() throws Exception {
    standIn.execute("CREATE TABLE lookup (id INT8 PRIMARY KEY)");
    try (Cluster cluster = cluster("lookup")) {
      Supervisor supervisor = supervisor(cluster, "lookup");
      supervisor.round();
      standIn.connections().failNext("SHOW CHANGEFEED JOBS", "XX000", "internal error", 1);
      assertThat(catchThrowableOfType(ClusterException.class, supervisor::round))
          .hasMessageContaining("internal error");
      supervisor.round();
    }
    assertThat(jobs("lookup")).hasSize(1);
  }

  @Test
  void aBalancerThatDropsIdleConnectionsIsNoFailureOfTheFeed() throws Exception {
    standIn.execute("CREATE TABLE idle (id INT8 PRIMARY KEY)");
    try (Cluster cluster = cluster("idle")) {
      Supervisor supervisor = supervisor(cluster, "idle");
      supervisor.round();
      for (int look = 0; look < 3; look++) {
        standIn.connections().cutAll();
        assertThat(supervisor.round())
            .singleElement()
            .extracting(FeedStatus::state)
            .isNotEqualTo(FeedState.UNREACHABLE);
      }
      // a session that is lost at once is not idle
      standIn.connections().cutAll();
      standIn.connections().cutNext("SHOW CHANGEFEED JOBS", Moment.BEFORE);
      standIn.connections().cutNext("SHOW CHANGEFEED JOBS", Moment.BEFORE);
      assertThat(catchThrowableOfType(ClusterException.class, supervisor::round).kind())
          .isEqualTo(ClusterException.Kind.AWAY);
    }
    assertThat(jobs("idle")).hasSize(1);
  }

  @Test
  void aChangedTimeToLiveIsInTheStatusOfAJobThatHasEnded() throws Exception {
    standIn.execute("CREATE TABLE ttl (id INT8 PRIMARY KEY)");
    AtomicReference<Duration> clock = new AtomicReference<>(Duration.ofHours(1));
    try (Cluster cluster = cluster("ttl")) {
      Supervisor supervisor = supervisor(cluster, "ttl", clock::get);
      supervisor.round();
      long job = jobs("ttl").get(0).id();
      await().until(() -> standIn.job(job).orElseThrow().highWater().isPresent());
      supervisor.round();
      standIn.cancel(job);
      await().until(() -> standIn.job(job).orElseThrow().state().isFinal());
      assertThat(left(supervisor)).isBetween(14_000L, 14_400L);
      standIn.execute("ALTER TABLE ttl CONFIGURE ZONE USING gc.ttlseconds = 90000");
      clock.updateAndGet(before -> before.plusSeconds(30));
      assertThat(left(supervisor)).isBetween(14_000L, 14_400L);
      clock.updateAndGet(before -> before.plusSeconds(31));
      assertThat(left(supervisor)).isBetween(89_000L, 90_000L);
    }
  }

  private static long left(Supervisor supervisor) throws ClusterException {
    List<FeedStatus> status = supervisor.round();
    assertThat(status)
        .singleElement()
        .extracting(FeedStatus::state)
        .isEqualTo(FeedState.NEEDS_ACTION);
    return status.get(0).gcWindowLeft().orElseThrow();
  }

  @Test
  void ofSeveralHostsOneThatAnswersIsEnough() throws Exception {
    standIn.execute("CREATE TABLE hosts (id INT8 PRIMARY KEY)");
    String url = standIn.url().replace("//", "//127.0.0.1:1,");
    try (Cluster cluster = cluster("hosts", url)) {
      assertThat(supervisor(cluster, "hosts").round()).hasSize(1);
    }
  }

  private static List<JobStatus> jobs(String name) {
    return standIn.jobs().stream()
        .filter(job -> job.fullTableNames().contains("defaultdb.public." + name))
        .toList();
  }

  private static Cluster cluster(String name) {
    return cluster(name, standIn.url());
  }

  private static Cluster cluster(String name, String url) {
    Properties properties = new Properties();
    properties.put("user", StandIn.USER);
    return new Cluster(
        new Cluster.Address(
            url, properties, "belay " + name, Duration.ofSeconds(10), Duration.ofSeconds(30)),
        new Secrets(List.of()));
  }

  private static Supervisor supervisor(Cluster cluster, String name) {
    return supervisor(cluster, name, () -> Duration.ofNanos(System.nanoTime()));
  }

  private static Supervisor supervisor(Cluster cluster, String name, Supplier<Duration> clock) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", name);
    settings.put("source.connection.url", standIn.url());
    settings.put("source.connection.user", StandIn.USER);
    settings.put("feed.sink.uri", "kafka://" + kafka.bootstrapServers());
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    Changefeed changefeed = new Changefeed(new SourceConfig(settings), StandIn.DATABASE);
    return new Supervisor(
        cluster,
        changefeed,
        new WantedFeed(
            changefeed.mark(),
            Map.of(new TableName("defaultdb", "public", name), new Position.None()),
            true,
            Optional.empty(),
            0),
        StandIn.DATABASE,
        Agreement.NONE,
        new Supervisor.Settings(
            3,
            new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)),
            Duration.ofMinutes(5),
            Optional.of(Duration.ofHours(72))),
        clock);
  }
}
