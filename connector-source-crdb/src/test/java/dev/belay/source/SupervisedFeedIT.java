package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** From one POST to rows in Kafka, and through the life of a worker. */
class SupervisedFeedIT extends SourceCase {

  @Test
  void oneConnectorIsOneJobWhoseRowsComeToKafka() throws Exception {
    create(Map.of());
    awaitRunning();
    sql("INSERT INTO " + name + " VALUES (2, 'after')");
    awaitRow("before");
    awaitRow("after");
    assertThat(topics.values(topic())).anyMatch(value -> value.contains("\"resolved\""));
    JsonNode status = awaitStatus("RUNNING");
    assertThat(status.path("job").asText()).isEqualTo(String.valueOf(live().get(0).id()));
    assertThat(status.path("tables").get(0).asText()).isEqualTo(topic());
    assertThat(status.path("cursor").asText()).matches("\\d{19}\\.\\d{10}");
    assertThat(status.path("gc_window_left_seconds").asLong()).isBetween(200_000L, 259_200L);
  }

  @Test
  void aJobHasWhatTheSinkNeeds() {
    create(Map.of());
    assertThat(awaitRunning().description())
        .contains("updated", "resolved = '200ms'", "min_checkpoint_frequency = '200ms'")
        .contains("envelope = 'wrapped'", "full_table_name", "on_error = 'pause'")
        .contains("gc_protect_expires_after = '259200s'", "schema_change_policy = 'backfill'")
        .contains("\"RequiredAcks\":\"ALL\"", "initial_scan = 'yes'");
  }

  @Test
  void optionsOfTheUserWinOrAreLeftOut() throws Exception {
    create(
        Map.of(
            "feed.option.metrics_label", "failback",
            "feed.option.mvcc_timestamp", "",
            "feed.option.gc_protect_expires_after", "unset",
            "feed.kafka.sink.config", "{\"RequiredAcks\":\"ONE\",\"Compression\":\"ZSTD\"}"));
    assertThat(awaitRunning().description())
        .contains("metrics_label = 'failback'", "mvcc_timestamp", "\"RequiredAcks\":\"ONE\"")
        .contains("\"Compression\":\"ZSTD\"")
        .doesNotContain("gc_protect_expires_after");
    // the cluster decides for how long
    assertThat(awaitStatus("RUNNING").has("gc_window_left_seconds")).isFalse();
  }

  @Test
  void theWindowIsThatOfTheUsersOption() throws Exception {
    create(Map.of("feed.option.gc_protect_expires_after", "23h30m"));
    assertThat(awaitRunning().description()).contains("gc_protect_expires_after = '23h30m'");
    assertThat(awaitStatus("RUNNING").path("gc_window_left_seconds").asLong())
        .isBetween(80_000L, 84_600L);
  }

  @Test
  void anExternalConnectionKeepsTheBrokersOutOfTheConfiguration() throws Exception {
    String external = "to_" + name;
    sql(
        "CREATE EXTERNAL CONNECTION "
            + external
            + " AS 'kafka://"
            + PARTS.kafka().bootstrapServers()
            + "'");
    create(Map.of("feed.sink.uri", "external://" + external));
    assertThat(awaitRunning().description()).contains("INTO 'external://" + external + "'");
    awaitRow("before");
  }

  @Test
  void aJobOutlivesTheWorkerAndIsAdoptedAfterwards() throws Exception {
    create(Map.of());
    long job = awaitRunning().id();
    PARTS.worker().kill9();
    PARTS.worker().restart();
    PARTS.worker().awaitHealthy(LIMIT);
    PARTS.worker().rest().awaitRunning(name, LIMIT);
    standIn().pause(job);
    awaitStatus("PAUSED");
    assertThat(jobs()).extracting(JobStatus::id).containsExactly(job);
  }

  @Test
  void deletingTheConnectorLeavesItsJob() {
    create(Map.of());
    awaitRunning();
    PARTS.worker().rest().delete(name);
    assertThat(jobs()).extracting(JobStatus::state).containsExactly(JobState.RUNNING);
  }

