package dev.belay.source.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.config.SourceConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VersionNeedsTest {

  private static List<String> found(String version, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("source.connection.url", "jdbc:postgresql://127.0.0.1/db");
    settings.put("source.connection.user", "root");
    settings.put("kafka.admin.bootstrap.servers", "127.0.0.1:9092");
    settings.put("feed.delivery", "sinkless");
    settings.putAll(more);
    return VersionNeeds.of(
            new SourceConfig(settings), "CockroachDB CCL " + version + " (x86_64-pc-linux-gnu)")
        .stream()
        .map(Finding::text)
        .toList();
  }

  @Test
  void versionsThatCannotDoItAreNamed() {
    assertThat(found("v21.2.17", Map.of())).singleElement().asString().contains("v22.1 or newer");
    assertThat(found("v22.1.0", Map.of())).isEmpty();
    assertThat(found("v26.2.0", Map.of())).isEmpty();
    assertThat(found("of tomorrow", Map.of())).isEmpty();
  }

  @Test
  void optionsThatAVersionLacksAreNamed() {
    Map<String, String> option = Map.of("feed.option.lagging_ranges_threshold", "10m");
    assertThat(found("v23.2.9", option))
        .singleElement()
        .asString()
        .contains("CockroachDB v23.2 has no option lagging_ranges_threshold")
        .contains("v24.1");
    assertThat(found("v24.1.0", option)).isEmpty();
    assertThat(found("v25.1.3", Map.of("feed.envelope", "enriched")))
        .singleElement()
        .asString()
        .contains("feed.envelope=wrapped");
    assertThat(found("v25.2.0", Map.of("feed.envelope", "enriched"))).isEmpty();
  }

  /** CockroachDB's own words for what it does not know are hard to read in both. */
  @Test
  void jobsNeedTheSameVersions() {
    Map<String, String> jobs = Map.of("feed.delivery", "kafka");
    assertThat(found("v21.2.0", jobs)).singleElement().asString().contains("v22.1 or newer");
    assertThat(found("v25.2.0", jobs)).isEmpty();
    assertThat(found("v25.1.3", Map.of("feed.delivery", "kafka", "feed.envelope", "enriched")))
        .singleElement()
        .asString()
        .contains("CockroachDB v25.1 has no envelope enriched", "feed.envelope=wrapped");
    assertThat(
            found(
                "v25.4.0",
                Map.of(
                    "feed.delivery",
                    "kafka",
                    "feed.option.range_distribution_strategy",
                    "balanced_simple")))
        .singleElement()
        .asString()
        .contains("has no option range_distribution_strategy", "v26.1");
  }
}
