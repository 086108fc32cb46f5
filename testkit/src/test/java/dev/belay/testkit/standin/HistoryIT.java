package dev.belay.testkit.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.row.Hlc;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long the past is kept, and what the cluster says of itself. */
class HistoryIT {

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    standIn = StandIn.builder().version("v24.3.11").start();
  }

  @AfterAll
  static void stop() {
    standIn.close();
    kafka.close();
  }

  private static String one(String query, String column) throws SQLException {
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      assertThat(row.next()).isTrue();
      return row.getString(column);
    }
  }

  private static long create(String table, String with) throws SQLException {
    return standIn.createChangefeed(
        "CREATE CHANGEFEED FOR "
            + table
            + " INTO 'kafka://"
            + kafka.bootstrapServers()
            + "' WITH updated, resolved = '50ms'"
            + with);
  }

  private static void table(String name) throws SQLException {
    standIn.execute("CREATE TABLE " + name + " (id INT PRIMARY KEY)");
  }

  private static void awaitState(long job, JobState state) {
    await().until(() -> standIn.job(job).orElseThrow().state() == state);
  }

  @Test
  void zonesInheritAndCanBeConfigured() throws Exception {
    table("zoned");
    String show = "SHOW ZONE CONFIGURATION FROM TABLE zoned";
    assertThat(one(show, "target")).isEqualTo("RANGE default");
    assertThat(one(show, "raw_config_sql"))
        .startsWith("ALTER RANGE default CONFIGURE ZONE USING\n\trange_min_bytes = 134217728,\n")
        .contains("\tgc.ttlseconds = 14400,\n");
    standIn.execute("ALTER DATABASE defaultdb CONFIGURE ZONE USING gc.ttlseconds = 600");
    assertThat(one(show, "target")).isEqualTo("DATABASE defaultdb");
    standIn.execute("ALTER TABLE zoned CONFIGURE ZONE USING gc.ttlseconds = 90, num_replicas = 5");
    assertThat(one("SELECT * FROM [" + show + "]", "target"))
        .isEqualTo("TABLE defaultdb.public.zoned");
    assertThat(one(show, "raw_config_sql"))
        .contains("gc.ttlseconds = 90")
        .contains("num_replicas = 5");
    standIn.execute("ALTER TABLE zoned CONFIGURE ZONE DISCARD");
    standIn.execute("ALTER DATABASE defaultdb CONFIGURE ZONE DISCARD");
    assertThat(one(show, "target")).isEqualTo("RANGE default");
    assertThatThrownBy(() -> standIn.execute("ALTER RANGE default CONFIGURE ZONE USING nope = 1"))
        .hasMessageContaining("unsupported zone config parameter");
  }

  @Test
  void cursorOlderThanItsTableRemembersIsRefused() throws Exception {
    table("short_lived");
    standIn.execute("ALTER TABLE short_lived CONFIGURE ZONE USING gc.ttlseconds = 60");
    Hlc now = standIn.now();
    Hlc old = new Hlc(now.wallNanos() - 61_000_000_000L, 0);
    assertThatThrownBy(() -> create("short_lived", ", cursor = '" + old + "'"))
        .hasMessageContaining(
            "could not create changefeed: cursor " + old + " is older than the GC")
        .hasMessageContaining("batch timestamp ")
        .hasMessageContaining(" must be after replica GC threshold ");
    standIn.cancel(create("short_lived", ", cursor = '" + now + "'"));
  }

  @Test
  void jobProtectsWhatItNeedsAndNothingElseDoes() throws Exception {
    table("kept");
    table("lost");
    long job = create("kept", ", initial_scan = 'no'");
    await().until(() -> standIn.job(job).orElseThrow().highWater().isPresent());
    standIn.pause(job);
    awaitState(job, JobState.PAUSED);
    Hlc mark = standIn.job(job).orElseThrow().highWater().orElseThrow();
    standIn.execute("INSERT INTO kept VALUES (1)");
    standIn.collectHistory();
    standIn.collectHistory();
    assertThatThrownBy(() -> create("lost", ", cursor = '" + mark + "'"))
        .hasMessageContaining("must be after replica GC threshold");
    standIn.cancel(create("kept", ", cursor = '" + mark + "'"));
    standIn.resume(job);
    try (TopicReader reader = new TopicReader(kafka.bootstrapServers(), "kept")) {
      reader.untilResolved(standIn.now());
    }
    standIn.cancel(job);
    awaitState(job, JobState.CANCELED);
    standIn.collectHistory();
    assertThatThrownBy(() -> create("kept", ", cursor = '" + mark + "'"))
        .hasMessageContaining("must be after replica GC threshold");
  }

  @Test
  void tableWhosePastIsGoneCannotJoinAnOlderJob() throws Exception {
    table("older");
    table("joining");
    long job = create("older", ", initial_scan = 'no'");
    standIn.pause(job);
    awaitState(job, JobState.PAUSED);
    standIn.collectHistory();
    standIn.execute("ALTER CHANGEFEED " + job + " ADD joining");
    standIn.resume(job);
    awaitState(job, JobState.FAILED);
    assertThat(standIn.job(job).orElseThrow().error())
        .matches("batch timestamp .* must be after replica GC threshold .*");
  }

  @Test
  void expiredLicenceKeepsJobsFromBeginning() throws Exception {
    table("licensed");
    long job = create("licensed", "");
    standIn.pause(job);
    awaitState(job, JobState.PAUSED);
    standIn.licence(true);
    try {
      String words = "Use of CHANGEFEED requires an enterprise license";
      assertThatThrownBy(() -> create("licensed", "")).hasMessageContaining(words);
      standIn.resume(job);
      awaitState(job, JobState.FAILED);
      assertThat(standIn.job(job).orElseThrow().error()).contains(words);
    } finally {
      standIn.licence(false);
    }
    standIn.cancel(create("licensed", ""));
  }

  @Test
  void clusterSaysWhichVersionItIs() throws Exception {
    table("versioned");
    long job = create("versioned", "");
    assertThat(one("SELECT version()", "version")).startsWith("CockroachDB CCL v24.3.11 ");
    assertThat(one("SHOW CLUSTER SETTING version", "version")).isEqualTo("24.3");
    assertThat(one("SELECT crdb_internal.node_executable_version()", "node_executable_version"))
        .isEqualTo("24.3");
    assertThat(one("SELECT crdb_internal.cluster_id()", "cluster_id")).hasSize(36);
    assertThat(one("SHOW CHANGEFEED JOB " + job, "full_table_names"))
        .isEqualTo("{defaultdb.public.versioned}");
    assertThatThrownBy(() -> one("SHOW CHANGEFEED JOBS", "readable_high_water_timestamptz"))
        .isInstanceOf(SQLException.class);
    standIn.cancel(job);
  }
}