  @Test
  void tablesAreChosenByPatterns() throws Exception {
    sql("CREATE SCHEMA s" + name);
    for (String table : List.of("employees", "payments", "orders", "other")) {
      sql("CREATE TABLE s" + name + "." + table + " (id INT8 PRIMARY KEY)");
    }
    create(
        Map.of(
            "feed.tables", "",
            "feed.schema.filter", "s" + name,
            "feed.table.filter", "employees|payments|orders"));
    assertThat(awaitRunning().fullTableNames())
        .containsExactlyInAnyOrder(
            "defaultdb.s" + name + ".employees",
            "defaultdb.s" + name + ".payments",
            "defaultdb.s" + name + ".orders");
  }

  @Test
  void aTableWithCapitalsAndBlanksHasOneJob() throws Exception {
    String odd = "\"My Table " + name.substring(0, 10) + "\"";
    sql("CREATE TABLE " + odd + " (id INT8 PRIMARY KEY, note STRING)");
    create(Map.of("feed.tables", odd));
    awaitRunning();
    awaitStatus("RUNNING");
    sql("INSERT INTO " + odd + " VALUES (1, 'odd')");
    String topic = "defaultdb.public.My_u0020_Table_u0020_" + name.substring(0, 10);
    eventually(() -> assertThat(topics.values(topic)).anyMatch(value -> value.contains("odd")));
    assertThat(jobs()).hasSize(1);
  }

  @Test
  void aJobThatIsPendingIsStarting() throws Exception {
    standIn().holdJobs(JobState.PENDING);
    try {
      create(Map.of("feed.initial.scan", "no"));
      awaitStatus("STARTING");
    } finally {
      standIn().releaseJobs(JobState.PENDING);
    }
    awaitRunning();
  }

  @Test
  void aJobThatStaysPendingIsStalled() throws Exception {
    standIn().holdJobs(JobState.PENDING);
    try {
      create(Map.of("stall.timeout.ms", "1000"));
      assertThat(awaitStatus("STALLED").path("error").asText()).contains("is pending");
    } finally {
      standIn().releaseJobs(JobState.PENDING);
    }
    awaitRunning();
    awaitStatus("RUNNING");
  }

  @Test
  void filtersAreJudgedAgainAtARestartAndATableThatIsGoneIsMissed() throws Exception {
    for (String table : List.of("a", "b")) {
      sql("CREATE TABLE " + table + name + " (id INT8 PRIMARY KEY, note STRING)");
    }
    Map<String, String> filters =
        Map.of("feed.tables", "", "feed.table.filter", "[abc]" + name, "needs.action", "report");
    create(filters);
    long job = awaitRunning().id();
    eventually(() -> assertThat(PARTS.worker().rest().offsets(name).path("offsets")).hasSize(2));
    sql("ALTER TABLE b" + name + " RENAME TO renamed" + name);
    sql("CREATE TABLE c" + name + " (id INT8 PRIMARY KEY, note STRING)");
    PARTS.worker().rest().restartTask(name, 0);

    JsonNode missed = awaitStatus("NEEDS_ACTION");
    assertThat(missed.path("job").asText()).isEqualTo(String.valueOf(job));
    assertThat(missed.path("error").asText())
        .contains("defaultdb.public.b" + name + " is not in database")
        .contains("the feed had it before");
    assertThat(missed.path("remedy").asText()).contains("feed.table.exclusion.filter");
    // the new one is taken, and the job that has the other is as it was
    eventually(() -> assertThat(live()).hasSize(2));
    assertThat(live()).extracting(JobStatus::id).contains(job);
    sql("INSERT INTO a" + name + " VALUES (1, 'still sent')");
    eventually(
        () ->
            assertThat(topics.values("defaultdb.public.a" + name))
                .anyMatch(value -> value.contains("still sent")));

    Map<String, String> without = new HashMap<>(filters);
    without.put("feed.table.exclusion.filter", "b" + name);
    change(without);
    eventually(
        () -> {
          assertThat(status()).extracting(s -> s.path("state").asText()).containsOnly("RUNNING");
          assertThat(live())
              .flatExtracting(JobStatus::fullTableNames)
              .containsExactlyInAnyOrder("defaultdb.public.a" + name, "defaultdb.public.c" + name);
        });
  }

