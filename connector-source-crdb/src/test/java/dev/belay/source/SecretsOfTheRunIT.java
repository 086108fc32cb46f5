package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.testkit.connect.ConnectWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After all other classes: of the secrets that every source connector of the run was given, none is
 * in the log of any worker, in an answer of any worker's REST, or in the status topic.
 *
 * @see ClassOrderer.OrderAnnotation
 */
@Order(Integer.MAX_VALUE)
class SecretsOfTheRunIT extends SourceCase {

  @Test
  void noPlantedSecretWasSeenInTheWholeRun() throws Exception {
    // run alone there is something to look at too, with errors on the way
    create(Map.of("needs.action", "report"));
    awaitRunning();
    standIn().connections().failNext("SHOW CHANGEFEED JOBS", "XX000", "internal error", 3);
    awaitEver("UNREACHABLE");
    awaitStatus("RUNNING");
    sql("TRUNCATE TABLE " + name);
    awaitStatus("NEEDS_ACTION");
    assertThat(PARTS.worker().rest().config(name).get("source.connection.password"))
        .startsWith("${planted:");

    PlantedSecrets secrets = PlantedSecrets.ofTheRun();
    assertThat(logged("Feed " + name)).isPositive();
    secrets.searchRunning();
    topics.values("belay-status").forEach(value -> secrets.look("the status topic", value));
    assertThat(secrets.answers()).isPositive();
    assertThat(secrets.unsearched()).isEmpty();
    assertThat(secrets.seen()).isEmpty();
  }

  @Test
  void theSearchFindsWhatItLooksFor(@TempDir Path dir) throws IOException {
    PlantedSecrets secrets = new PlantedSecrets(dir);
    for (String text : secrets.secrets().values()) {
      secrets.look("a text", "before " + text + " after");
    }
    assertThat(secrets.seen()).hasSameSizeAs(secrets.secrets().values());
  }

  @Test
  void aWorkerThatEndsWithOneInItsLogFailsWhoeverEndsIt(@TempDir Path dir) throws IOException {
    PlantedSecrets secrets = new PlantedSecrets(dir);
    secrets.add("test", "one of a test's own");
    Path log = Files.writeString(dir.resolve("worker.log"), "user=u, password=one of a test's own");
    secrets.starts(new Properties(), log);
    assertThat(secrets.unsearched()).containsExactly(log);
    assertThatThrownBy(() -> secrets.ended(log))
        .hasMessageContaining("the secret of the test in log");
    assertThat(secrets.unsearched()).isEmpty();
  }

  /** Started by nobody who knows of secrets, with a connector that has none. */
  @Test
  void everyWorkerHasTheProviderAndEverySourceConnectorTheSecrets() {
    ConnectWorker worker = PARTS.worker();
    Map<String, String> plain = new HashMap<>(settings());
    PlantedSecrets.ofTheRun().settings().keySet().forEach(plain::remove);
    worker.rest().create(name, plain);
    assertThat(worker.rest().config(name))
        .containsAllEntriesOf(PlantedSecrets.ofTheRun().settings());
    awaitRunning();
  }
}
