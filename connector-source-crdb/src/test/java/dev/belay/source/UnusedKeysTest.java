package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.config.DeliveryKeys;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UnusedKeysTest {

  private static Map<String, String> faults(String delivery, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("source.connection.url", "jdbc:postgresql://127.0.0.1/db");
    settings.put("source.connection.user", "root");
    settings.put("kafka.admin.bootstrap.servers", "127.0.0.1:9092");
    settings.put("feed.delivery", delivery);
    settings.putAll(more);
    Map<String, String> faults = new TreeMap<>();
    UnusedKeys.check(new SourceConfig(settings), settings, faults::put);
    return faults;
  }

  @Test
  void everyKeyOfJobsIsRefusedAndItsTextSaysSo() {
    for (String key : DeliveryKeys.OF_JOBS) {
      Map<String, String> set =
          Map.of(
              key,
              SourceKeys.definition().configKeys().get(key).type.name().equals("LONG")
                  ? "3600000"
                  : key.equals(SourceKeys.TABLES_PER_JOB)
                      ? "3"
                      : key.equals(SourceKeys.SASL_MECHANISM) ? "PLAIN" : "{}");
      Map<String, String> given = new HashMap<>(set);
      if (key.equals(SourceKeys.INTERVAL)) {
        given.put(key, "5000");
      }
      assertThat(faults("sinkless", given)).as(key).containsOnlyKeys(key);
      assertThat(faults("kafka", given)).as(key).isEmpty();
      assertThat(SourceKeys.definition().configKeys().get(key).documentation)
          .contains("Refused with feed.delivery=sinkless");
    }
  }

  @Test
  void optionsOfJobsAreRefusedAndAFeedWithoutResolvedTimes() {
    assertThat(faults("sinkless", Map.of("feed.option.on_error", "fail")))
        .containsOnlyKeys("feed.option.on_error");
    assertThat(faults("sinkless", Map.of("feed.option.resolved", "unset")))
        .containsOnlyKeys("feed.option.resolved");
    assertThat(faults("sinkless", Map.of("feed.option.min_checkpoint_frequency", "10m")))
        .containsOnlyKeys("feed.option.min_checkpoint_frequency");
    assertThat(faults("kafka", Map.of("feed.option.min_checkpoint_frequency", "10m"))).isEmpty();
    assertThat(faults("sinkless", Map.of())).isEmpty();
  }
}
