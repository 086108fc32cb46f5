package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After all other classes: of the secrets that every connector on the shared worker was given, none
 * is in its log, in an answer of any worker's REST, or in the status topic.
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
        .startsWith("${file:");

    PlantedSecrets secrets = PARTS.secrets();
    String log = new String(Files.readAllBytes(PARTS.worker().logFile()), StandardCharsets.UTF_8);
    assertThat(log).contains("Feed " + name);
    secrets.look("the worker's log", log);
    topics.values("belay-status").forEach(value -> secrets.look("the status topic", value));
    assertThat(secrets.answers()).isPositive();
    assertThat(secrets.seen()).isEmpty();
  }

  @Test
  void theSearchFindsWhatItLooksFor(@TempDir Path dir) throws IOException {
    PlantedSecrets secrets = new PlantedSecrets(dir);
    for (String text : PlantedSecrets.texts()) {
      secrets.look("a text", "before " + text + " after");
    }
    assertThat(secrets.seen()).hasSameSizeAs(PlantedSecrets.texts());
  }
}
