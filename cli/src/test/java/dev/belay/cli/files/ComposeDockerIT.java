package dev.belay.cli.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.testkit.Deadline;
import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code docs/docker.md} with Docker itself, in a project of its own. Runs where it is asked for by
 * {@code -Dbelay.compose.docker=true} and an engine answers: it fetches gigabytes, builds an image,
 * and takes the ports of the file.
 */
@Tag("docker")
class ComposeDockerIT {
  private static final Logger LOG = LoggerFactory.getLogger(ComposeDockerIT.class);
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final List<String> COMPOSE =
      List.of("docker", "compose", "--project-name", "belay-test", "--profile", "forward");

  private static boolean started;

  @BeforeAll
  static void start() throws Exception {
    String obstacle = obstacle();
    if (!obstacle.isEmpty()) {
      // Maven's summary leaves out why a whole class is skipped
      LOG.warn("ComposeDockerIT is skipped: {}", obstacle);
    }
    assumeTrue(obstacle.isEmpty(), obstacle);
    started = true;
    Said up = compose("up", "--build", "--detach");
    assertThat(up.code()).as(up.text()).isZero();
  }

  private static String obstacle() throws InterruptedException {
    if (!Boolean.getBoolean("belay.compose.docker")) {
      return "-Dbelay.compose.docker=true did not ask for containers, whose images are large";
    }
    try {
      return run(List.of("docker", "info")).code() != 0
          ? "no Docker engine answers, so docker-compose.yml cannot be started"
          : run(List.of("docker", "compose", "version")).code() != 0
              ? "docker has no compose, so docker-compose.yml cannot be started"
              : "";
    } catch (IOException notThere) {
      return "there is no docker on the PATH, so docker-compose.yml cannot be started";
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (started) {
      Said down = compose("down", "--volumes", "--timeout", "5");
      assertThat(down.code()).as(down.text()).isZero();
    }
  }

  @Test
  void aRowThatIsChangedInCockroachDbIsSeenInPostgresql() throws Exception {
    Said changed =
        cockroach("UPDATE customers SET name = 'Countess' WHERE email = 'ada@example.com'");
    assertThat(changed.code()).as(changed.text()).isZero();
    await("Countess", "postgres", "SELECT name FROM customers WHERE email = 'ada@example.com'");
  }

  @Test
  void aRowThatIsWrittenInPostgresqlIsSeenInCockroachDb() throws Exception {
    Said written =
        compose(
            "exec",
            "-T",
            "postgres",
            "psql",
            "-U",
            "postgres",
            "-d",
            "shop",
            "-c",
            "INSERT INTO suppliers VALUES (gen_random_uuid(), 'Carabiners Ltd', 'Grenoble')");
    assertThat(written.code()).as(written.text()).isZero();
    await("Carabiners", "cockroach", "SELECT name FROM suppliers ORDER BY name");
  }

  @Test
  void prometheusSeesTheWorker() {
    Deadline.in(LIMIT)
        .await(
            "the worker's metrics in Prometheus",
            () ->
                quietly(
                        "exec",
                        "-T",
                        "prometheus",
                        "wget",
                        "-q",
                        "-O",
                        "-",
                        "http://127.0.0.1:9090/api/v1/query?query=belay_applied_total")
                    .contains("shop-failback"));
  }

  private static void await(String text, String database, String sql) {
    Deadline.in(LIMIT)
        .await(
            text + " in " + database,
            () ->
                (database.equals("postgres")
                        ? quietly(
                            "exec",
                            "-T",
                            "postgres",
                            "psql",
                            "-U",
                            "postgres",
                            "-d",
                            "shop",
                            "-c",
                            sql)
                        : quietly(
                            "exec",
                            "-T",
                            "cockroach",
                            "./cockroach",
                            "sql",
                            "--certs-dir=/certs",
                            "-d",
                            "shop",
                            "-e",
                            sql))
                    .contains(text));
  }

  private static Said cockroach(String sql) throws Exception {
    return compose(
        "exec",
        "-T",
        "cockroach",
        "./cockroach",
        "sql",
        "--certs-dir=/certs",
        "-d",
        "shop",
        "-e",
        sql);
  }

  private static String quietly(String... arguments) {
    try {
      return compose(arguments).text();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private record Said(int code, String text) {}

  private static Said compose(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(COMPOSE);
    command.addAll(List.of(arguments));
    return run(command);
  }

  private static Said run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(Repository.ROOT.toFile())
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), text);
  }
}
