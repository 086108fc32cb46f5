package dev.belay.testkit.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.TopicReader.Message;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.row.Hlc;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statements about jobs, as a connector sends them: what they answer and what they refuse. */
class JobStatementsIT {

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;
  private static Connection connection;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    standIn = StandIn.start();
    connection = standIn.connect();
  }

  @AfterAll
  static void stop() throws SQLException {
    connection.close();
    standIn.close();
    kafka.close();
  }

  private static void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String one(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }

  private static long create(String tables, String with) throws SQLException {
    return Long.parseLong(
        one(
            "CREATE CHANGEFEED FOR TABLE "
                + tables
                + " INTO 'kafka://"
                + kafka.bootstrapServers()
                + "' WITH "
                + with));
  }

  private static void awaitStatus(long job, String status) {
    await().until(() -> status(job).equals(status));
  }

  private static String status(long job) throws SQLException {
    return shown(job, "status");
  }

  private static String shown(long job, String column) throws SQLException {
    return one(
        "WITH jobs AS (SHOW CHANGEFEED JOBS) SELECT "
            + column
            + " FROM jobs WHERE job_id = "
            + job);
  }

  private static void pause(long job) throws SQLException {
    execute("PAUSE JOB " + job);
    awaitStatus(job, "paused");
  }

  private static void refused(String sql, String state, String words) {
    assertThatThrownBy(() -> execute(sql))
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(e.getMessage()).contains(words);
              assertThat(e.getSQLState()).isEqualTo(state);
            });
  }

  @Test
  void descriptionIsTheStatementAsCockroachDbPrintsIt() throws Exception {
    execute("CREATE TABLE described (id INT PRIMARY KEY)");
    execute("CREATE TABLE \"And Me\" (id INT PRIMARY KEY)");
    long job =
        create(
            "Described, public.\"And Me\"",
            "updated, RESOLVED = '1s', envelope = wrapped, initial_scan = 'no',"
                + " kafka_sink_config = '{\"ClientID\": \"belay-orders\", \"RequiredAcks\": \"ALL\"}'");
    assertThat(shown(job, "description"))
        .isEqualTo(
            "CREATE CHANGEFEED FOR TABLE described, TABLE public.\"And Me\" INTO 'kafka://"
                + kafka.bootstrapServers()
                + "' WITH OPTIONS (envelope = 'wrapped', initial_scan = 'no', kafka_sink_config ="
                + " '{\"ClientID\": \"belay-orders\", \"RequiredAcks\": \"ALL\"}', resolved = '1s',"
                + " updated)");
    assertThat(shown(job, "sink_uri")).isEqualTo("kafka://" + kafka.bootstrapServers());
    execute("CANCEL JOB " + job);
    awaitStatus(job, "canceled");
    assertThat(shown(job, "finished")).isNotNull();
  }

  @Test
  void secretsOfTheSinkAreNowhereToBeSeen() throws Exception {
    execute("CREATE TABLE secret (id INT PRIMARY KEY)");
    execute(
        "CREATE EXTERNAL CONNECTION with_secrets AS 'kafka://"
            + kafka.bootstrapServers()
            + "?sasl_user=belay&topic_prefix=p_&sasl_enabled=true&sasl_password=s%26cret'");
    assertThat(one("SELECT connection_uri FROM [SHOW EXTERNAL CONNECTION with_secrets]"))
        .isEqualTo(
            "kafka://"
                + kafka.bootstrapServers()
                + "?sasl_enabled=true&sasl_password=redacted&sasl_user=belay&topic_prefix=p_");
  }

  @Test
  void feedWritesThroughAnExternalConnection() throws Exception {
    execute("CREATE TABLE through (id INT PRIMARY KEY)");
    execute("INSERT INTO through VALUES (1)");
    execute(
        "CREATE EXTERNAL CONNECTION broker AS 'kafka://"
            + kafka.bootstrapServers()
            + "?topic_prefix=ext_'");
    refused("CREATE EXTERNAL CONNECTION broker AS 'kafka://x'", "42710", "already exists");
    assertThat(one("SELECT connection_type FROM [SHOW EXTERNAL CONNECTIONS] LIMIT 1"))
        .isEqualTo("KAFKA");
    long job = Long.parseLong(one("CREATE CHANGEFEED FOR through INTO 'external://broker'"));
    assertThat(shown(job, "topics")).isEqualTo("ext_through");
    assertThat(shown(job, "description")).contains("INTO 'external://broker'");
    try (TopicReader reader = new TopicReader(kafka.bootstrapServers(), "ext_through")) {
      assertThat(reader.untilRows(1).get(0).key()).contains("[1]");
    }
    execute("CANCEL JOB " + job);
    execute("DROP EXTERNAL CONNECTION broker");
    refused("CREATE CHANGEFEED FOR through INTO 'external://broker'", "42704", "does not exist");
  }

  @Test
  void passingStatesCanBeHeld() throws Exception {
    execute("CREATE TABLE passing (id INT PRIMARY KEY)");
    standIn.holdJobs(JobState.PENDING);
    long job = create("passing", "updated, resolved = '50ms'");
    assertThat(status(job)).isEqualTo("pending");
    standIn.releaseJobs(JobState.PENDING);
    awaitStatus(job, "running");
    await().until(() -> shown(job, "running_status").startsWith("running: resolved="));

    standIn.holdJobs(JobState.PAUSE_REQUESTED);
    execute("PAUSE JOB " + job + " WITH REASON = 'at night'");
    assertThat(status(job)).isEqualTo("pause-requested");
    refused(
        "RESUME JOB " + job,
        "XXUUU",
        "job " + job + ": job with state pause-requested cannot be resumed");
    standIn.releaseJobs(JobState.PAUSE_REQUESTED);
    awaitStatus(job, "paused");
    assertThat(shown(job, "error")).startsWith("pausing due to error").endsWith(": at night");

    standIn.holdJobs(JobState.CANCEL_REQUESTED);
    standIn.holdJobs(JobState.REVERTING);
    execute("CANCEL JOB " + job);
    assertThat(status(job)).isEqualTo("cancel-requested");
    standIn.releaseJobs(JobState.CANCEL_REQUESTED);
    awaitStatus(job, "reverting");
    standIn.releaseJobs(JobState.REVERTING);
    awaitStatus(job, "canceled");
    execute("CANCEL JOB " + job);
    refused(
        "PAUSE JOB " + job, "XXUUU", "job with state canceled cannot be requested to be paused");
    refused("RESUME JOB " + job, "XXUUU", "job with state canceled cannot be resumed");
    refused("CANCEL JOB 42", "XXUUU", "job with ID 42 does not exist");
  }

  @Test
  void severalJobsAreControlledByAQuery() throws Exception {
    execute("CREATE TABLE several (id INT PRIMARY KEY)");
    long first = create("several", "metrics_label = 'several'");
    long second = create("several", "metrics_label = 'several'");
    execute(
        "PAUSE JOBS (SELECT job_id FROM [SHOW CHANGEFEED JOBS] WHERE description LIKE"
            + " '%TABLE several %' AND status = 'running') WITH REASON = 'both'");
    awaitStatus(first, "paused");
    awaitStatus(second, "paused");
    execute("RESUME JOBS SELECT job_id FROM [SHOW JOBS] WHERE job_id = " + second);
    awaitStatus(second, "running");
    execute(
        "CANCEL JOBS (WITH j AS (SHOW CHANGEFEED JOBS) SELECT job_id FROM j WHERE job_id IN ("
            + first
            + ", "
            + second
            + "))");
    awaitStatus(first, "canceled");
    awaitStatus(second, "canceled");
  }

  @Test
  void tableThatIsAddedWithAScanSendsRowsBelowTheResolvedTime() throws Exception {
    execute("CREATE TABLE base (id INT PRIMARY KEY)");
    execute("CREATE TABLE joined (id INT PRIMARY KEY, v STRING)");
    execute("INSERT INTO joined VALUES (1, 'old'), (2, 'gone'), (3, 'same')");
    long job = create("base", "updated, resolved = '50ms', initial_scan = 'no'");
    Hlc before = standIn.now();
    await()
        .until(
            () -> standIn.job(job).orElseThrow().highWater().filter(before::isBefore).isPresent());
    pause(job);
    Hlc mark = standIn.job(job).orElseThrow().highWater().orElseThrow();
    execute("UPDATE joined SET v = 'new' WHERE id = 1");
    execute("DELETE FROM joined WHERE id = 2");
    execute("INSERT INTO joined VALUES (4, 'young')");
    try (Statement statement = connection.createStatement();
        ResultSet altered =
            statement.executeQuery("ALTER CHANGEFEED " + job + " ADD joined WITH initial_scan")) {
      altered.next();
      assertThat(altered.getLong("job_id")).isEqualTo(job);
      assertThat(altered.getString("job_description"))
          .startsWith("CREATE CHANGEFEED FOR TABLE defaultdb.public.base, TABLE joined INTO")
          .endsWith("WITH OPTIONS (resolved = '50ms', updated)");
    }
    execute("RESUME JOB " + job);
    try (TopicReader reader = new TopicReader(kafka.bootstrapServers(), "joined")) {
      List<Message> rows = TopicReader.rows(reader.untilResolved(standIn.now()));
      assertThat(rows)
          .extracting(row -> row.key().orElseThrow() + row.json().at("/after/v").asText())
          .containsExactlyInAnyOrder("[1]old", "[2]gone", "[3]same", "[1]new", "[2]", "[4]young");
      assertThat(rows.stream().filter(row -> row.time().equals(mark))).hasSize(3);
      assertThat(rows.stream().filter(row -> row.time().isAfter(mark))).hasSize(3);
    }
    execute("CANCEL JOB " + job);
  }

  @Test
  void tableThatIsAddedSendsWhatFollowsAndOneThatIsDroppedNothing() throws Exception {
    execute("CREATE TABLE stays (id INT PRIMARY KEY)");
    execute("CREATE TABLE leaves (id INT PRIMARY KEY)");
    execute("CREATE TABLE comes (id INT PRIMARY KEY)");
    execute("INSERT INTO comes VALUES (1)");
    long job = create("stays, leaves", "updated, resolved = '50ms', initial_scan = 'no'");
    pause(job);
    execute(
        "ALTER CHANGEFEED "
            + job
            + " ADD TABLE comes DROP leaves SET diff, key_in_value UNSET diff");
    assertThat(shown(job, "description"))
        .startsWith(
            "CREATE CHANGEFEED FOR TABLE defaultdb.public.stays, TABLE comes INTO 'kafka://")
        .endsWith("WITH OPTIONS (key_in_value, resolved = '50ms', updated)");
    assertThat(shown(job, "topics")).isEqualTo("comes,stays");
    execute("RESUME JOB " + job);
    execute("INSERT INTO leaves VALUES (2)");
    execute("INSERT INTO comes VALUES (3)");
    try (TopicReader reader = new TopicReader(kafka.bootstrapServers(), "comes", "stays")) {
      List<Message> rows = TopicReader.rows(reader.untilResolved(standIn.now()));
      assertThat(rows).extracting(row -> row.json().get("key").toString()).containsExactly("[3]");
    }
    execute("CANCEL JOB " + job);
  }

  @Test
  void whatAnAlterCannotDoIsRefused() throws Exception {
    execute("CREATE TABLE altered (id INT PRIMARY KEY)");
    execute("CREATE TABLE another (id INT PRIMARY KEY)");
    long job = create("altered", "updated");
    String alter = "ALTER CHANGEFEED " + job + " ";
    refused(alter + "ADD another", "XXUUU", "job " + job + " is not paused");
    pause(job);
    refused(
        "ALTER CHANGEFEED 42 ADD another",
        "XXUUU",
        "could not load job with job id 42: job with ID 42 does not exist");
    refused(
        alter + "ADD altered", "22023", "target \"TABLE altered\" already watched by changefeed");
    refused(
        alter + "DROP another",
        "22023",
        "target \"TABLE another\" already not watched by changefeed");
    refused(alter + "ADD nowhere", "22023", "target \"TABLE nowhere\" does not exist");
    refused(alter + "DROP altered", "22023", "cannot drop all targets");
    refused(alter + "SET cursor = '1'", "22023", "cannot alter option \"cursor\"");
    refused(alter + "UNSET initial_scan", "22023", "cannot alter option \"initial_scan\"");
    refused(alter + "SET nope", "22023", "invalid option \"nope\"");
    refused(alter + "UNSET nope", "22023", "invalid option \"nope\"");
    refused(alter + "UNSET sink", "22023", "cannot unset option \"sink\"");
    refused(
        alter + "SET sink = 'external://x'",
        "22023",
        "New sink type \"external\" does not match original sink type \"kafka\"");
    refused(alter + "SET envelope = 'x'", "XXUUU", "unknown envelope: x");
    refused(
        alter + "ADD another WITH initial_scan = 'maybe'",
        "22023",
        "cannot set \"initial_scan\" to \"maybe\"");
    execute(alter + "ADD another DROP altered");
    assertThat(shown(job, "topics")).isEqualTo("another");
    execute("CANCEL JOB " + job);
  }
}