  @Test
  void aNamedTableThatIsGoneIsToldAndTheOthersAreLookedAfter() throws Exception {
    create(Map.of());
    long first = awaitRunning().id();
    sql("CREATE TABLE more" + name + " (id INT8 PRIMARY KEY, note STRING)");
    Map<String, String> both = Map.of("feed.tables", name + ",more" + name);
    change(both);
    eventually(() -> assertThat(live()).hasSize(2));
    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT);
    sql("ALTER TABLE more" + name + " RENAME TO renamed" + name);
    PARTS.worker().rest().resume(name);
    // with needs.action=fail the task fails after its status has been told
    JsonNode missed = awaitStatus("NEEDS_ACTION");
    assertThat(missed.path("error").asText()).contains("more" + name + " is not in database");
    assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT))
        .contains("more" + name + " is not in database")
        .contains("restart this connector's task");
    assertThat(live()).hasSize(2);

    sql("ALTER TABLE renamed" + name + " RENAME TO more" + name);
    PARTS.worker().rest().restartTask(name, 0);
    eventually(
        () ->
            assertThat(status()).extracting(s -> s.path("state").asText()).containsOnly("RUNNING"));
    assertThat(live()).hasSize(2).extracting(JobStatus::id).contains(first);
  }

  /** As far as the catalogs tell the user of the feed, its table is gone. */
  @Test
  void aTableThatIsHiddenFromTheUserIsToldAndIsBackWithTheGrant() throws Exception {
    sql("CREATE USER hidden");
    sql("GRANT CHANGEFEED ON TABLE " + name + " TO hidden");
    sql("REVOKE CONNECT ON DATABASE defaultdb FROM public");
    try {
      create(Map.of("source.connection.user", "hidden"));
      long job = awaitRunning().id();
      eventually(() -> assertThat(PARTS.worker().rest().offsets(name).path("offsets")).hasSize(1));
      sql("REVOKE CHANGEFEED ON TABLE " + name + " FROM hidden");
      PARTS.worker().rest().restartTask(name, 0);
      JsonNode missed = awaitStatus("NEEDS_ACTION");
      assertThat(missed.path("job").asText()).isEqualTo(String.valueOf(job));
      assertThat(missed.path("error").asText()).contains("was left as it is", "may not see it");
      assertThat(missed.path("remedy").asText()).contains("or this user its rights on it");
      assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT)).contains("its rights on it");

      sql("GRANT CHANGEFEED ON TABLE " + name + " TO hidden");
      PARTS.worker().rest().restartTask(name, 0);
      awaitStatus("RUNNING");
      // it had been sending all the time
      assertThat(jobs()).extracting(JobStatus::id).containsExactly(job);
      sql("INSERT INTO " + name + " VALUES (2, 'with the grant')");
      awaitRow("with the grant");
    } finally {
      sql("GRANT CONNECT ON DATABASE defaultdb TO public");
    }
  }

  /** The job goes on without the right; only the next one needs it. */
  @Test
  void aRightThatIsTakenAwayStopsTheNextJobAndComesBackWithTheGrant() throws Exception {
    sql("CREATE USER robbed");
    sql("GRANT CHANGEFEED ON TABLE " + name + " TO robbed");
    create(Map.of("source.connection.user", "robbed", "feed.option.on_error", "fail"));
    JobStatus first = awaitRunning();
    eventually(() -> assertThat(PARTS.worker().rest().offsets(name).path("offsets")).hasSize(1));
    sql("REVOKE CHANGEFEED ON TABLE " + name + " FROM robbed");
    standIn().failJob(first.id(), "a node is gone");
    JsonNode refused = awaitStatus("NEEDS_ACTION");
    assertThat(refused.path("error").asText()).contains("requires the CHANGEFEED privilege");
    assertThat(refused.path("remedy").asText()).contains("GRANT CHANGEFEED ON TABLE");
    PARTS.worker().rest().awaitTaskFailure(name, LIMIT);

    sql("INSERT INTO " + name + " VALUES (2, 'while nobody could')");
    sql("GRANT CHANGEFEED ON TABLE " + name + " TO robbed");
    PARTS.worker().rest().restartTask(name, 0);
    assertThat(awaitRunning().description()).contains("initial_scan = 'no'");
    awaitRow("while nobody could");
    awaitStatus("RUNNING");
  }

  @Test
  void filtersThatTakeNothingAnyMoreAreForAPerson() throws Exception {
    sql("CREATE TABLE only" + name + " (id INT8 PRIMARY KEY)");
    create(Map.of("feed.tables", "", "feed.table.filter", "only" + name));
    long job = awaitRunning().id();
    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT);
    PARTS.worker().rest().resetOffsets(name);
    eventually(
        () -> assertThat(standIn().job(job).orElseThrow().state()).isEqualTo(JobState.CANCELED));
    sql("DROP TABLE only" + name);
    PARTS.worker().rest().resume(name);
    assertThat(awaitStatus("NEEDS_ACTION").path("error").asText()).contains("take none of the");
    assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT)).contains("take none of the");
  }

  @Test
  void aTableThatIsAddedGetsItsOwnJobAndScan() throws Exception {
    create(Map.of());
    long first = awaitRunning().id();
    sql("CREATE TABLE more" + name + " (id INT8 PRIMARY KEY, note STRING)");
    sql("INSERT INTO more" + name + " VALUES (1, 'old row')");
    change(Map.of("feed.tables", name + ",more" + name));
    eventually(() -> assertThat(live()).hasSize(2));
    assertThat(live()).extracting(JobStatus::id).contains(first);
    eventually(
        () ->
            assertThat(topics.values("defaultdb.public.more" + name))
                .anyMatch(value -> value.contains("old row")));
  }

  @Test
  void inBothDirectionsATableThatIsAddedBeginsWithoutItsRowsAndSaysSo() throws Exception {
    create(Map.of("feed.bidirectional", "true"));
    long first = awaitRunning().id();
    sql("CREATE TABLE more" + name + " (id INT8 PRIMARY KEY, note STRING)");
    sql("INSERT INTO more" + name + " VALUES (1, 'old row')");
    change(Map.of("feed.bidirectional", "true", "feed.tables", name + ",more" + name));
    eventually(() -> assertThat(live()).hasSize(2));
    JobStatus second = live().stream().filter(job -> job.id() != first).findFirst().orElseThrow();
    assertThat(second.description()).contains("initial_scan = 'no'");
    sql("INSERT INTO more" + name + " VALUES (2, 'new row')");
    String added = "defaultdb.public.more" + name;
    eventually(() -> assertThat(topics.values(added)).anyMatch(value -> value.contains("new row")));
    assertThat(topics.values(added)).noneMatch(value -> value.contains("old row"));
    eventually(
        () ->
            assertThat(status())
                .anyMatch(
                    record ->
                        record.path("job").asText().equals(String.valueOf(second.id()))
                            && record.path("remedy").asText().contains("without their rows")));
    assertThat(Files.readString(PARTS.worker().logFile()))
        .contains("Tables [" + added + "] begin without their rows of before");
  }

  @Test
  void aConnectorOfTheSameNameOverAnotherDatabaseKeepsItsJob() throws Exception {
    String second = "second" + name.substring(0, 20);
    standIn().createDatabase(second);
    List<Long> theirs = new ArrayList<>();
    try (Connection session = standIn().connect(second);
        Statement statement = session.createStatement()) {
      statement.execute("CREATE TABLE there (id INT8 PRIMARY KEY)");
      // the form of today, and the older one, which names no database
      for (String mark : List.of("belay." + name + ".00ff." + second, "belay." + name + ".00ff")) {
        ResultSet row =
            statement.executeQuery(
                "CREATE CHANGEFEED FOR TABLE \""
                    + second
                    + "\".\"public\".\"there\" INTO 'kafka://"
                    + PARTS.kafka().bootstrapServers()
                    + "' WITH updated, resolved, kafka_sink_config = '{\"ClientID\":\""
                    + mark
                    + "\"}'");
        row.next();
        theirs.add(row.getLong(1));
      }
    }
    create(Map.of("status.interval.ms", "100"));
    String seen = awaitStatus("RUNNING").path("at").asText();
    eventually(() -> assertThat(awaitStatus("RUNNING").path("at").asText()).isGreaterThan(seen));
    for (long job : theirs) {
      assertThat(standIn().job(job).orElseThrow().state()).isEqualTo(JobState.RUNNING);
    }
  }

  @Test
  void aChangedFeedIdDoesNotLeaveARunningJobAlone() {
    create(Map.of());
    awaitRunning();
    assertThatThrownBy(() -> change(Map.of("feed.id", "other" + name)))
        .hasMessageContaining(
            "has not ended and sends tables of this connector's feed, other" + name)
        .hasMessageContaining("Set feed.id=" + name + " again");
  }

  @Test
  void aTableThatIsTakenAwayLeavesAJobThatGoesOnWithoutAGap() throws Exception {
    sql("CREATE TABLE more" + name + " (id INT8 PRIMARY KEY, note STRING)");
    create(Map.of("feed.tables", name + ",more" + name));
    long first = awaitRunning().id();
    change(Map.of());
    eventually(
        () -> {
          assertThat(live())
              .singleElement()
              .satisfies(job -> assertThat(job.fullTableNames()).containsExactly(topic()));
        });
    assertThat(live().get(0).id()).isNotEqualTo(first);
    assertThat(live().get(0).description()).contains("initial_scan = 'no'");
    sql("INSERT INTO " + name + " VALUES (2, 'still here')");
    awaitRow("still here");
  }

  @Test
  void aChangedOptionReplacesTheJobFromWhereItIs() throws Exception {
    create(Map.of());
    long first = awaitRunning().id();
    change(Map.of("feed.diff", "true"));
    eventually(
        () -> {
          assertThat(live())
              .singleElement()
              .satisfies(job -> assertThat(job.description()).contains("diff"));
        });
    assertThat(standIn().job(first).orElseThrow().state()).isEqualTo(JobState.CANCELED);
    assertThat(live().get(0).description()).contains("initial_scan = 'no'", "cursor = '");
    sql("UPDATE " + name + " SET note = 'changed' WHERE id = 1");
    awaitRow("changed");
  }

  @Test
  void aBalancerThatDropsIdleSessionsIsNotNoticed() throws Exception {
    create(Map.of("supervise.interval.ms", "2000", "feed.resolved.interval.ms", "2000"));
    awaitRunning();
    awaitStatus("RUNNING");
    // less than between two looks, and more than a busy machine takes between two statements of one
    standIn().connections().dropIdle(Duration.ofMillis(1200));
    try {
      int before = told().size();
      eventually(() -> assertThat(told().size()).isGreaterThan(before + 10));
      assertThat(told()).noneMatch(value -> value.contains("UNREACHABLE"));
      sql("INSERT INTO " + name + " VALUES (2, 'all the same')");
      awaitRow("all the same");
    } finally {
      standIn().connections().dropIdle(Duration.ZERO);
    }
  }

  private List<String> told() {
    return topics.values("belay-status").stream()
        .filter(value -> value.contains("\"feed\":\"" + name + "\""))
        .toList();
  }
}
