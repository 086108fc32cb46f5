package dev.belay.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The demo as a user runs it: from the jar, in a JVM of its own, with a place for its files. */
class DemoIT {

  private static final Logger LOG = LoggerFactory.getLogger(DemoIT.class);
  private static final long LIMIT_SECONDS = 240;

  @TempDir Path dir;
  private final List<Process> demos = new ArrayList<>();

  /** Also when a test has failed; one that has ended already is none the worse for it. */
  @AfterEach
  void endDemos() {
    demos.forEach(Process::destroy);
  }

  @Test
  void endsWithEqualRowsAndLeavesNothingBehind() throws Exception {
    Path output = dir.resolve("output.txt");
    Process demo = start(output, "--duration", "8", "--rate", "100", "--seed", "5", "--json");
    List<ProcessHandle> seen = new ArrayList<>();
    awaitLine(demo, output, "The workload runs");
    demo.descendants().forEach(seen::add);

    assertThat(demo.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();

    String said = Files.readString(output);
    assertThat(demo.exitValue()).as(said).isZero();
    JsonNode verdict = lastLine(said);
    assertThat(verdict.path("verdict").asText()).isEqualTo("equal");
    assertThat(verdict.path("differences").asLong(-1)).isZero();
    assertThat(verdict.path("badSnapshots").asLong(-1)).isZero();
    assertThat(verdict.path("snapshots").asLong()).isPositive();
    assertThat(verdict.path("frontiers").asLong()).isPositive();
    assertThat(verdict.path("equalInUse").asBoolean()).isTrue();
    assertThat(said).contains("EQUAL, each row as of one time");
    assertThat(verdict.path("kills").asInt()).isEqualTo(1);
    assertThat(verdict.path("rowsWritten").asLong()).isPositive();
    assertThat(verdict.path("seconds").asDouble()).isPositive();
    assertThat(verdict.path("rate").asLong()).isPositive();
    assertThat(verdict.path("seed").asLong()).isEqualTo(5);
    assertThat(verdict.path("mode").asText()).isEqualTo("consistent");
    // on a busy machine the workload may end before the first frontier is there
    assertThat(said)
        .containsPattern(
            "[0-9]+ tx/s +[0-9]+ rows/s +([0-9.]+ s|[?]) behind"
                + " +frontier ([0-9]{2}:[0-9]{2}:[0-9]{2}|none yet)");
    long killed = Long.parseLong(found("kill -9 ([0-9]+)", said));
    assertThat(seen).extracting(ProcessHandle::pid).contains(killed);
    assertThat(found("The worker is up again, process ([0-9]+)", said)).isNotEqualTo("" + killed);
    for (String table : Shop.TABLES) {
      JsonNode rows = verdict.path("rows").path(table);
      assertThat(rows.path("source").asLong()).as(table).isPositive();
      assertThat(rows.path("target").asLong()).as(table).isEqualTo(rows.path("source").asLong());
    }
    assertNothingIsLeft(seen);
  }

  @EnabledIfSystemProperty(
      named = "belay.demos",
      matches = "true",
      disabledReason =
          "a minute and a half for what other tests show on MySQL: mvn -pl cli -am verify"
              + " -Dit.test=DemoIT -Dbelay.demos=true")
  @Test
  void failsBackToMySqlAsWell() throws Exception {
    MySqlServer.obstacle(Product.MYSQL)
        .ifPresent(
            obstacle -> {
              LOG.warn("failsBackToMySqlAsWell is skipped: {}", obstacle);
              abort(obstacle);
            });
    JsonNode verdict =
        endsEqual(
            "\"target.connection.url\" : \"jdbc:mysql:", "--target", "mysql", "--duration", "6");
    assertThat(verdict.path("rowsWritten").asLong()).isPositive();
    assertThat(verdict.path("frontiers").asLong()).isPositive();
  }

  @Test
  void readsTheFeedOverSqlIfItIsToldTo() throws Exception {
    JsonNode verdict =
        endsEqual("\"feed.delivery\" : \"sinkless\"", "--feed", "sinkless", "--duration", "3");
    assertThat(verdict.path("badSnapshots").asLong(-1)).isZero();
    assertThat(verdict.path("kills").asInt()).isEqualTo(1);
  }

  @EnabledIfSystemProperty(
      named = "belay.forward",
      matches = "true",
      disabledReason =
          "a minute for what goes both ways does too: mvn -pl cli -am verify -Dit.test=DemoIT"
              + " -Dbelay.forward=true")
  @Test
  void goesForwardWhileTheOldDatabaseIsAtWork() throws Exception {
    JsonNode verdict =
        endsEqual("io.debezium.connector.postgresql", "--direction", "forward", "--duration", "4");
    assertThat(verdict.path("direction").asText()).isEqualTo("forward");
    assertThat(verdict.path("snapshotRows").asLong()).isGreaterThan(200);
    assertThat(verdict.path("forwardChanges").asLong()).isPositive();
    assertThat(verdict.path("kills").asInt()).isEqualTo(1);
    assertThat(verdict.path("rows").path("orders").path("target").asLong()).isPositive();
  }

  @Test
  void goesBothWaysWithoutAnEcho() throws Exception {
    JsonNode verdict =
        endsEqual(
            "\"origin.filter\" : \"belay_\"", "--direction", "bidirectional", "--duration", "4");
    long forward = verdict.path("forwardChanges").asLong();
    long back = verdict.path("failbackChanges").asLong();
    assertThat(forward).isPositive();
    assertThat(forward).isEqualTo(verdict.path("forwardRowsWritten").asLong());
    assertThat(back).isBetween(1L, verdict.path("failbackRowsWritten").asLong());
    // what the way back wrote into PostgreSQL is in its log, and Debezium told it
    assertThat(verdict.path("echoesStopped").asLong()).isPositive();
    assertThat(verdict.path("snapshotRows").asLong(-1)).isZero();
  }

  /** Runs a short demo to its good end, with something said on the way. */
  private JsonNode endsEqual(String says, String... more) throws Exception {
    Path output = dir.resolve("output.txt");
    List<String> options = new ArrayList<>(List.of("--rate", "50", "--rows", "60", "--json"));
    options.addAll(List.of(more));
    Process demo = start(output, options.toArray(String[]::new));

    assertThat(demo.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();

    String said = Files.readString(output);
    assertThat(demo.exitValue()).as(said).isZero();
    assertThat(said).contains(says);
    JsonNode verdict = lastLine(said);
    assertThat(verdict.path("verdict").asText()).isEqualTo("equal");
    return verdict;
  }

  @Test
  void saysWhichRowDiffersAndEndsWithOne() throws Exception {
    Path output = dir.resolve("output.txt");
    Process demo =
        start(
            output,
            "--duration",
            "4",
            "--rate",
            "50",
            "--rows",
            "60",
            "--mode",
            "immediate",
            "--json");
    awaitLine(demo, output, "The workload runs");
    try (Connection target = target(Files.readString(output));
        Statement statement = target.createStatement()) {
      statement.execute("INSERT INTO accounts VALUES (999999, 'nobody', 0, 0)");
    }

    assertThat(demo.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();

    String said = Files.readString(output);
    assertThat(demo.exitValue()).as(said).isEqualTo(1);
    assertThat(said).contains("NOT EQUAL").contains("accounts id 999999 is in the target only");
    JsonNode verdict = lastLine(said);
    assertThat(verdict.path("verdict").asText()).isEqualTo("different");
    assertThat(verdict.path("differences").asLong()).isEqualTo(1);
    assertThat(verdict.path("mode").asText()).isEqualTo("immediate");
    assertThat(verdict.path("rate").asLong()).isBetween(5L, 55L);
    // nobody makes an account
    assertThat(verdict.path("rows").path("accounts").path("source").asLong()).isEqualTo(60);
    assertThat(said).contains("The workload runs for 4 s");
    assertThat(said).contains("\"delivery.mode\" : \"immediate\"");
  }

  @Test
  void staysUpIfItIsToldTo() throws Exception {
    Path output = dir.resolve("output.txt");
    Process demo = start(output, "--duration", "2", "--rate", "50", "--rows", "60", "--keep");
    awaitLine(demo, output, "Ctrl-C ends it");
    List<ProcessHandle> seen = demo.descendants().toList();
    String said = Files.readString(output);
    String addresses = said.substring(said.indexOf("EQUAL"));

    assertThat(addresses).contains("\"connector.class\" : ").contains("psql 'postgresql://");
    assertThat(answer(found("curl -s (http\\S+/status)", addresses))).contains("RUNNING");
    assertThat(answer(found("curl -s (http\\S+/offsets)", addresses))).contains("accounts");
    try (Connection target = target(addresses);
        Connection source =
            DriverManager.getConnection(found("new database +(jdbc:\\S+)", addresses), "root", "");
        Statement change = source.createStatement();
        Statement look = target.createStatement()) {
      change.execute("INSERT INTO accounts VALUES (999999, 'late', 0, 0)");
      Deadline.in(Duration.ofSeconds(LIMIT_SECONDS))
          .await(
              "the failback goes on",
              () -> isThere(look, "SELECT 1 FROM accounts WHERE id = 999999"));
    }
    demo.destroy();

    assertThat(demo.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();
    assertThat(seen).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    List<String> logs = addresses.lines().filter(line -> line.endsWith(".log")).toList();
    assertThat(logs).hasSizeGreaterThan(2).allMatch(log -> Files.exists(Path.of(log.strip())));
  }

  private static boolean isThere(Statement look, String query) {
    try (ResultSet rows = look.executeQuery(query)) {
      return rows.next();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The database migrated from, by the URL that the demo has printed. */
  private static Connection target(String said) throws SQLException {
    return DriverManager.getConnection(
        found("(jdbc:postgresql://[^/]+/shop)", said), "postgres", "");
  }

  private static String answer(String url) throws Exception {
    HttpClient client = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
    return client
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static String found(String pattern, String said) {
    Matcher match = Pattern.compile(pattern).matcher(said);
    assertThat(match.find()).as("%s in %s", pattern, said).isTrue();
    return match.group(1);
  }

  private static JsonNode lastLine(String said) throws IOException {
    List<String> lines = said.lines().toList();
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }

  @Test
  void leavesNothingBehindWhenItIsStoppedHalfWay() throws Exception {
    Path output = dir.resolve("output.txt");
    Process demo = start(output, "--duration", "120", "--rate", "50");
    awaitLine(demo, output, "The workload runs");
    List<ProcessHandle> seen = demo.descendants().toList();

    demo.destroy();

    assertThat(demo.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();
    assertThat(demo.exitValue()).isNotZero();
    assertThat(seen).isNotEmpty();
    assertNothingIsLeft(seen);
  }

  private Process start(Path output, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // a server that is fetched once for a machine is not fetched anew for each run
    boolean fetches = List.of(options).contains("mysql");
    command.add(
        "-Djava.io.tmpdir="
            + (fetches ? System.getProperty("java.io.tmpdir") : Files.createDirectory(tmp())));
    command.addAll(List.of("-jar", System.getProperty("belay.cli.jar"), "demo"));
    command.addAll(List.of(options));
    Process demo =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    demos.add(demo);
    return demo;
  }

  private Path tmp() {
    return dir.resolve("tmp");
  }

  private static void awaitLine(Process demo, Path output, String text) {
    Deadline.in(Duration.ofSeconds(LIMIT_SECONDS))
        .await(
            () -> "the demo says: " + text,
            () -> {
              String said = read(output);
              assertThat(demo.isAlive() || said.contains(text)).as(said).isTrue();
              return said.contains(text);
            });
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** PostgreSQL, unpacked, is kept for the next run, and Java's own folder for its figures. */
  private void assertNothingIsLeft(List<ProcessHandle> processes) throws IOException {
    assertThat(processes).noneMatch(ProcessHandle::isAlive);
    try (Stream<Path> left = Files.list(tmp())) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .allMatch(name -> name.startsWith("belay-testkit-") || name.startsWith("hsperfdata"));
    }
  }
}
