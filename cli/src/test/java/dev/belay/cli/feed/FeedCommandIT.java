package dev.belay.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.cli.JsonSchemas;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.Trees;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.feed.JobState;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FeedCommandIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;
  @TempDir Path files;

  @BeforeAll
  static void start() throws Exception {
    dir = Files.createTempDirectory("belay-feed-");
    kafka = EmbeddedKafka.start(dir);
    standIn = StandIn.start();
    standIn.execute("CREATE TABLE orders (id INT8 PRIMARY KEY)");
    standIn.execute("CREATE USER feeder WITH PASSWORD 'not to be seen'");
    standIn.execute("GRANT CHANGEFEED ON TABLE orders TO feeder");
  }

  @AfterAll
  static void stop() throws Exception {
    standIn.close();
    kafka.close();
    Trees.delete(dir);
  }

  @Test
  void jobsAreShownPausedResumedAndCancelled() throws Exception {
    Files.writeString(files.resolve("password"), "not to be seen");
    Path config =
        Files.writeString(
            files.resolve("feed.json"),
            """
            {"name": "back", "config": {
              "connector.class": "dev.belay.source.CockroachSourceConnector",
              "source.connection.url": "%s",
              "source.connection.user": "feeder",
              "source.connection.password": "${directory:%s:password}",
              "feed.sink.uri": "kafka://%s",
              "kafka.admin.bootstrap.servers": "%s"}}
            """
                .formatted(
                    standIn.url(), files, kafka.bootstrapServers(), kafka.bootstrapServers()));
    assertThat(run("status", config)).isEqualTo("1 Feed back has no job that has not ended.\n");

    long job = create("belay.back.00");
    create("belay.other.00");
    awaitState(job, JobState.RUNNING);
    assertThat(run("status", config))
        .startsWith("0 job " + job + "  running")
        .contains("defaultdb.public.orders")
        .doesNotContain("not to be seen");
    assertThat(run("pause", config)).startsWith("0 ");
    awaitState(job, JobState.PAUSED);
    assertThat(run("status", config)).startsWith("1 job " + job + "  paused");
    JsonNode paused = JSON.readTree(run("status", config, "--json").substring("1 ".length()));
    assertThat(JsonSchemas.faults("feed", paused)).as(paused.toString()).isEmpty();
    assertThat(paused.path("state").asText()).isEqualTo("paused");
    assertThat(run("resume", config)).startsWith("0 ");
    awaitState(job, JobState.RUNNING);
    assertThat(run("cancel", config)).startsWith("0 ");
    awaitState(job, JobState.CANCELED);
    assertThat(standIn.jobs()).filteredOn(other -> other.state() == JobState.RUNNING).hasSize(1);
  }

  @Test
  void aPauseSticksToAJobThatAnErrorHadPaused() throws Exception {
    Path config = config("sticks");
    long job = create("belay.sticks.00");
    awaitState(job, JobState.RUNNING);
    standIn.failJob(job, "a node is gone");
    awaitState(job, JobState.PAUSED);
    assertThat(runningStatus(job)).contains("on_error=pause");
    assertThat(run("pause", config)).startsWith("0 ");
    awaitState(job, JobState.PAUSED);
    assertThat(runningStatus(job)).doesNotContain("on_error=pause");
    standIn.cancel(job);
  }

  @Test
  void aPauseThatCannotStickIsToldSo() throws Exception {
    Path config = config("fails");
    standIn.execute("CREATE TABLE imported (id INT8 PRIMARY KEY)");
    standIn.execute("GRANT CHANGEFEED ON TABLE imported TO feeder");
    long job = create("belay.fails.00", "imported");
    awaitState(job, JobState.RUNNING);
    standIn.importing("imported");
    awaitState(job, JobState.PAUSED);
    assertThat(run("pause", config)).startsWith("1 ").contains("stop the connector in Connect");
    standIn.imported("imported");
    standIn.cancel(job);
  }

  private static String runningStatus(long job) throws SQLException {
    try (Connection session = standIn.connect();
        Statement statement = session.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT running_status FROM [SHOW CHANGEFEED JOB " + job + "]")) {
      row.next();
      return row.getString(1);
    }
  }

  private Path config(String name) throws IOException {
    return Files.writeString(
        files.resolve("feed.json"),
        """
        {"name": "%s", "config": {
          "connector.class": "dev.belay.source.CockroachSourceConnector",
          "source.connection.url": "%s",
          "source.connection.user": "feeder",
          "source.connection.password": "not to be seen",
          "feed.sink.uri": "kafka://%s",
          "kafka.admin.bootstrap.servers": "%s"}}
        """
            .formatted(name, standIn.url(), kafka.bootstrapServers(), kafka.bootstrapServers()));
  }

  @Test
  void whatIsNoConnectorIsToldSo() throws Exception {
    Path broken = Files.writeString(files.resolve("broken.json"), "{\"password\": \"hush\", ");
    assertThat(run("status", broken))
        .startsWith("3 ")
        .contains("is no JSON")
        .doesNotContain("hush");
    Path sink =
        Files.writeString(
            files.resolve("sink.json"),
            "{\"name\": \"x\", \"config\": {\"connector.class\": \"dev.belay.sink.BelaySinkConnector\"}}");
    assertThat(run("status", sink)).startsWith("3 ").contains("is no source connector");
    assertThat(run("status", files.resolve("nowhere")))
        .startsWith("3 ")
        .contains("There is no file");
  }

  private static long create(String clientId) throws SQLException {
    return create(clientId, "orders");
  }

  private static long create(String clientId, String table) throws SQLException {
    try (Connection session =
            DriverManager.getConnection(standIn.url(), "feeder", "not to be seen");
        Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(changefeed(clientId, table))) {
      row.next();
      return row.getLong(1);
    }
  }

  private static String changefeed(String clientId, String table) {
    return "CREATE CHANGEFEED FOR TABLE "
        + table
        + " INTO 'kafka://"
        + kafka.bootstrapServers()
        + "' WITH updated, on_error = 'pause', resolved = '200ms', min_checkpoint_frequency = '200ms',"
        + " kafka_sink_config = '{\"ClientID\":\""
        + clientId
        + "\"}'";
  }

  private static void awaitState(long job, JobState state) {
    Deadline.in(LIMIT)
        .await("job is " + state, () -> standIn.job(job).orElseThrow().state() == state);
  }

  /** The exit code, a blank, and what was printed. */
  private static String run(String action, Path config, String... more) {
    List<String> arguments = new ArrayList<>(List.of(action, "--config", config.toString()));
    arguments.addAll(List.of(more));
    StringWriter printed = new StringWriter();
    int code =
        new CommandLine(new FeedCommand())
            .setOut(new PrintWriter(printed))
            .setErr(new PrintWriter(printed))
            .execute(arguments.toArray(String[]::new));
    return code + " " + printed;
  }
}
